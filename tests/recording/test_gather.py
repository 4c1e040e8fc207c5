"""Gathering: many reports in few statements, and nobody pays for a neighbour."""

import asyncio
from random import Random

import asyncpg
import pytest

from dianchi.domain import moves
from dianchi.domain.refusals import Refused
from dianchi.recording.gather import _Waiting
from dianchi.recording.outcomes import Clash, Outcome, Recorded
from support.record import Record, all_of, must_fit, recording, watched
from support.reports import (
    MAKER,
    OUTLET,
    Raw,
    counted,
    dispatched,
    identifier,
    inspected,
    pack,
    produced,
)

KILL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%unnest%'
"""


def ignored(_: object) -> None:
    """Nobody waits for this outcome."""


async def one_turn() -> None:
    """Lets every task that was just made run until it first waits."""
    await asyncio.sleep(0)


async def test_reports_sent_together_are_gathered(record: Record) -> None:
    trips = await watched(record)
    said = await all_of(*(record.send(produced(pack(n))) for n in range(32)))
    assert [outcome.entries[0].version for outcome in said] == [1] * 32
    assert trips.writes < 16, trips.writes
    await must_fit(record)


async def test_reports_of_one_battery_sent_together_get_dense_versions(record: Record) -> None:
    told = [inspected(pack(1), f"2026-03-01T{n // 60:02}:{n % 60:02}") for n in range(64)]
    said = await all_of(*(record.say(raw, OUTLET) for raw in told))
    assert [entry.version for entry in said] == list(range(1, 65))


async def test_a_batch_keeps_the_order_of_the_rows_of_a_battery(record: Record) -> None:
    rows = [inspected(pack(n % 7), f"2026-03-{1 + n // 100:02}", site=f"S{n}") for n in range(2000)]
    batch = await record.batch(rows, OUTLET)
    assert all(isinstance(o, Recorded) and not o.replay for o in batch.outcomes)
    for battery in range(7):
        sites = [event["site"] for event in await record.events(pack(battery))]
        assert sites == [f"S{n}" for n in range(2000) if n % 7 == battery]
    await must_fit(record)


async def test_a_bad_row_or_a_clash_fails_no_neighbour(record: Record) -> None:
    taken = produced(pack(0))
    await record.send(taken)
    rows: list[Raw] = [produced(pack(n)) for n in range(1, 300)]
    rows[50] = taken | {"battery": pack(50)}
    rows[100] = produced("no such code")
    rows[150] = {"type": "made up"}
    rows[200] = taken
    batch = await record.batch(rows)
    assert isinstance(batch.outcomes[50], Clash)
    assert all(isinstance(batch.outcomes[n], Refused) for n in (100, 150))
    good = [o for n, o in enumerate(batch.outcomes) if n not in {50, 100, 150}]
    assert all(isinstance(outcome, Recorded) for outcome in good)
    assert await record.count("event") == 1 + 299 - 4
    await must_fit(record)


async def test_a_report_that_breaks_the_fold_fails_no_neighbour(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours in one type of event must not stop the whole province."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(moves._MOVES, "exported", broken)
    poison = inspected(pack(99)) | {"type": "exported", "data": {"destination": "X"}}
    told = [inspected(pack(n)) for n in range(20)]
    said = await all_of(*(record.send(raw, OUTLET) for raw in [*told, poison]))
    assert isinstance(said[-1], ZeroDivisionError)
    assert all(isinstance(outcome, Recorded) for outcome in said[:-1])
    await must_fit(record)


async def test_singles_do_not_starve_a_batch(record: Record) -> None:
    """While single reports never stop coming, the rows of a batch get their turn."""
    gatherer = record.gatherer
    rows = [_Waiting(record.prepared(produced(pack(n))), ignored) for n in range(600)]
    gatherer._bulk.extend(rows[:200])
    turns = []
    while gatherer._bulk:
        singles, rows = rows[-20:], rows[:-20]
        gatherer._singles.extend(singles)
        turns.append(len(gatherer._take()))
        assert len(turns) < 20
    assert turns == [10, 15, 18, 200]
    gatherer._singles.clear()


async def test_two_services_on_hot_batteries_lose_nothing(database: str) -> None:
    random = Random(20)
    told = [
        inspected(pack(random.randrange(20)), f"2026-03-{1 + n // 40:02}T{n % 24:02}:00")
        for n in range(800)
    ]
    async with recording(database) as one, recording(database) as other:
        said = await all_of(
            *(random.choice((one, other)).recorder.record(raw, OUTLET) for raw in told)
        )
        assert all(isinstance(outcome, Recorded) for outcome in said), said
        for battery in range(20):
            mine = sorted(
                outcome.entries[0].version
                for raw, outcome in zip(told, said, strict=True)
                if raw["battery"] == pack(battery)
            )
            assert mine == list(range(1, len(mine) + 1))
        await must_fit(one)


async def test_two_services_with_reports_of_many_lose_nothing(database: str) -> None:
    """Sites and hand-overs meet in the same heads, in any order of names."""
    random = Random(21)
    names = [pack(n) for n in range(12)]
    told: list[Raw] = []
    for turn in range(60):
        some = random.sample(names, 4)
        told.append(counted(*some, at=f"2026-03-{1 + turn % 28:02}"))
        told.append(dispatched(*random.sample(names, 3), handover=f"H{turn}"))
        told.append(inspected(random.choice(names), "2026-03-01"))
    async with recording(database) as one, recording(database) as other:
        said = await all_of(
            *(random.choice((one, other)).recorder.record(raw, OUTLET) for raw in told)
        )
        assert all(isinstance(outcome, Recorded) for outcome in said), said
        await must_fit(one)


async def test_the_same_report_at_two_services_is_recorded_once(database: str) -> None:
    told = [produced(pack(n)) for n in range(50)]
    async with recording(database) as one, recording(database) as other:
        said = await all_of(*(r.send(raw) for raw in told for r in (one, other)))
        first = [outcome.replay for outcome in said]
        assert first.count(False) == 50
        assert [o.entries[0].version for o in said] == [1] * 100
        await must_fit(one)


async def test_a_killed_connection_hangs_nobody_and_doubles_nothing(database: str) -> None:
    told = [inspected(pack(n % 40), f"2026-03-{1 + n % 28:02}T08:00") for n in range(600)]
    async with recording(database) as record:
        killer = await asyncpg.connect(database)
        sending = [asyncio.create_task(record.recorder.record(raw, OUTLET)) for raw in told]
        killed = 0
        while not all(task.done() for task in sending):
            killed += len(await killer.fetch(KILL))
        said: list[Outcome | BaseException] = await all_of(*sending)
        assert killed > 0
        for outcome in said:
            assert isinstance(outcome, Recorded | ConnectionError), repr(outcome)
        again = [await record.send(raw, OUTLET) for raw in told]
        for before, after in zip(said, again, strict=True):
            if isinstance(before, Recorded):
                assert after.replay
                assert after.entries[0].version == before.entries[0].version
        assert await record.count("event") == 600
        await must_fit(record)
        await killer.close()


async def test_one_lost_connection_is_not_felt(record: Record, database: str) -> None:
    """The round is tried once more, and what was stored before the loss is a repeat."""
    other = await asyncpg.connect(database)
    await record.send(produced(pack(1)))
    holding = other.transaction()
    await holding.start()
    await other.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
    sending = asyncio.create_task(record.send(produced(pack(2))))
    while not await record.rows("SELECT 1 FROM pg_locks WHERE NOT granted"):
        assert not sending.done()
    assert await other.fetch(KILL)
    await holding.rollback()
    assert not (await sending).replay
    assert await record.count("event") == 2
    await other.close()


async def test_a_service_that_stops_answers_who_waits_and_sends_others_away(
    database: str,
) -> None:
    async with recording(database) as record:
        waiting = [asyncio.create_task(record.send(produced(pack(n)))) for n in range(40)]
        await one_turn()
        assert record.gatherer._singles
        await record.gatherer.close()
        assert all(isinstance(outcome, Recorded) for outcome in await all_of(*waiting))
        assert not record.gatherer._idle, "a connection was left open"
        with pytest.raises(ConnectionError):
            await record.send(produced(pack(99)))


async def test_a_client_that_goes_away_takes_nobody_with_it(record: Record) -> None:
    told = [produced(pack(n)) for n in range(30)]
    sending = [asyncio.create_task(record.send(raw)) for raw in told]
    await one_turn()
    assert record.gatherer._singles
    for task in sending[::2]:
        task.cancel()
    said = await all_of(*sending)
    assert all(isinstance(outcome, Recorded) for outcome in said[1::2])
    await record.batch(told, MAKER)
    assert await record.count("event") == 30


async def test_an_empty_batch_is_answered(record: Record) -> None:
    assert (await record.batch([])).outcomes == []


def test_numbered_ids_stay_the_same() -> None:
    assert identifier(7) == identifier(7) != identifier(8)
