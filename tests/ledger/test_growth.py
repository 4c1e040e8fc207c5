"""The stored tree and what is signed of it: same as the events, and never another history."""

import asyncio
import json
import os
from pathlib import Path

import asyncpg
import pytest

from dianchi.ledger.errors import LogError
from dianchi.ledger.growth import BATCH, restore
from dianchi.ledger.outside import CheckpointFile
from dianchi.ledger.publisher import Publisher
from dianchi.ledger.sequencer import Sequencer
from dianchi.ledger.signer import FileSigner
from dianchi_client.checkpoint import Checkpoint
from dianchi_client.errors import Rejected
from dianchi_client.memory import Memory
from dianchi_client.policy import Policy
from support.logs import NOW_S, ORIGIN, key
from support.record import Record, recording
from support.reports import OUTLET, inspected, pack, produced
from support.trees import grown

SEED = bytes([1]) * 32
BODIES = """
SELECT e.body FROM log_entry l JOIN event e USING (stream_id, version) ORDER BY log_index
"""
NOTES = "SELECT size, root, note FROM log_checkpoint ORDER BY size"
MANY = """
WITH told AS (
    INSERT INTO event (stream_id, version, event_id, body)
    SELECT gen_random_uuid(), 1, gen_random_uuid(), convert_to(n::text, 'UTF8')
      FROM generate_series(1, $1::int) n RETURNING stream_id)
INSERT INTO log_entry (log_index, stream_id, version, logged_at)
SELECT row_number() OVER () - 1, stream_id, 1, now() FROM told
"""


def signer(folder: Path) -> FileSigner:
    return FileSigner(folder, ORIGIN, [SEED])


def publisher(folder: Path) -> Publisher:
    return Publisher(signer(folder), CheckpointFile(folder))


async def run_once(dsn: str, folder: Path) -> Sequencer:
    """Places, hashes and signs what waits; an open sequencer."""
    log = Sequencer(dsn, publisher=publisher(folder))
    await log.drain()
    await log.publish()
    return log


async def must_match(record: Record) -> None:
    """The stored tree is the tree over the stored events."""
    bodies = [row["body"] for row in await record.rows(BODIES)]
    async with record.readers.acquire() as connection:
        tree = await restore(connection)
    assert tree.size == len(bodies)
    assert tree.root() == grown(bodies).tree.root()


async def test_the_tree_is_over_the_very_bytes_of_the_events(database: str) -> None:
    async with recording(database) as record:
        log = Sequencer(database)
        for turn in range(4):
            told = [inspected(pack(n % 7), f"2026-03-{1 + n % 28:02}") for n in range(100 * turn)]
            await record.batch([*told, produced(pack(100 + turn))], OUTLET)
            await log.drain()
            assert log.hashed == log.size
            await must_match(record)
        await log.close()


async def test_a_sequencer_goes_on_with_the_stored_tree(database: str) -> None:
    async with recording(database) as record:
        for number in range(5):
            await record.send(produced(pack(number)))
            log = Sequencer(database)
            await log.drain()
            await log.close()
        await must_match(record)


async def test_events_of_before_are_hashed_a_batch_at_a_time(database: str) -> None:
    async with recording(database) as record:
        await record.rows(MANY, BATCH + 500)
        await record.send(produced(pack(1)))
        log = Sequencer(database)
        assert await log.drain() == 1
        assert (log.hashed, log.size) == (BATCH, BATCH + 501)
        await log.close()
        again = Sequencer(database)
        await again.drain()
        assert again.hashed == again.size == BATCH + 501
        await must_match(record)
        await again.close()


async def test_an_entry_without_event_stops_the_log(database: str) -> None:
    async with recording(database) as record:
        await record.rows("INSERT INTO outbox VALUES (ARRAY[gen_random_uuid()], ARRAY[1])")
        log = Sequencer(database)
        with pytest.raises(LogError, match="its event is missing"):
            await log.drain()
        assert await record.count("log_entry") == await record.count("log_tile") == 0


async def test_checkpoints_are_signed_stored_and_kept_outside(
    database: str, data_dir: Path
) -> None:
    async with recording(database) as record:
        for number in range(3):
            await record.send(produced(pack(number)))
            await (await run_once(database, data_dir)).close()
        rows = await record.rows(NOTES)
        assert [row["size"] for row in rows] == [1, 2, 3]
        policy = Policy.of_keys([str(key().verifier)])
        for row in rows:
            accepted = policy.accept(row["note"], NOW_S).checkpoint
            assert (accepted.size, accepted.root) == (row["size"], row["root"])
        kept = [
            json.loads(line)["note"]
            for line in CheckpointFile(data_dir).path.read_bytes().splitlines()
        ]
        assert [note.encode() for note in kept] == [row["note"] for row in rows]
        last = signer(data_dir).last()
        assert last == CheckpointFile(data_dir).last(ORIGIN)
        assert last == Checkpoint(ORIGIN, 3, rows[-1]["root"])
        assert (data_dir / "log-signer.json").stat().st_mode & 0o777 == 0o600


