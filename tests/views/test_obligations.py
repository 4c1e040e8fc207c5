"""Rows of obligations follow the log, are rebuilt the same, and keep the verdicts of old rules."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from typing import Any

import asyncpg
import msgspec

from dianchi.domain.deadlines import Standing
from dianchi.domain.registry import Organisation, Registry
from dianchi.domain.rules import RULES, Rules
from dianchi.exchange.working_calendar import working_calendar
from dianchi.views.obligations.query import Wish, list_obligations
from dianchi.views.obligations.summary import summarise
from dianchi.views.runner import Projector
from support.reports import (
    OUTLET,
    UTILIZER,
    collected,
    corrected,
    dispatched,
    identified,
    pack,
    received,
)
from support.views import Views

FACTS = """
SELECT battery, duty, event_id, bearer, reporter, start_day, soon_day, due_day, met_day, ended_day,
       phase, dropped, prefecture, seen_by FROM obligation ORDER BY battery, duty, event_id
"""
PHASES = "SELECT duty, phase FROM obligation"
TALLIES = "SELECT * FROM obligation_tally WHERE rows <> 0 ORDER BY bearer, duty, phase, month"
COUNTED = """
SELECT seen_by, bearer, prefecture, duty, statutory, phase, date_trunc('month', due_day)::date,
       count(*) FROM obligation WHERE phase NOT IN ('open', 'owed')
 GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 2, 4, 6, 7
"""
FIRMS = Registry(
    {
        each.organisation: Organisation(
            each.organisation, name, prefecture=place, roles=frozenset((each.role,))
        )
        for each, name, place in ((OUTLET, "滇网点", "530100"), (UTILIZER, "滇利用", "530400"))
    }
)
TODAY = date(2026, 11, 24)


async def a_few_lives(views: Views) -> None:
    """Packs taken in, one on its way, one arrived, one withdrawn and one of two names."""
    views.enrol(FIRMS)
    for number in range(1, 6):
        await views.record.send(collected(pack(number), site="S1"), OUTLET)
    await views.record.send(dispatched(pack(1)), OUTLET)
    await views.follow()
    await views.record.send(dispatched(pack(2), pack(3), handover="H2"), OUTLET)
    arrived = received(pack(2), pack(3), handover="H2")
    await views.record.send(arrived, UTILIZER)
    wrong = collected(pack(6))
    await views.record.send(wrong, OUTLET)
    await views.follow()
    await views.record.send(corrected(wrong), OUTLET)
    await views.record.send(collected("tmp:1-1"), OUTLET)
    await views.record.send(identified("tmp:1-1", pack(7)), OUTLET)
    await views.follow()


async def facts(views: Views) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await views.record.rows(FACTS)]


async def tallies(views: Views) -> list[tuple[Any, ...]]:
    return sorted(tuple(row) for row in await views.record.rows(TALLIES))


async def test_a_rebuild_gives_the_rows_and_counts_that_following_gave(views: Views) -> None:
    await a_few_lives(views)
    rows, counts = await facts(views), await tallies(views)
    assert {row[1] for row in rows} == {
        "OUTLET_IN", "OUTLET_OUT", "OUTLET_STORAGE", "HANDOVER_ACK", "UTIL_IN"
    }  # fmt: skip
    assert pack(6) not in {row[0] for row in rows}
    assert "tmp:1-1" not in {row[0] for row in rows}
    assert counts == sorted(tuple(row) for row in await views.record.rows(COUNTED))

    await views.record.execute("TRUNCATE obligation, obligation_tally, projection")
    await views.follow()

    assert (await facts(views), await tallies(views)) == (rows, counts)


async def test_the_clock_passes_without_a_write(views: Views) -> None:
    await a_few_lives(views)
    before = await views.record.rows("SELECT xmin, obligation_id FROM obligation ORDER BY 2")

    early, later = [await _overdue(views, date(2026, 5, day)) for day in (11, 12)]

    assert (early, later) == ([], ["HANDOVER_ACK"])
    assert before == await views.record.rows(
        "SELECT xmin, obligation_id FROM obligation ORDER BY 2"
    )


async def _overdue(views: Views, day: date) -> list[str]:
    page = await list_obligations(views.record.readers, Wish(Standing.OVERDUE), day, limit=50)
    return [row["duty"] for row in page.items]


async def test_pages_and_counts_say_the_same_for_every_state(views: Views) -> None:
    await a_few_lives(views)
    counted = await summarise(views.record.readers, TODAY)
    for state in Standing:
        seen: list[asyncpg.Record] = []
        cursor: str | None = None
        while True:
            page = await list_obligations(
                views.record.readers, Wish(state), TODAY, limit=2, after=cursor
            )
            seen += page.items
            cursor = page.next
            if cursor is None:
                break
        assert {row["state"] for row in seen} <= {state.value}
        told = sum(count for group, count in counted.counts.items() if group.state == state)
        assert len(seen) == len({row["obligation_id"] for row in seen}) == told
    assert sum(counted.counts.values()) == len(await facts(views))


async def test_a_changed_rule_judges_anew_and_keeps_the_old_verdict(
    views: Views, database: str
) -> None:
    await a_few_lives(views)
    [asked] = [one for one in RULES.duties if one.id == "HANDOVER_ACK"]
    shorter = [
        replace(asked, valid_to=date(2026, 5, 2)),
        replace(asked, valid_from=date(2026, 5, 3), amount=3),
    ]
    dropped = {"HANDOVER_ACK", "OUTLET_STORAGE"}
    rules = Rules(duties=(*shorter, *(one for one in RULES.duties if one.id not in dropped)))
    before = {row[0:3]: row for row in await facts(views)}

    await _follow_by(rules, views, database)
    await _follow_by(rules, views, database)

    rows = await views.record.rows("SELECT * FROM obligation WHERE earlier IS NOT NULL")
    assert {row["duty"] for row in rows} == dropped
    for row in rows:
        [old] = msgspec.json.decode(row["earlier"])
        was = before[row["battery"], row["duty"], row["event_id"]]
        assert (old["due"], old["phase"]) == (str(was[7]), was[10])
        assert row["rule_set"] != old["rule_set"]
        assert row["phase"] == "lapsed" if row["duty"] == "OUTLET_STORAGE" else not row["dropped"]
    unchanged = {row[0:3]: row for row in await facts(views) if row[1] not in dropped}
    assert unchanged == {key: row for key, row in before.items() if row[1] not in dropped}
    assert await tallies(views) == sorted(tuple(row) for row in await views.record.rows(COUNTED))


async def test_who_was_enrolled_a_moment_ago_is_not_judged_as_a_stranger(
    views: Views, database: str
) -> None:
    """Given a registry that tells of a firm whoever asks for it, then its duty is its own."""

    async def registry(reporters: AbstractSet[str]) -> Registry:
        return FIRMS if OUTLET.organisation in reporters else Registry({})

    projector = Projector(database, registry, RULES, working_calendar(), views.record.clock)
    await projector.step()
    await views.record.send(collected(pack(1)), OUTLET)
    await views.sequencer.drain()
    await projector.step()
    await projector.close()

    phases = {row["duty"]: row["phase"] for row in await views.record.rows(PHASES)}
    assert phases["OUTLET_STORAGE"] == "open"


async def _follow_by(rules: Rules, views: Views, database: str) -> None:
    async def registry(_reporters: AbstractSet[str]) -> Registry:
        return FIRMS

    await views.projector.close()
    projector = Projector(database, registry, rules, working_calendar(), views.record.clock)
    try:
        await projector.step()
    finally:
        await projector.close()
