"""The check before the truck leaves, over HTTP: what it says, to whom, and in how many trips."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any, Final

import asyncpg
import pytest

from dianchi.access.enrol import Enrolment, enrol
from dianchi.access.issue import KeyTerms, add_key
from support.api import ENROLLED, Api, code, produced

pytestmark = pytest.mark.asyncio
TODAY: Final = date.today()  # noqa: DTZ011 - permits are dated by whole years around it
YEAR: Final = timedelta(days=365)
PERMIT: Final = {
    "kind": "comprehensive_utilization",
    "number": "滇综1号",
    "valid_from": str(TODAY - YEAR),
    "valid_to": str(TODAY + YEAR),
}
UTILIZER: Final = "丙综合利用"


async def enrolled(api: Api, name: str, role: str, *permits: dict[str, str], **more: Any) -> str:
    """An organisation with permits; its id."""
    told = {"prefecture": "530300"} | more
    async with api.services.make_session() as session:
        row = await enrol(session, Enrolment(name, permits=permits, **told), ENROLLED)
        key = await add_key(session, api.services.ring, row.id, KeyTerms(role), ENROLLED)
    await api.services.registry.refresh()
    api.keys[role, name] = key
    return row.id


async def collect(api: Api, *serials: int, **more: Any) -> None:
    told = {"source": "person", "safety_class": "A", "label_legible": True, "mass_kg": "300"} | more
    for serial in serials:
        await api.report(
            "outlet", "collected", "2026-01-05", battery=code(serial), site="S1", **told
        )
    await api.settle()


async def check(api: Api, *serials: int, by: str = "outlet", **more: Any) -> dict[str, Any]:
    wish = {"batteries": [code(serial) for serial in serials]} | more
    answer = await api.http.post(
        "/v1/handovers/check", json=wish, headers=await api.headers(by, more.pop("name", None))
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def said(told: dict[str, Any], place: int = 0) -> dict[str, str]:
    return {rule["code"]: rule["what"] for rule in told["items"][place]["rules"]}


async def test_a_load_is_judged_pack_by_pack_with_every_rule_named(api: Api) -> None:
    await enrolled(api, UTILIZER, "utilizer", PERMIT)
    await collect(api, 1)
    await collect(api, 2, safety_class="C")

    told = await check(api, 1, 2, 3, receiver=UTILIZER, use="e_bike")

    good, bad, absent = told["items"]
    assert said(told) == {
        "record": "known", "custody": "sender", "safety_class": "A", "quarantine": "none",
        "hold": "none", "recall": "none", "findings": "doubt", "deadlines": "missed",
        "prohibited_use": "banned", "receiver_permit": "valid", "transfer_filing": "within",
    }  # fmt: skip
    assert said(told, 1)["safety_class"] == "C"
    assert said(told, 2) == {"record": "none"}
    assert [one["outcome"] for one in (good, bad, absent)] == ["stop_advised"] * 2 + ["warn"]
    assert told["counts"] == {"ok": 0, "warn": 1, "stop_advised": 2}
    banned = next(rule for rule in good["rules"] if rule["code"] == "prohibited_use")
    assert "电动自行车" in banned["text"]["zh"]
    assert banned["way_out"]["en"]
    named = {rule["code"]: rule for rule in told["rules"]}
    assert named.keys() == {rule["code"] for one in told["items"] for rule in one["rules"]}
    assert named["receiver_permit"]["source"] == "Order 73 Art. 19"
    assert (told["load_kg"], told["without_mass"]) == ("600", 0)


async def test_what_is_not_on_record_yet_is_said_to_be_unchecked(api: Api) -> None:
    told = await check(api, 1, receiver=UTILIZER)

    gaps = {each["what"] for each in told["not_checked"]}
    assert {"carrier", "use", "permit_scope"} <= gaps


async def test_nothing_is_stored(api: Api) -> None:
    await collect(api, 1)
    before = await api.look("SELECT count(*) FROM event")

    await check(api, 1, receiver=UTILIZER)

    assert await api.look("SELECT count(*) FROM event") == before


async def test_anothers_pack_answers_exactly_like_a_missing_one(api: Api) -> None:
    await collect(api, 1)

    theirs = await check(api, 1, by="dismantler")
    missing = await check(api, 2, by="dismantler")

    def nameless(told: dict[str, Any]) -> str:
        return str(told).replace(code(1), "").replace(code(2), "")

    assert nameless(theirs) == nameless(missing)
    assert said(theirs) == {"record": "none"}


async def test_a_pack_is_found_by_any_of_its_names_and_told_once(api: Api) -> None:
    await api.report(
        "outlet", "collected", "2026-01-05", battery="tmp:OT0001-7", site="S1", source="person",
        safety_class="A", label_legible=False,
    )  # fmt: skip
    await api.report("outlet", "identified", "2026-01-06", battery="tmp:OT0001-7", name=code(4))
    await api.settle()

    headers = await api.headers("outlet")
    names = ["tmp:OT0001-7", code(4), f" {code(4).lower()} "]
    answer = await api.http.post("/v1/handovers/check", json={"batteries": names}, headers=headers)

    told = answer.json()["items"]
    assert [one["name"] for one in told] == [code(4)] * 2
    assert [one["battery"] for one in told] == names[:2]
    assert told[0]["rules"] == told[1]["rules"]


async def test_a_mistyped_code_spoils_its_own_row_only(api: Api) -> None:
    await collect(api, 1)
    headers = await api.headers("outlet")

    answer = await api.http.post(
        "/v1/handovers/check", json={"batteries": ["001PB", code(1)]}, headers=headers
    )

    bad, good = answer.json()["items"]
    assert (bad["outcome"], bad["rules"][0]["code"]) == ("stop_advised", "name")
    assert "24" in bad["rules"][0]["text"]["zh"]
    assert good["name"] == code(1)


async def test_without_a_receiver_the_lawful_ones_are_listed_nearest_first(api: Api) -> None:
    await enrolled(api, "玉溪综合利用", "utilizer", PERMIT, prefecture="530400")
    await enrolled(api, "迪庆综合利用", "utilizer", PERMIT, prefecture="533400")
    old = PERMIT | {"valid_to": str(TODAY - timedelta(days=1))}
    await enrolled(api, "过期综合利用", "utilizer", old, prefecture="530100")
    await collect(api, 1)

    told = await check(api, 1)

    near = [(each["prefecture"], each["items"][0]["name"]) for each in told["receivers"]]
    assert near == [("530400", "玉溪综合利用"), ("533400", "迪庆综合利用")]
    assert told["receivers"][0]["km"] < told["receivers"][1]["km"]
    assert {"receiver_permit", "capacity"}.isdisjoint(said(told))


async def test_a_full_store_is_seen_without_telling_what_stands_in_it(api: Api) -> None:
    await enrolled(api, UTILIZER, "utilizer", PERMIT)
    site = {"number": "U1", "name": "一号库", "kind": "plant", "capacity_kg": "700"}
    headers = await api.headers("utilizer", UTILIZER)
    assert (await api.http.post("/v1/sites", json=site, headers=headers)).status_code == 201
    await api.report(
        "utilizer", "declared", "2026-01-05", by=UTILIZER, battery=code(9), site="U1",
        stage="at_utilizer", basis="opening_stock", mass_kg="450",
    )  # fmt: skip
    await collect(api, 1)
    await api.services.registry.refresh()

    told = await check(api, 1, receiver=UTILIZER)

    assert said(told)["capacity"] == "full"
    assert "450" not in str(told)
    assert (await check(api, 1))["receivers"] == []


async def test_an_outside_receiver_needs_a_filing(api: Api) -> None:
    await collect(api, 1)
    outside = {"external": True, "name": "广东某厂", "province": "广东省"}

    without = await check(api, 1, receiver=outside)
    filed = await check(api, 1, receiver=outside, transfer_filing="粤环转〔2026〕8号")

    assert said(without)["transfer_filing"] == "missing"
    assert "广东省" in str(without["items"][0]["rules"][-1]["text"])
    assert said(filed)["transfer_filing"] == "filed"
    assert said(filed)["receiver_permit"] == "stranger"


async def test_a_crew_checks_for_its_principal_only_under_a_mandate(api: Api) -> None:
    await collect(api, 1)
    await api.key("workshop", "代维")
    wish = {"batteries": [code(1)], "on_behalf_of": "示范outlet"}

    async def asked() -> Any:
        headers = await api.headers("workshop", "代维")
        return await api.http.post("/v1/handovers/check", json=wish, headers=headers)

    assert (await asked()).json()["code"] == "mandate_missing"
    mandate = {"agent": "代维", "types": ["dispatched"], "valid_to": str(TODAY + YEAR)}
    headers = await api.headers("outlet")
    assert (await api.http.post("/v1/mandates", json=mandate, headers=headers)).status_code == 201
    await api.services.registry.refresh()
    told = (await asked()).json()
    assert told["sender"] == await api.organisation("outlet")
    # What the crew may see of the packs does not grow by it.
    assert said(told) == {"record": "none"}


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"use": "spaceship"}, "/use"),
        ({"receiver": {"external": True, "name": "某厂"}}, "/receiver/province"),
        ({"receiver": 5}, "/receiver"),
        ({"receiver": "91530000MA6K00000X"}, "/receiver"),
        ({"batteries": []}, "/batteries"),
        ({"date": "yesterday"}, "/date"),
        ({"store": True}, "/store"),
    ],
)
async def test_a_wrong_question_names_its_member(
    api: Api, wrong: dict[str, Any], pointer: str
) -> None:
    answer = await api.http.post(
        "/v1/handovers/check",
        json={"batteries": [code(1)]} | wrong,
        headers=await api.headers("outlet"),
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_thousands_of_packs_take_as_many_trips_as_one(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await collect(api, 1)
    births = [produced(serial) for serial in range(100, 2100)]
    answer = await api.http.post(
        "/v1/events/batch", json=births, headers=await api.headers("maker")
    )
    assert answer.json()["accepted"] == len(births)
    await api.settle()
    await check(api, 1, by="maker")  # the connections read for the maker from now on
    trips: list[str] = []
    for name in ("fetch", "fetchrow", "fetchval"):
        _count(monkeypatch, name, trips)

    await check(api, 100, by="maker", receiver=UTILIZER)
    of_one = len(trips)
    told = await check(api, *range(100, 2100), by="maker", receiver=UTILIZER)

    assert len(told["items"]) == told["counts"]["warn"] + told["counts"]["ok"] == len(births)
    assert len(trips) - of_one == of_one <= 4


def _count(patch: pytest.MonkeyPatch, name: str, trips: list[str]) -> None:
    asked: Callable[..., Awaitable[Any]] = getattr(asyncpg.Connection, name)

    async def counted(self: asyncpg.Connection, sql: str, *told: Any, **more: Any) -> Any:
        # A key is looked up, and its use noted, whatever is asked.
        if "battery" in sql or "projection" in sql or "event" in sql:
            trips.append(sql)
        return await asked(self, sql, *told, **more)

    patch.setattr(asyncpg.Connection, name, counted)
