"""The views follow the log: rows of batteries, findings that open and close themselves."""

import asyncio
import random
from collections.abc import Set as AbstractSet
from typing import Any

import asyncpg
import pytest

from dianchi.domain.admit import Reporter
from dianchi.domain.registry import Organisation, Registry, Site
from dianchi.domain.rules import RULES
from dianchi.domain.vendors import VENDORS, Vendor
from dianchi.exchange.working_calendar import working_calendar
from dianchi.views import runner
from dianchi.views.batteries.query import list_batteries
from support.reports import (
    CAR_MAKER,
    DISMANTLER,
    MAKER,
    OUTLET,
    RECYCLER,
    UTILIZER,
    VIN,
    collected,
    corrected,
    counted,
    dispatched,
    identified,
    inspected,
    installed,
    pack,
    produced,
    received,
    recycled,
    removed,
    report,
    sold,
)
from support.views import Views

DAY_US = 86_400_000_000
TMP = "tmp:1-1"
Told = list[tuple[dict[str, Any], Reporter]]


def a_province() -> Told:
    """Lives that touch each other in every way, some of them honest."""
    packs = [pack(number) for number in range(1, 9)]
    told: Told = [(produced(each, lots=[lot("L1", "60")]), MAKER) for each in packs[:6]]
    told.append((declared_lot("L1", "300"), MAKER))
    told += [(installed(each), CAR_MAKER) for each in packs[:2]]
    told += [(sold(packs[0]), CAR_MAKER), (removed(packs[0]), DISMANTLER)]
    told += [(collected(each, site="S1"), OUTLET) for each in packs[2:7]]
    told += [(collected(TMP), OUTLET), (identified(TMP, packs[0]), OUTLET)]
    told.append((dispatched(*packs[2:6]), OUTLET))
    told.append((received(*packs[2:5]), UTILIZER))
    told.append((counted(packs[6], site="S1"), OUTLET))
    told.append((recycled(packs[2], packs[3], outputs=[output("R1", "500")]), RECYCLER))
    wrong = inspected(packs[1], soh="10")
    told += [(wrong, CAR_MAKER), (corrected(wrong), CAR_MAKER)]
    return told


def lot(number: str, mass: str) -> dict[str, str]:
    return {"lot": number, "material": "cathode_powder", "mass_kg": mass}


def declared_lot(number: str, mass: str) -> dict[str, Any]:
    return report("lot_declared", "2026-01-01T08:00", origin="purchased", data=lot(number, mass))


def output(number: str, mass: str) -> dict[str, str]:
    return {"lot": number, "material": "copper", "mass_kg": mass}


async def say(views: Views, told: Told) -> None:
    for raw, who in told:
        await views.record.send(raw, who)


async def test_a_life_is_one_row(views: Views) -> None:
    await say(views, [(produced(pack(1)), MAKER), (installed(pack(1)), CAR_MAKER)])
    await views.follow()

    row = await views.battery(pack(1))
    assert (row["stage"], row["holder"], row["chemistry"]) == (
        "installed",
        CAR_MAKER.organisation,
        "lfp",
    )
    assert (row["host_kind"], row["model"], str(row["energy_kwh"])) == ("vehicle", "M-60", "60.5")
    assert row["names"] is None


async def test_a_rebuild_gives_what_following_gave(views: Views) -> None:
    told = a_province()
    for place in range(0, len(told), 3):
        await say(views, told[place : place + 3])
        await views.follow()
    rows, shown = await views.batteries(), await views.shown()
    assert len(rows) == 7
    assert {"batch_imbalance", "lot_overdrawn", "handover_mismatch"} <= set(await views.codes())

    await views.record.execute("TRUNCATE battery, finding, unsettled, projection")
    await views.projector.rebuild()
    await views.projector.step()

    assert await views.batteries() == rows
    assert await views.shown() == shown


async def test_the_order_of_arrival_does_not_matter(views: Views) -> None:
    told = a_province()
    corrections = [one for one in told if one[0]["type"] == "corrected"]
    first = [one for one in told if one not in corrections]
    await say(views, told)
    await views.follow()
    rows, shown = await views.lawful()
    await views.record.execute(
        "TRUNCATE battery, finding, unsettled, projection, stream, event, event_key, report,"
        " log_entry, log_tile"
    )
    await views.sequencer.close()
    views.record.gatherer._shared.cache.clear()

    random.Random(7).shuffle(first)
    for one in [*first, *corrections]:
        await say(views, [one])
        await views.follow()

    assert await views.lawful() == (rows, shown)


