"""Assessing one life: the same for an answer as for the lists, at any moment, in few trips."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from dianchi.domain.registry import Organisation, Registry
from dianchi.domain.rules import RULES
from dianchi.exchange.working_calendar import working_calendar
from dianchi.store.lives import read_life
from dianchi.views.assessing import Assessed, assess
from support.record import NOW_US
from support.reports import (
    MAKER,
    OUTLET,
    UTILIZER,
    collected,
    corrected,
    dispatched,
    identified,
    inspected,
    pack,
    produced,
    received,
)
from support.views import Views

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def look(views: Views, name: str, **asked: Any) -> Assessed:
    async with views.record.readers.acquire() as connection:
        stored = await read_life(connection, name, known_at=asked.get("known_at"))
        assert stored is not None
        return await assess(
            connection,
            stored,
            views.record.registry[-1],
            RULES,
            working_calendar(),
            views.record.clock.now_us(),
            **asked,
        )


def codes(assessed: Assessed) -> list[str]:
    return [f.code for f in assessed.findings if f.code not in ("late_report", "overdue_report")]


def us(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


async def test_an_answer_shows_what_the_lists_show(views: Views) -> None:
    await views.record.send(produced(pack(1)))
    await views.record.send(produced(pack(2)))
    await views.record.send(dispatched(pack(1), pack(2)))
    await views.record.send(received(pack(2), sender=MAKER.organisation), UTILIZER)
    await views.follow()

    for name in (pack(1), pack(2)):
        listed = {item.finding.identity for item in await views.findings(battery=name)}
        shown = [finding.identity for finding in (await look(views, name)).findings]
        assert len(shown) == len(listed)
        assert set(shown) == listed


async def test_as_of_leaves_out_what_happened_later_but_not_corrections(views: Views) -> None:
    wrong = inspected(pack(1), "2026-03-01T09:00", soh="10")
    await views.record.send(produced(pack(1)))
    await views.record.send(wrong, UTILIZER)
    await views.record.send(collected(pack(1)), OUTLET)
    await views.record.send(corrected(wrong, "2026-06-01T09:00"), UTILIZER)

    then = await look(views, pack(1), as_of_us=us("2026-04-01T00:00:00+08:00"))

    assert (then.folded.life.stage, then.folded.life.soh) == ("made", None)
    assert (await look(views, pack(1))).folded.life.stage == "collected"
    before = await look(views, pack(1), as_of_us=us("2025-01-01T00:00:00+08:00"))
    assert before.folded.life.count == 0


async def test_as_of_holds_for_others_too(views: Views) -> None:
    await views.record.send(produced(pack(1)))
    await views.record.send(produced(pack(2)))
    await views.record.send(dispatched(pack(1), pack(2), at="2026-05-03T09:00"))
    await views.record.send(
        received(pack(2), at="2026-05-20T09:00", sender=MAKER.organisation), UTILIZER
    )

    early = await look(views, pack(1), as_of_us=us("2026-05-10T00:00:00+08:00"))
    late = await look(views, pack(1), as_of_us=us("2026-05-21T00:00:00+08:00"))

    assert "handover_mismatch" not in codes(early)
    assert "handover_mismatch" in codes(late)


async def test_known_at_knows_only_what_the_log_held(views: Views) -> None:
    await views.record.send(produced(pack(1)))
    await views.record.send(produced(pack(2)))
    await views.record.send(dispatched(pack(1), pack(2)))
    await views.sequencer.drain()
    moment = await views.record.readers.fetchval("SELECT clock_timestamp()")
    taken = received(pack(2), sender=MAKER.organisation)
    await views.record.send(taken, UTILIZER)
    await views.sequencer.drain()
    between = await views.record.readers.fetchval("SELECT clock_timestamp()")
    await views.record.send(corrected(taken), UTILIZER)
    await views.sequencer.drain()

    assert "handover_mismatch" not in codes(await look(views, pack(1), known_at=moment))
    assert "handover_mismatch" in codes(await look(views, pack(1), known_at=between))
    assert "handover_mismatch" not in codes(await look(views, pack(1)))


async def test_a_newcomer_is_only_informed_until_its_term_ends(views: Views) -> None:
    day = datetime.fromtimestamp(NOW_US / 1e6, UTC).date()
    views.enrol(
        Registry({OUTLET.organisation: Organisation(OUTLET.organisation, "网点", onboarded_on=day)})
    )
    await views.record.send(collected(pack(1), "2026-10-20T09:00"), OUTLET)

    new = await look(views, pack(1))
    [origin] = [f for f in new.findings if f.code == "unknown_origin"]
    assert origin.severity == "info"
    assert new.next_change_us is not None
    views.record.clock.at_us += 3 * 365 * 86_400_000_000
    [origin] = [f for f in (await look(views, pack(1))).findings if f.code == "unknown_origin"]
    assert origin.severity == "medium"


async def test_two_codes_of_one_battery_are_told_once_each(views: Views) -> None:
    await views.record.send(produced(pack(1)))
    await views.record.send(produced(pack(2)))
    await views.record.send(collected("tmp:1-1", "2026-05-01T09:00"), OUTLET)
    await views.record.send(identified("tmp:1-1", pack(1)), OUTLET)
    await views.record.send(identified("tmp:1-1", pack(2), "2026-05-06T09:00"), OUTLET)

    for name in (pack(1), pack(2)):
        assert codes(await look(views, name)).count("identity_conflict") == 1


async def test_a_life_costs_few_trips(views: Views) -> None:
    await views.record.send(produced(pack(1)))
    for number in range(2, 30):
        await views.record.send(produced(pack(number)))
    await views.record.send(dispatched(*(pack(number) for number in range(1, 30))))
    sent: list[str] = []
    connection = await asyncpg.connect(views.projector._dsn)
    stored = await read_life(connection, pack(1))
    assert stored is not None
    looking = stored, Registry(), RULES, working_calendar(), NOW_US
    await assess(connection, *looking)  # asyncpg asks for types once
    connection.add_query_logger(lambda query: sent.append(query.query))
    await assess(connection, *looking)
    await connection.close()
    assert len(sent) == 2
