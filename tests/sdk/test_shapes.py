"""The shapes that the client promises are those of the published contract; its names are whole."""

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

import dianchi_client
from dianchi_client.sdk import async_client, client, shapes

ROOT = Path(__file__).resolve().parents[2]
OPENAPI = json.loads((ROOT / "schemas" / "openapi.json").read_text(encoding="utf-8"))
PAIRS: dict[str, type[Any]] = {
    "Told": shapes.Told,
    "FindingBody": shapes.Finding,
    "CaseMark": shapes.CaseMark,
    "RecallShown": shapes.Recall,
    "EntryBody": shapes.Entry,
    "RecordedBody": shapes.Recorded,
    "HostBody": shapes.Host,
    "BatteryBody": shapes.Battery,
    "BatteryRow": shapes.BatteryRow,
    "EventBody": shapes.Event,
    "SiteRead": shapes.Site,
    "MeBody": shapes.Me,
    "BatteryPage": shapes.Page,
    "FindingPage": shapes.Page,
    "HistoryBody": shapes.Page,
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_shape_has_the_members_of_the_contract(name: str) -> None:
    published, ours = OPENAPI["components"]["schemas"][name], PAIRS[name]
    assert set(ours.__annotations__) == set(published["properties"])
    assert ours.__required_keys__ == set(published["required"])


def test_a_report_has_the_common_members_of_the_contract() -> None:
    body = OPENAPI["paths"]["/v1/events"]["post"]["requestBody"]["content"]
    kinds = body["application/json"]["schema"]["oneOf"]
    assert set(shapes.Report.__annotations__) == {name for k in kinds for name in k["properties"]}
    assert shapes.Report.__required_keys__ == {"type", "occurred_at", "data"}


def test_every_public_name_is_there_and_sorted() -> None:
    assert dianchi_client.__all__ == sorted(dianchi_client.__all__)
    for name in dianchi_client.__all__:
        assert getattr(dianchi_client, name).__name__ == name
    with pytest.raises(AttributeError):
        getattr(dianchi_client, "Nobody")  # noqa: B009 - mypy would find it


def test_both_clients_offer_the_same() -> None:
    def offered(kind: type[Any]) -> set[str]:
        return {name for name in vars(kind) if not name.startswith("_")}

    assert offered(client.Client) == offered(async_client.AsyncClient)
    assert offered(client.Pages) == offered(async_client.AsyncPages)


def test_help_shows_a_method_as_it_is_called() -> None:
    told = inspect.signature(client.Client.battery)
    assert list(told.parameters) == ["self", "name", "as_of", "known_at", "purpose"]
    assert told.return_annotation is shapes.Battery
    assert inspect.signature(client.Client.findings).return_annotation is client.Pages
    assert inspect.signature(async_client.AsyncClient.me).return_annotation is shapes.Me


def test_every_route_that_the_client_asks_is_published() -> None:
    source = (ROOT / "clients/python/dianchi_client/sdk/calls.py").read_text(encoding="utf-8")
    for path in ("/v1/events", "/v1/batteries", "/v1/findings", "/v1/sites", "/v1/me"):
        assert path in OPENAPI["paths"]
        assert f'"{path}' in source