async def test_what_comes_during_a_step_waits_until_more_has_gathered(
    views: Views, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "PAUSE_S", 600)
    late: Told = []

    async def registry(_reporters: AbstractSet[str]) -> Registry:
        if late:
            await views.record.send(*late.pop())
            await views.sequencer.drain()
        return views.record.registry[-1]

    projector = runner.Projector(database, registry, RULES, working_calendar(), views.record.clock)
    await projector.step()
    await say(views, [(produced(pack(1)), MAKER)])
    await views.sequencer.drain()
    late.append((produced(pack(2)), MAKER))
    following = asyncio.create_task(projector.run())
    while not await views.batteries():  # noqa: ASYNC110 - a row, not an event
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)  # the next step would be over by now
    following.cancel()
    await projector.close()

    assert not late
    assert [row["name"] for row in await views.batteries()] == [pack(1)]


async def test_a_rebuild_in_place_keeps_when_findings_opened(views: Views) -> None:
    await say(views, [(collected(pack(1)), OUTLET)])
    await views.follow()
    before = await views.findings()
    assert before

    await views.projector.rebuild()

    assert await views.findings() == before


async def test_a_finding_opens_and_closes_itself(views: Views) -> None:
    await say(views, [(collected(pack(1)), OUTLET)])
    await views.follow()
    assert "unknown_origin" in await views.codes(battery=pack(1))

    await say(views, [(produced(pack(1)), MAKER)])
    await views.follow()

    assert "unknown_origin" not in await views.codes(battery=pack(1))
    [closed] = await views.findings("closed", code="unknown_origin")
    assert closed.closed_at is not None
    assert closed.opened_at < closed.closed_at


async def test_a_finding_that_comes_back_is_the_same_finding(views: Views) -> None:
    birth = produced(pack(1))
    await say(views, [(collected(pack(1)), OUTLET)])
    await views.follow()
    [before] = await views.findings(code="unknown_origin")
    await say(views, [(birth, MAKER)])
    await views.follow()
    await say(views, [(corrected(birth), MAKER)])
    await views.follow()

    [again] = await views.findings("all", code="unknown_origin")
    assert (again.opened_at, again.closed_at) == (before.opened_at, None)


async def test_joined_names_are_one_row_and_keep_their_findings(views: Views) -> None:
    await say(views, [(collected(TMP), OUTLET), (inspected(pack(1), "2026-05-03T09:00"), OUTLET)])
    await views.follow()
    assert len(await views.batteries()) == 2
    [before] = await views.findings(code="unknown_origin", battery=TMP)

    join = identified(TMP, pack(1))
    await say(views, [(join, OUTLET)])
    await views.follow()

    [row] = await views.batteries()
    assert (row["name"], row["names"], row["stage"]) == (
        pack(1),
        sorted([pack(1), TMP]),
        "collected",
    )
    for name in (TMP, pack(1)):
        [again] = await views.findings(code="unknown_origin", battery=name)
        assert (again.subject, again.opened_at) == (pack(1), before.opened_at)

    await say(views, [(corrected(join), OUTLET)])
    await views.follow()
    assert [row["name"] for row in await views.batteries()] == [pack(1), TMP]


async def test_a_part_of_a_handover_shows_what_is_missing(views: Views) -> None:
    packs = [pack(1), pack(2), pack(3)]
    await say(views, [(produced(each), MAKER) for each in packs])
    await say(views, [(dispatched(*packs), MAKER)])
    await views.follow()
    sender = MAKER.organisation
    await say(views, [(received(packs[0], sender=sender), UTILIZER)])
    await views.follow()
    missing = [f.subject for f in await views.findings(code="handover_mismatch")]
    assert missing == packs[1:]

    await say(views, [(received(packs[1], sender=sender), UTILIZER)])
    await views.follow()
    assert [f.subject for f in await views.findings(code="handover_mismatch")] == packs[2:]

    await say(views, [(received(packs[2], sender=sender), UTILIZER)])
    await views.follow()
    assert await views.findings(code="handover_mismatch") == []


