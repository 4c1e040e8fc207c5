"""A map that an authority approved: GeoJSON of the prefectures, with the number of its approval.

A map of China may be published only with its approval number (审图号), from a lawful source. So
none comes with the service: whoever runs it gives a file and its number, or areas are tiles.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from dianchi.domain.places import YUNNAN

_CODES: Final = frozenset(each.code for each in YUNNAN)
_NAMES: Final = ("adcode", "code", "gb", "id")
"""Members of a feature's properties that may hold its code of GB/T 2260."""
_SHAPES: Final = frozenset(("Polygon", "MultiPolygon"))
_CODE: Final = 6


class UnfitMap(ValueError):  # noqa: N818 - what is wrong is the file
    """A file is no map of the prefectures."""


@dataclass(frozen=True, slots=True)
class ApprovedMap:
    """A map and the number of its approval; each feature is named by its code."""

    approval: str
    geojson: dict[str, Any]


def read_map(path: Path, approval: str) -> ApprovedMap:
    """Reads a map; only shapes and codes are kept of it.

    Raises:
        UnfitMap: it cannot be read, or some prefecture of Yunnan is not on it.
    """
    try:
        told = msgspec.json.decode(path.read_bytes())
        features = [_feature(each) for each in told["features"]]
    except (OSError, msgspec.DecodeError, KeyError, TypeError) as error:
        msg = f"{path} is no GeoJSON that can be read ({type(error).__name__})"
        raise UnfitMap(msg) from None
    kept = [each for each in features if each is not None]
    missing = _CODES - {each["properties"]["name"] for each in kept}
    if missing:
        msg = f"{path} lacks {', '.join(sorted(missing))}: give each area its code as `adcode`"
        raise UnfitMap(msg)
    return ApprovedMap(approval, {"type": "FeatureCollection", "features": kept})


def _feature(told: dict[str, Any]) -> dict[str, Any] | None:
    """A feature by its code; None for what is no prefecture, as a frame or a line."""
    told_of = told.get("properties") or {}
    codes = (str(told_of.get(name, ""))[:_CODE] for name in _NAMES)
    code = next((each for each in codes if each in _CODES), None)
    shape = told["geometry"]
    if code is None or shape["type"] not in _SHAPES:
        return None
    return {"type": "Feature", "properties": {"name": code}, "geometry": shape}
