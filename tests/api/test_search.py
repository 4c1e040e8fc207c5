"""One search for codes, vehicles, firms and papers; two hundred at once; only what one may see."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg
import pytest

from support.api import VIN, Api, code, produced

pytestmark = pytest.mark.asyncio
SEALING = re.compile("of one round|wholly or not at all")
MAKER: Final = "甲电池制造"


async def search(api: Api, *terms: str, by: str = "regulator", name: str | None = None) -> Any:
    headers = await api.headers(by, name)
    answer = await api.http.post("/v1/search", json={"terms": terms}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def born(api: Api, *serials: int) -> None:
    for serial in serials:
        assert (await api.post("maker", produced(serial), MAKER)).status_code == 201
    await api.settle()


def names(item: dict[str, Any]) -> list[str]:
    return [each["battery"] for each in item["batteries"]]


async def test_a_code_is_found_however_it_is_written(api: Api) -> None:
    await born(api, 1)
    bare = code(1)
    terms = (
        bare,
        f" {bare[:4].lower()} {bare[4:]} ",
        f"https://t.ynbat.cn/B/{bare}",
        f"HTTPS://T.YNBAT.CN/B/{bare}/R3",
        f"{bare} r2",
    )

    told = await search(api, *terms)

    assert [names(item) for item in told["items"]] == [[bare]] * len(terms)
    assert [item["label"] for item in told["items"]] == [None, None, 0, 3, 2]
    assert told["counts"] == {"found": 5, "not_found": 0, "ambiguous": 0}
    [row] = told["items"][0]["batteries"]
    assert (row["stage"], row["holder_name"], row["sees"]) == ("made", MAKER, "whole")


async def test_a_code_that_is_not_there_gets_those_one_mistake_away(api: Api) -> None:
    await born(api, 1, 2)

    told = await search(api, code(1)[:-1], code(1).replace("0", "O"), code(3), code(777))

    missing, misread, doubtful, none = told["items"]
    assert (missing["outcome"], missing["near"]) == ("ambiguous", [code(1), code(2)])
    assert "24" in missing["fault"]["zh"]
    assert (misread["outcome"], misread["near"]) == ("not_found", [code(1)])
    assert (doubtful["outcome"], doubtful["near"]) == ("ambiguous", [code(1), code(2)])
    assert (none["outcome"], none["near"]) == ("not_found", [])


async def test_a_vehicle_leads_to_its_packs_and_a_withdrawn_report_to_none(api: Api) -> None:
    await born(api, 1, 2)
    host = {"kind": "vehicle", "id": VIN}
    for serial in (1, 2):
        told = await api.report(
            "vehicle_maker", "installed", "2024-07-01", battery=code(serial), host=host
        )
    body = {
        "event_id": "01997a00-0000-7000-8000-0000000000aa", "type": "corrected",
        "occurred_at": "2024-07-02",
        "data": {"event_id": told["event_id"], "reason": "另一只"},
    }  # fmt: skip
    assert (await api.post("vehicle_maker", body)).status_code == 201
    await api.settle()

    [right, misread] = (await search(api, VIN.lower(), VIN.replace("1", "I")))["items"]

    assert (right["kind"], names(right)) == ("vehicle", [code(1)])
    assert names(misread) == names(right)
    [noted] = await api.look("SELECT subject FROM audit WHERE subject LIKE 'vin_ref %'")
    assert VIN not in noted["subject"]


async def test_vins_are_counted_with_those_of_canonical_reports(api: Api) -> None:
    me = await api.organisation("outlet")
    assert api.services.references.take(me, 499)

    headers = await api.headers("outlet")
    answers = [
        await api.http.post("/v1/search", json={"terms": [vin]}, headers=headers)
        for vin in (VIN, VIN)
    ]

    assert [answer.status_code for answer in answers] == [200, 429]


async def test_a_firm_is_found_by_id_credit_code_and_part_of_its_name(api: Api) -> None:
    await api.key("maker", MAKER)
    await api.key("outlet", "甲回收网点")
    one = await api.organisation("maker", MAKER)

    told = await search(api, one, "电池制造", "甲", "没有这家")

    by_id, by_part, several, none = told["items"]
    assert [[f["name"] for f in item["firms"]] for item in (by_id, by_part)] == [[MAKER]] * 2
    assert several["outcome"] == "ambiguous"
    assert {f["name"] for f in several["firms"]} >= {MAKER, "甲回收网点"}
    assert (none["kind"], none["outcome"]) == ("firm", "not_found")


async def test_a_slip_and_a_report_lead_to_their_battery(api: Api) -> None:
    told = await api.report(
        "outlet", "collected", "2026-01-05", battery=code(1), source="person",
        safety_class="A", label_legible=True, mass_kg="300",
    )  # fmt: skip
    await api.settle()
    event = told["event_id"]
    headers = await api.headers("outlet")
    await api.http.get(f"/v1/events/{event}/slip.svg", headers=headers)
    [slip] = await api.look("SELECT number FROM slip")
    number = slip["number"]

    by_slip, loose, by_event = (await search(api, number, number.lower().replace("-", ""), event))[
        "items"
    ]
    [stranger] = (await search(api, number, by="dismantler"))["items"]

    assert names(by_slip) == names(loose) == names(by_event) == [code(1)]
    assert by_slip["paper"] == {
        "number": number, "check": f"/R/{number}", "event_id": event, "upload": None,
    }  # fmt: skip
    assert (stranger["outcome"], stranger["paper"], stranger["batteries"]) == (
        "not_found", None, [],
    )  # fmt: skip


async def test_anothers_battery_answers_exactly_like_a_missing_one(api: Api) -> None:
    await born(api, 1)

    theirs = await search(api, code(1), code(1)[:-1], by="outlet")
    missing = await search(api, code(5), code(5)[:-1], by="outlet")

    def nameless(told: dict[str, Any], serial: int) -> str:
        return str(told).replace(code(serial), "").replace(code(serial)[:-1], "")

    assert nameless(theirs, 1) == nameless(missing, 5)
    assert theirs["items"][1]["near"] == []


async def test_who_only_reported_of_it_finds_its_own_report(api: Api) -> None:
    await born(api, 1)
    await api.report(
        "maker", "dispatched", "2024-06-05", by=MAKER, battery=code(1), handover="H1",
        receiver="somebody",
    )  # fmt: skip
    await api.report(
        "workshop", "removed", "2024-07-01", battery=code(1),
        host={"kind": "swap_pool", "id": "X1"}, reason="old",
    )  # fmt: skip
    await api.settle()

    [item] = (await search(api, code(1), by="workshop"))["items"]

    [row] = item["batteries"]
    assert (row["battery"], row["sees"], row["stage"]) == (code(1), "own_reports", None)


async def test_what_an_authority_was_shown_is_written_down(api: Api) -> None:
    await born(api, 1)

    await search(api, code(1), code(2))

    rows = await api.look("SELECT subject FROM audit WHERE act = 'POST /v1/search' ORDER BY place")
    assert [row["subject"] for row in rows] == ["/v1/search", code(1)]


async def test_two_hundred_codes_take_as_many_trips_as_one(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    births = [produced(serial) for serial in range(1, 181)]
    answer = await api.http.post(
        "/v1/events/batch", json=births, headers=await api.headers("maker")
    )
    assert answer.json()["accepted"] == len(births)
    await api.settle()
    await search(api, code(1), by="maker")  # the connections read for the maker from now on
    trips: list[str] = []
    for name in ("fetch", "fetchrow", "fetchval"):
        _count(monkeypatch, name, trips)

    await search(api, code(1), code(90_000), by="maker")
    of_two = len(trips)
    told = await search(api, *(code(serial) for serial in range(1, 201)), by="maker")

    assert told["counts"] == {"found": 180, "not_found": 0, "ambiguous": 20}
    assert len(trips) - of_two == of_two <= 5


def _count(patch: pytest.MonkeyPatch, name: str, trips: list[str]) -> None:
    asked: Callable[..., Awaitable[Any]] = getattr(asyncpg.Connection, name)

    async def counted(self: asyncpg.Connection, sql: str, *told: Any, **more: Any) -> Any:
        # A key is looked up, its use noted and that sealed into the log, whatever is asked.
        if re.search("battery|projection|event", sql) and not SEALING.search(sql):
            trips.append(sql)
        return await asked(self, sql, *told, **more)

    patch.setattr(asyncpg.Connection, name, counted)


async def test_more_than_two_hundred_are_refused_with_a_way_out(api: Api) -> None:
    headers = await api.headers("regulator")
    answer = await api.http.post("/v1/search", json={"terms": [code(1)] * 201}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/terms"