async def test_a_correction_reaches_the_other_side_of_a_handover(views: Views) -> None:
    packs = [pack(1), pack(2)]
    await say(views, [(produced(each), MAKER) for each in packs])
    taken = received(packs[0], sender=MAKER.organisation)
    await say(views, [(dispatched(*packs), MAKER), (taken, UTILIZER)])
    await views.follow()
    assert [f.subject for f in await views.findings(code="handover_mismatch")] == packs[1:]

    await say(views, [(corrected(taken), UTILIZER)])
    await views.follow()

    assert await views.findings(code="handover_mismatch") == []


async def test_another_battery_of_a_vehicle_is_looked_at_again(views: Views) -> None:
    await say(
        views,
        [(produced(pack(1)), MAKER), (installed(pack(1)), CAR_MAKER), (sold(pack(1)), CAR_MAKER)],
    )
    await views.follow()
    assert "code_mismatch" not in await views.codes()

    scrapped = report(
        "vehicle_scrapped",
        "2026-06-01T09:00",
        pack(2),
        vin=VIN,
        certificate="C1",
        battery_present=True,
    )
    await say(views, [(scrapped, DISMANTLER)])
    await views.follow()

    shown = {f.subject for f in await views.findings(code="code_mismatch")}
    assert shown == {pack(1), pack(2)}


async def test_time_opens_findings_when_it_is_swept(views: Views) -> None:
    await say(
        views,
        [
            (produced(pack(1), "2026-10-20T09:00"), MAKER),
            (dispatched(pack(1), at="2026-10-25T09:00"), MAKER),
        ],
    )
    await views.follow()
    assert "handover_open" not in await views.codes()

    views.record.clock.at_us += 90 * DAY_US
    assert await views.projector.sweep() > 0

    assert "handover_open" in await views.codes(battery=pack(1))
    assert await views.projector.sweep() == 0


async def test_a_registration_closes_what_it_explains(views: Views) -> None:
    await say(
        views, [(produced(pack(1)), MAKER), (dispatched(pack(1), receiver="昆明某公司"), MAKER)]
    )
    await views.follow()
    await views.projector.sweep()
    assert "unknown_party" in await views.codes()

    firm = Organisation("O0000000000A", "昆明某公司", prefecture="530100")
    views.enrol(Registry({firm.id: firm}))
    await views.projector.sweep()

    assert "unknown_party" not in await views.codes()


async def test_a_registration_while_nobody_looked_is_seen_at_the_start(views: Views) -> None:
    await say(views, [(produced(pack(1)), MAKER)])
    await views.follow()
    assert (await views.battery(pack(1)))["prefecture"] == ""
    await views.projector.sweep()

    views.projector._judged_by = None  # as after a start
    maker = Organisation(MAKER.organisation, "某电池厂", prefecture="530100")
    views.enrol(Registry({maker.id: maker}))
    await views.projector.sweep()

    assert (await views.battery(pack(1)))["prefecture"] == "530100"


async def test_a_complete_count_shows_who_is_missing(views: Views) -> None:
    await say(
        views, [(collected(pack(1), site="S1"), OUTLET), (collected(pack(2), site="S1"), OUTLET)]
    )
    await views.follow()
    await say(views, [(counted(pack(1)), OUTLET)])
    await views.follow()
    assert [f.subject for f in await views.findings(code="missing_at_count")] == [pack(2)]

    await say(views, [(inspected(pack(2), "2026-06-06T09:00"), OUTLET)])
    await views.follow()
    assert await views.findings(code="missing_at_count") == []


async def test_a_store_that_is_too_full_is_a_finding_of_its_site(views: Views) -> None:
    outlet = Organisation(OUTLET.organisation, "网点", prefecture="530100")
    site = Site(outlet.id, "S1", "一号仓", "collection", "530300")
    views.enrol(Registry({outlet.id: outlet}, {(outlet.id, "S1"): site}))
    packs = [pack(number) for number in range(1, 15)]
    await say(
        views,
        [
            (collected(each, site="S1", at=f"2026-10-{place + 1:02}T09:00"), OUTLET)
            for place, each in enumerate(packs)
        ],
    )
    await say(views, [(produced(each), MAKER) for each in packs])
    await views.follow()

    [over] = await views.findings(code="over_stock")
    assert (over.battery, over.prefecture, over.organisation) == (None, "530300", outlet.id)
    assert over.finding.values["total_kg"] == "5747"

    await say(views, [(dispatched(*packs[:2], at="2026-10-20T09:00"), OUTLET)])
    await views.follow()
    assert await views.findings(code="over_stock") == []