async def test_what_was_signed_but_not_stored_is_stored_again(
    database: str, data_dir: Path
) -> None:
    """Killed between the signature and the insert: the same checkpoint, the same signature."""
    async with recording(database) as record:
        await record.send(produced(pack(1)))
        await (await run_once(database, data_dir)).close()
        [before] = await record.rows(NOTES)
        await record.rows("DELETE FROM log_checkpoint RETURNING 1")
        await (await run_once(database, data_dir)).close()
        assert await record.rows(NOTES) == [before]


async def test_nothing_is_signed_twice(database: str, data_dir: Path) -> None:
    async with recording(database) as record:
        await record.send(produced(pack(1)))
        log = await run_once(database, data_dir)
        assert not await log.publish()
        await log.close()


def test_a_signer_refuses_what_does_not_continue(data_dir: Path) -> None:
    mine, forged = grown([b"%d" % n for n in range(9)]), grown([b"x%d" % n for n in range(9)])
    one = signer(data_dir)
    one.sign(Checkpoint(ORIGIN, 5, mine.root(5)), [])
    lies: list[tuple[Checkpoint, list[bytes]]] = [
        (Checkpoint(ORIGIN, 5, forged.root(5)), []),
        (Checkpoint(ORIGIN, 9, forged.root(9)), forged.consistency(5, 9)),
        (Checkpoint(ORIGIN, 9, mine.root(9)), []),
        (Checkpoint(ORIGIN, 4, mine.root(4)), []),
    ]
    for checkpoint, proof in lies:
        with pytest.raises(Rejected):
            signer(data_dir).sign(checkpoint, proof)
    assert one.last() == Checkpoint(ORIGIN, 5, mine.root(5))
    one.sign(Checkpoint(ORIGIN, 9, mine.root(9)), mine.consistency(5, 9))


def test_a_signer_never_begins_anew_on_a_damaged_store(data_dir: Path) -> None:
    (data_dir / "log-signer.json").write_text("{")
    with pytest.raises(ValueError, match="Expecting"):
        signer(data_dir).sign(Checkpoint(ORIGIN, 0, bytes(32)), [])


def test_two_keys_sign_during_a_rotation(data_dir: Path) -> None:
    both = FileSigner(data_dir, ORIGIN, [SEED, bytes([9]) * 32])
    note = both.sign(Checkpoint(ORIGIN, 1, bytes(32)), [])
    for seed in (1, 9):
        assert Policy.of_keys([str(key(seed=seed).verifier)]).accept(note, NOW_S)


