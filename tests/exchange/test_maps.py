"""A map is drawn only with its approval number and all prefectures."""

import json
from pathlib import Path
from typing import Any

import pytest

from dianchi.domain.places import YUNNAN
from dianchi.exchange.maps import UnfitMap, read_map
from dianchi.settings import SettingsError, load

SQUARE = {"type": "Polygon", "coordinates": [[[100, 25], [101, 25], [101, 26], [100, 25]]]}


def written(folder: Path, codes: list[str]) -> Path:
    features: list[dict[str, Any]] = [
        {"type": "Feature", "properties": {"adcode": int(code), "note": "x"}, "geometry": SQUARE}
        for code in codes
    ]
    line = {"type": "LineString", "coordinates": [[100, 25], [101, 25]]}
    frame = {"type": "Feature", "properties": {}, "geometry": line}
    path = folder / "yunnan.json"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [*features, frame]}))
    return path


def test_of_a_map_shapes_and_codes_are_kept(tmp_path: Path) -> None:
    codes = [each.code for each in YUNNAN]

    told = read_map(written(tmp_path, codes), "云S(2026)1号")

    assert [each["properties"] for each in told.geojson["features"]] == [
        {"name": code} for code in codes
    ]


@pytest.mark.parametrize("text", ["{", "[]", '{"features": [{}]}', '{"features": 3}'])
def test_what_is_no_map_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "map.json"
    path.write_text(text)
    with pytest.raises(UnfitMap, match=r"map\.json"):
        read_map(path, "云S(2026)1号")


def test_a_map_without_a_prefecture_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, [each.code for each in YUNNAN[1:]])
    with pytest.raises(UnfitMap, match="530100"):
        read_map(path, "云S(2026)1号")


def test_a_map_without_its_number_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DIANCHI_MAP_APPROVAL"):
        load(data_dir=tmp_path, map_file=tmp_path / "map.json")