async def test_a_vendor_that_is_added_is_no_longer_unknown(views: Views) -> None:
    strange, stranger = (f"{vendor}{pack(1)[3:]}" for vendor in ("9T7", "9T8"))
    await say(views, [(produced(each), MAKER) for each in (pack(1), strange, stranger)])
    await views.follow()
    await views.projector.sweep()
    assert [f.battery for f in await views.findings(code="unknown_vendor")] == [strange, stranger]

    views.enrol(Registry(vendors={**VENDORS, "9T7": Vendor("9T7", "某厂")}))
    await views.projector.sweep()
    assert [f.battery for f in await views.findings(code="unknown_vendor")] == [stranger]

    views.enrol(Registry())
    await views.projector.sweep()
    assert [f.battery for f in await views.findings(code="unknown_vendor")] == [strange, stranger]


async def test_a_lot_that_thousands_draw_on_waits_and_is_looked_at_once(views: Views) -> None:
    await say(views, [(declared_lot("L1", "100"), MAKER)])
    births = [produced(pack(number), lots=[lot("L1", "1")]) for number in range(1, 602)]
    batch = await views.record.batch(births)
    assert len(batch.outcomes) == 601
    await views.follow()
    [due] = await views.record.rows("SELECT due_us, name FROM unsettled")
    assert due["name"].endswith(":L1")
    assert "lot_overdrawn" not in await views.codes()

    views.record.clock.at_us = due["due_us"]
    await views.projector.step()

    [over] = await views.findings(code="lot_overdrawn")
    assert over.finding.values["drawn_kg"] == "601"


async def test_a_second_projector_waits_for_the_first(database: str, views: Views) -> None:
    await views.projector.step()
    other = await asyncpg.connect(database)
    held = await other.fetchval(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    )
    await other.close()
    assert held == 1


async def test_a_step_that_breaks_leaves_nothing_and_is_repeated(views: Views) -> None:
    await say(views, [(produced(pack(1)), MAKER)])
    await views.sequencer.drain()
    await views.projector.step()
    await say(views, [(produced(pack(2)), MAKER)])
    await views.sequencer.drain()
    assert views.projector._connection is not None
    await views.projector._connection.execute("SET statement_timeout = 0")
    await views.record.execute("ALTER TABLE finding RENAME TO hidden")
    try:
        await views.projector.step()
    except asyncpg.UndefinedTableError:
        pass
    else:
        raise AssertionError("the step should have broken")
    finally:
        await views.record.execute("ALTER TABLE hidden RENAME TO finding")
    assert len(await views.batteries()) == 1

    await views.follow()
    assert len(await views.batteries()) == 2


async def test_the_list_goes_on_where_the_page_ended(views: Views) -> None:
    names = [pack(number) for number in range(1, 8)]
    await say(views, [(produced(each), MAKER) for each in names])
    await views.follow()

    found: list[str] = []
    after = None
    while True:
        page = await list_batteries(views.record.readers, chemistry="lfp", limit=3, after=after)
        found += [item.battery for item in page.items]
        after = page.next
        if after is None:
            break
    assert found == names
    assert page.log_index == 7


async def test_small_steps_come_to_the_same_as_large_ones(
    views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(views, a_province())
    await views.follow()
    rows, shown = await views.batteries(), await views.shown()
    await views.record.execute(
        "TRUNCATE battery, finding, unsettled; UPDATE projection SET log_index = 0"
    )

    monkeypatch.setattr(runner, "MOST_ENTRIES", 2)
    await views.follow()

    assert await views.batteries() == rows
    assert await views.shown() == shown


async def test_a_handover_stands_though_its_first_line_was_withdrawn(views: Views) -> None:
    packs = [pack(number) for number in range(1, 5)]
    await say(views, [(produced(each), MAKER) for each in packs])
    sent = dispatched(*packs[:3])
    await say(views, [(sent, MAKER), (corrected(sent, battery=packs[0]), MAKER)])
    await say(views, [(received(*packs[1:], sender=MAKER.organisation), UTILIZER)])
    await views.follow()

    counts = [
        f.finding.values
        for f in await views.findings(battery=packs[1])
        if f.finding.values.get("what") == "count"
    ]
    assert [(values["sent"], values["taken"]) for values in counts] == [(2, 3)]