def test_a_line_that_the_system_cuts_short_is_written_anew(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a system that takes half of a write, then the line stands whole, and nothing is odd."""
    file = CheckpointFile(data_dir)
    write, cut = os.write, iter((True, False))

    def short(descriptor: int, data: bytes) -> int:
        return write(descriptor, data[: len(data) // 2] if next(cut, False) else data)

    monkeypatch.setattr(os, "write", short)
    file.append(b"dianchi.test\n1\nAAAA\n")

    with file.path.open("rb") as kept:
        lines = [line for line in kept.read().split(b"\n") if line.endswith(b'"}')]
    assert [json.loads(line)["note"] for line in lines] == ["dianchi.test\n1\nAAAA\n"]


def test_a_disk_that_takes_no_whole_line_is_an_error(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda where, data: write(where, data[: len(data) // 2]))
    with pytest.raises(OSError, match="written whole"):
        CheckpointFile(data_dir).append(b"dianchi.test\n1\nAAAA\n")


def test_a_torn_line_of_the_file_hides_nothing(data_dir: Path) -> None:
    file, log = CheckpointFile(data_dir), signer(data_dir)
    first = Checkpoint(ORIGIN, 1, bytes(32))
    file.append(log.sign(first, []))
    with file.path.open("ab") as torn:
        torn.write(b'{"note": "t.ynb')
    assert file.last(ORIGIN) == first
    file.append(
        FileSigner(data_dir, "other/log", [SEED]).sign(Checkpoint("other/log", 7, b"7" * 32), [])
    )
    assert file.last(ORIGIN) == first
    assert [note is not None for _, note in file.notes()] == [True, True]


async def seven(record: Record, folder: Path, dsn: str) -> None:
    """Seven events, signed at 4 and at 7."""
    for upto in ((1, 2, 3, 4), (5, 6, 7)):
        for number in upto:
            await record.send(produced(pack(number)))
        await (await run_once(dsn, folder)).close()


ROLL_BACK = (
    "DELETE FROM log_entry WHERE log_index >= 5",
    "DELETE FROM log_checkpoint WHERE size > 5",
    "UPDATE log_tile SET hashes = substr(hashes, 1, 5 * 32)",
)


async def test_a_restored_backup_is_neither_written_nor_signed(
    database: str, data_dir: Path
) -> None:
    async with recording(database) as record:
        await seven(record, data_dir, database)
        for statement in ROLL_BACK:
            await record.execute(statement)
        await record.send(produced(pack(8)))
        log = Sequencer(database, publisher=publisher(data_dir))
        with pytest.raises(LogError, match="the log in the database ends at 5 events") as refused:
            await log.drain()
        assert "a checkpoint of 7 events" in str(refused.value)
        assert await record.count("log_entry") == 5
        assert await record.count("outbox") == 1


@pytest.mark.parametrize("kept", ["log-signer.json", "checkpoints.jsonl"])
async def test_either_memory_alone_trips_the_guard(
    kept: str, database: str, data_dir: Path
) -> None:
    async with recording(database) as record:
        await seven(record, data_dir, database)
        for name in ("log-signer.json", "checkpoints.jsonl"):
            if name != kept:
                (data_dir / name).unlink()
        for statement in ROLL_BACK:
            await record.execute(statement)
        with pytest.raises(LogError, match="ends at 5 events"):
            await Sequencer(database, publisher=publisher(data_dir)).open()


async def test_another_history_of_the_same_length_is_not_continued(
    database: str, data_dir: Path
) -> None:
    async with recording(database) as record:
        await seven(record, data_dir, database)
        for statement in ROLL_BACK:
            await record.execute(statement)
        await record.send(produced(pack(8)))
        await record.send(produced(pack(9)))
        unsigned = Sequencer(database)
        await unsigned.drain()
        await unsigned.close()
        with pytest.raises(LogError, match="the first 7 events in the database have the root"):
            await Sequencer(database, publisher=publisher(data_dir)).open()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM log_tile",
        "DELETE FROM log_tile WHERE level = 0",
        "DELETE FROM log_entry WHERE log_index = 6",
        "UPDATE log_tile SET hashes = substr(hashes, 1, 6 * 32)",
        "UPDATE log_tile SET hashes = hashes || hashes",
        "UPDATE log_tile SET hashes = set_byte(hashes, 40, 1 + get_byte(hashes, 40) % 255)",
    ],
)
async def test_a_changed_tree_is_not_continued(
    statement: str, database: str, data_dir: Path
) -> None:
    async with recording(database) as record:
        await seven(record, data_dir, database)
        await record.execute(statement)
        with pytest.raises(LogError):
            await Sequencer(database, publisher=publisher(data_dir)).open()


async def test_another_name_begins_another_log(database: str, data_dir: Path) -> None:
    async with recording(database) as record:
        await seven(record, data_dir, database)
        for statement in ROLL_BACK:
            await record.execute(statement)
        anew = FileSigner(data_dir, "t.ynbat.cn/log-2", [SEED])
        log = Sequencer(database, publisher=Publisher(anew, CheckpointFile(data_dir)))
        await log.drain()
        assert await log.publish()
        await log.close()


async def test_a_woken_sequencer_signs_nothing_old(database: str, data_dir: Path) -> None:
    """Its connection was lost while it slept, another went on: it must look again."""
    async with recording(database) as record:
        await record.send(produced(pack(1)))
        asleep = Sequencer(database, publisher=publisher(data_dir))
        await asleep.drain()
        await record.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        )
        await record.send(produced(pack(2)))
        await (await run_once(database, data_dir)).close()
        with pytest.raises(
            (
                asyncpg.PostgresConnectionError,
                asyncpg.InterfaceError,
                OSError,
                asyncpg.OperatorInterventionError,
            )
        ):
            await asleep.publish()
        assert [row["size"] for row in await record.rows(NOTES)] == [2]
        assert await asleep.drain() == 0
        assert asleep.hashed == 2
        await asleep.close()


async def test_a_running_sequencer_signs_within_a_second(database: str, data_dir: Path) -> None:
    async with recording(database) as record:
        running = asyncio.create_task(Sequencer(database, publisher=publisher(data_dir)).run())
        await record.send(produced(pack(1)))
        while not await record.count("log_checkpoint"):
            assert not running.done()
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def test_a_memory_is_changed_by_one_at_a_time(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "seen.json")
    with memory.changed() as seen:
        seen["a"] = Checkpoint("a", 1, bytes(32))

    def fail_within() -> None:
        with memory.changed() as seen:
            seen["a"] = Checkpoint("a", 2, bytes(32))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_within()
    assert memory.read()["a"].size == 1
