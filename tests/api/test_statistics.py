"""Counts over HTTP: each counts what is its own, every number opens its list."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from dianchi.api import asked
from dianchi.api.services import Services
from dianchi.views.pages import cursor_of
from support.api import Api, code
from support.lives import KUNMING, QUJING, YUXI, a_life, officer

pytestmark = pytest.mark.asyncio
MONTHS = {"from": "2024-01", "to": "2026-12"}
INDICATORS = "/v1/statistics/indicators"
FLOWS = "/v1/statistics/flows"
BEHIND = "/v1/statistics/contributions"


async def read(api: Api, path: str, who: tuple[str, str | None], **query: str) -> Any:
    answer = await api.http.get(path, params=MONTHS | query, headers=await api.headers(*who))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def sums(api: Api, *who: str | None) -> dict[str, str]:
    """What is above the line, by measure, for one reader."""
    told = await read(api, INDICATORS, (str(who[0]), who[1] if len(who) > 1 else None))
    sides = [row["rows"][0]["numerator"] for row in told["indicators"] if row["rows"]]
    return {side["measure"]: side["value"] for side in sides}


async def opened(api: Api, number: dict[str, str]) -> Any:
    """The list behind a number, by its address alone."""
    answer = await api.http.get(number["behind"], headers=await api.headers("regulator"))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_three_officers_each_count_what_happened_in_their_area(api: Api) -> None:
    await a_life(api)

    kunming, qujing, yuxi = [await sums(api, *officer(a)) for a in (KUNMING, QUJING, YUXI)]
    province = await sums(api, "regulator")

    assert (kunming["gathered"], kunming["recycled"]) == ("400.125", "0")
    assert (yuxi["gathered"], yuxi["recycled"]) == ("0", "400.125")
    assert (qujing["gathered"], qujing["recycled"]) == ("0", "0")
    assert (province["gathered"], province["recycled"]) == ("400.125", "400.125")
    sold = [await read(api, BEHIND, officer(a), measure="sold") for a in (QUJING, KUNMING)]
    assert [[item["battery"] for item in page["items"]] for page in sold] == [[code(1)], []]
    assert yuxi["recovered_lithium"] == province["recovered_lithium"] == "3.382"


async def test_a_firm_counts_its_own_reports(api: Api) -> None:
    outlet = await a_life(api)

    own, other = await sums(api, "outlet", "昆明网点"), await sums(api, "outlet", "别家")
    behind = await read(api, BEHIND, ("outlet", "昆明网点"), measure="gathered")

    assert (own["gathered"], own["recycled"]) == ("400.125", "0")
    assert set(other.values()) == {"0", "0.0"}
    [item] = behind["items"]
    assert (item["battery"], item["organisation"], item["month"]) == (code(1), outlet, "2026-05")


async def test_every_number_opens_the_list_that_adds_up_to_it(api: Api) -> None:
    await a_life(api)
    numbers: dict[str, Any] = {}
    for by, only in (("month", None), ("prefecture", "gathered"), ("chemistry", "recycled")):
        told = await read(api, INDICATORS, ("regulator", None), by=by)
        [[end]] = await api.look("SELECT max(log_index) FROM log_entry")
        assert told["log_index"] == end
        sides = [
            side
            for each in told["indicators"]
            for row in each["rows"]
            for side in (row["numerator"], row["denominator"])
            if side and only in (None, side["measure"])
        ]
        numbers |= {side["behind"]: side for side in sides if float(side["value"]) or only}

    assert len(numbers) > 12
    for side in numbers.values():
        page = await opened(api, side)
        if side["unit"] == "duties":
            assert len(page["items"]) == int(side["value"]), side
            continue
        name = {"packs": "things", "kg": "mass_kg", "days": "days"}[side["unit"]]
        assert sum(float(item[name]) for item in page["items"]) == float(side["value"]), side


async def test_a_rate_says_its_definition_its_floors_and_as_of_when(api: Api) -> None:
    await a_life(api)

    told = await read(
        api, INDICATORS, ("regulator", None), prefecture="玉溪市", **{"from": "2026-01"}
    )

    rates = {row["indicator"]: row for row in told["indicators"]}
    lithium = rates["lithium_recovery_rate"]
    assert (lithium["rows"][0]["value"], lithium["mark"]) == ("0.9392", "D")
    assert {floor["share"] for floor in lithium["floors"]} == {"0.90"}
    assert lithium["definition"]["zh"]
    assert rates["collection_rate"]["rows"][0]["value"] is None
    assert told["as_of"].endswith("Z")


async def test_flows_go_from_place_to_place_and_from_stage_to_stage(api: Api) -> None:
    await a_life(api)

    places = await read(api, FLOWS, ("regulator", None))
    stages = await read(api, FLOWS, ("regulator", None), between="stages")

    ways = [(f["direction"], f["origin"], f["target"], f["mass_kg"]) for f in places["flows"]]
    assert ways == [("in", KUNMING, YUXI, "400.125"), ("out", KUNMING, YUXI, "400.125")]
    steps = [(f["origin"], f["target"]) for f in stages["flows"]]
    assert ("in_use", "collected") in steps
    assert ("at_utilizer", "recycled") in steps
    for flow in (*places["flows"], *stages["flows"]):
        page = await opened(api, flow)
        assert [item["things"] for item in page["items"]] == [flow["things"]]


def no_policies(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Services, "seeing", lambda services, _: services.readers)


def no_seers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(asked, "seers_of", lambda _: None)


@pytest.mark.parametrize("lame", [no_policies, no_seers])
async def test_either_of_two_locks_keeps_what_is_not_ones_own_uncounted(
    api: Api, monkeypatch: pytest.MonkeyPatch, lame: Callable[[pytest.MonkeyPatch], None]
) -> None:
    await a_life(api)
    lame(monkeypatch)

    for who in (("outlet", "别家"), officer(QUJING)):
        assert (await sums(api, *who))["gathered"] == "0"
        assert (await read(api, BEHIND, who, measure="gathered"))["items"] == []
        assert (await read(api, FLOWS, who))["flows"] == []


FAR = cursor_of([[10**12, *[""] * 6], str(UUID(int=0))])
"""A cursor that nobody was given: of a month that no number of a month can be."""


@pytest.mark.parametrize(
    ("path", "query", "pointer"),
    [
        (INDICATORS, {"from": "2026-13"}, "/from"),
        (INDICATORS, {"from": "2026-05", "to": "2026-04"}, "/from"),
        (FLOWS, {"from": "1990-01"}, "/from"),
        (INDICATORS, {"from": "0000-01", "to": "0000-02"}, "/to"),
        (INDICATORS, {"to": "9999-12"}, "/to"),
        (FLOWS, {"prefecture": "成都"}, "/prefecture"),
        (INDICATORS, {"chemistry": "coal"}, "/chemistry"),
        (BEHIND, {"measure": "luck"}, "/measure"),
        (BEHIND, {"measure": "made", "cursor": "W10"}, "/cursor"),
        (BEHIND, {"measure": "made", "cursor": FAR}, "/cursor"),
        (BEHIND, {"measure": "made", "cursor": "W1tdLCJ4Il0"}, "/cursor"),
    ],
)
async def test_what_cannot_be_asked_is_named(
    api: Api, path: str, query: dict[str, str], pointer: str
) -> None:
    answer = await api.http.get(path, params=query, headers=await api.headers("regulator"))

    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["code"], fault["pointer"]) == (422, "invalid_value", pointer)
    assert fault["way_out"]["zh"]
