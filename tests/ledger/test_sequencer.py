"""The sequencer: each event once, in a row without gaps, whoever else writes or dies."""

import asyncio
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

import asyncpg

from dianchi.ledger.sequencer import Sequencer
from support.record import Record, all_of, must_fit, recording
from support.reports import OUTLET, counted, inspected, pack, produced

HOLDERS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"

TOLD = "INSERT INTO outbox VALUES (ARRAY[$1::uuid], ARRAY[$2::integer]) RETURNING 1"


async def log_of(record: Record) -> list[asyncpg.Record]:
    return await record.rows(
        "SELECT log_index, stream_id, version, logged_at FROM log_entry ORDER BY log_index"
    )


async def must_be_dense(record: Record) -> None:
    """From 0 without a gap, each event once, the events of a stream in order, time forwards."""
    entries = await log_of(record)
    assert [entry["log_index"] for entry in entries] == list(range(len(entries)))
    last: dict[object, int] = {}
    for entry in entries:
        assert entry["version"] == last.get(entry["stream_id"], 0) + 1
        last[entry["stream_id"]] = entry["version"]
    assert all(a["logged_at"] <= b["logged_at"] for a, b in pairwise(entries))
    await must_fit(record)


async def test_the_log_is_dense_from_zero_and_keeps_the_order_of_streams(database: str) -> None:
    async with recording(database) as record:
        log = Sequencer(database)
        for turn in range(3):
            told = [inspected(pack(n % 5), f"2026-03-{1 + n:02}") for n in range(20)]
            await record.batch([*told, counted(pack(1), pack(2))], OUTLET)
            assert await log.drain() == 23
            assert log.size == 23 * (turn + 1)
        assert await log.drain() == 0
        await must_be_dense(record)
        assert await record.count("outbox") == 0
        await log.close()


async def test_after_an_outage_the_outbox_is_placed_part_by_part(database: str) -> None:
    async with recording(database) as record:
        for turn in range(12):
            await record.send(inspected(pack(turn % 3), f"2026-03-{1 + turn:02}"), OUTLET)
        log = Sequencer(database, most=5)
        assert [await log.drain() for _ in range(4)] == [5, 5, 2, 0]
        await must_be_dense(record)
        await log.close()


async def test_a_part_that_would_place_a_later_event_first_is_made_larger(database: str) -> None:
    """A transaction that waited for a lock is older than the one it builds on."""
    async with recording(database) as record:
        for version in range(6, 0, -1):
            await record.rows(TOLD, UUID(int=1), version)
        log = Sequencer(database, most=2)
        assert await log.drain() == 6
        assert [e["version"] for e in await log_of(record)] == [1, 2, 3, 4, 5, 6]
        assert [await log.drain(), await record.count("outbox")] == [0, 0]
        await log.close()


async def test_a_sequencer_goes_on_where_the_last_one_ended(database: str) -> None:
    async with recording(database) as record:
        for number in range(3):
            await record.send(produced(pack(number)))
            log = Sequencer(database)
            await log.drain()
            assert log.size == number + 1
            await log.close()
        await must_be_dense(record)


async def test_a_late_commit_lands_later(database: str) -> None:
    """A transaction that was open while others were placed leaves no gap to be filled."""
    async with recording(database) as record:
        slow = await asyncpg.connect(database)
        await record.send(produced(pack(1)))
        open_transaction = slow.transaction()
        await open_transaction.start()
        await slow.execute(
            "INSERT INTO outbox"
            " SELECT ARRAY[gen_random_uuid()], ARRAY[1] FROM generate_series(1, 2)"
        )
        log = Sequencer(database)
        assert await log.drain() == 1
        await record.send(produced(pack(2)))
        assert await log.drain() == 1
        await open_transaction.commit()
        assert await log.drain() == 2
        assert [e["log_index"] for e in await log_of(record)] == [0, 1, 2, 3]
        await log.close()
        await slow.close()


async def test_of_two_sequencers_one_waits_without_holding_a_snapshot(database: str) -> None:
    """A waiting statement would keep vacuum from every row that the holder deletes."""
    async with recording(database) as record:
        first, second = Sequencer(database), Sequencer(database)
        await first.open()
        waiting = asyncio.create_task(second.open())
        asked = """
        SELECT backend_xmin FROM pg_stat_activity
         WHERE query LIKE 'SELECT pg_try_advisory%' AND state = 'idle'"""
        while not (seen := await record.rows(asked)):
            assert not waiting.done()
        assert not waiting.done()
        assert [row["backend_xmin"] for row in seen] == [None]
        assert len(await record.rows(HOLDERS)) == 1
        await first.close()
        await waiting
        await record.send(produced(pack(1)))
        assert await second.drain() == 1
        await second.close()


async def test_when_the_holder_is_killed_the_other_goes_on(database: str) -> None:
    async with recording(database) as record:
        running = [asyncio.create_task(Sequencer(database).run()) for _ in range(2)]
        sent = 0
        for _ in range(4):
            for holder in await record.rows(HOLDERS):
                await record.rows("SELECT pg_terminate_backend($1)", holder["pid"])
            some = [produced(pack(sent + n)) for n in range(60)]
            sent += len(some)
            await record.batch(some)
            while await record.count("log_entry") < sent:
                assert not any(task.done() for task in running), running
        await must_be_dense(record)
        for task in running:
            task.cancel()
        await all_of(*running)


async def test_draining_while_others_write_loses_nothing(database: str) -> None:
    async with recording(database) as one, recording(database) as other:
        log = Sequencer(database)
        told = [inspected(pack(n % 30), f"2026-03-{1 + n % 28:02}") for n in range(600)]
        writing = asyncio.gather(
            one.batch(told[:300], OUTLET),
            *(other.send(raw, OUTLET) for raw in told[300:450]),
            *(one.send(raw, OUTLET) for raw in told[450:]),
        )
        drains = []
        while not writing.done():
            drains.append(await log.drain())
        await writing
        drains.append(await log.drain())
        assert sum(drains) == 600
        assert sum(map(bool, drains)) > 1
        await must_be_dense(one)
        await log.close()


async def test_the_time_of_the_log_never_runs_backwards(database: str) -> None:
    async with recording(database) as record:
        log = Sequencer(database)
        await record.send(produced(pack(1)))
        await log.drain()
        ahead = datetime(2090, 1, 1, tzinfo=UTC)
        await record.rows("UPDATE log_entry SET logged_at = $1 RETURNING 1", ahead)
        for number in range(2, 5):
            await log.close()
            await record.send(produced(pack(number)))
            await log.drain()
        assert {entry["logged_at"] for entry in await log_of(record)} == {ahead}
        await log.close()


async def test_a_sequencer_outlives_a_database_that_is_away(database: str) -> None:
    async with recording(database) as record:
        log = Sequencer(database)
        running = asyncio.create_task(log.run())
        while not await record.rows(HOLDERS):
            assert not running.done()
        for holder in await record.rows(HOLDERS):
            await record.rows("SELECT pg_terminate_backend($1)", holder["pid"])
        await record.send(produced(pack(1)))
        while not await record.count("log_entry"):
            assert not running.done()
        running.cancel()
        await all_of(running)
