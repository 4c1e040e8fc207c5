"""`fsck` finds whatever a database superuser does to the record, the tree or the checkpoints."""

import os
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncpg
import pytest

from dianchi.ledger.fsck import Findings, Wanted, fsck
from dianchi.ledger.outside import CheckpointFile
from dianchi.ledger.publisher import Publisher
from dianchi.ledger.sequencer import Sequencer
from dianchi.ledger.signer import FileSigner
from support.logs import ORIGIN, key
from support.record import Record, recording
from support.reports import OUTLET, counted, inspected, pack, produced

SEED = bytes([1]) * 32
ROUNDS = 200 if "DIANCHI_DRILL_SECONDS" in os.environ else 24
EVENTS = 600
SAVED = ("event", "log_entry", "log_tile", "log_checkpoint", "stream", "report", "outbox")
Act = Callable[[random.Random], tuple[str, int | None]]


async def told(record: Record, dsn: str, folder: Path, events: int = EVENTS) -> None:
    """A log with several checkpoints; the last two reports touch several things."""
    log = Sequencer(
        dsn, publisher=Publisher(FileSigner(folder, ORIGIN, [SEED]), CheckpointFile(folder))
    )
    made = 0
    while made < events - 6:
        count = min(97, events - 6 - made)
        rows = [inspected(pack((made + n) % 40), f"2026-03-{1 + n % 28:02}") for n in range(count)]
        await record.batch(rows, OUTLET)
        made += count
        await log.drain()
        await log.publish()
    for _ in range(2):
        await record.batch([counted(pack(1), pack(2))], OUTLET)
    await log.drain()
    await log.publish()
    await log.close()


async def checked(dsn: str, folder: Path) -> Findings:
    signer = FileSigner(folder, ORIGIN, [SEED])
    wanted = Wanted(ORIGIN, [key().verifier], CheckpointFile(folder), signer.last())
    return await fsck(dsn, wanted, lambda *_: None)


@pytest.fixture
async def record(database: str, data_dir: Path) -> AsyncIterator[Record]:
    async with recording(database) as made:
        await told(made, database, data_dir)
        yield made


def record_root(folder: Path) -> bytes:
    last = FileSigner(folder, ORIGIN, [SEED]).last()
    assert last is not None
    return last.root


async def test_an_untouched_log_is_clean(record: Record, database: str, data_dir: Path) -> None:
    found = await checked(database, data_dir)
    assert found.faults == []
    assert found.events == EVENTS
    assert found.checkpoints == 2 * await record.count("log_checkpoint") + 1
    assert found.root == record_root(data_dir)


async def test_what_waits_for_the_log_is_no_fault(
    record: Record, database: str, data_dir: Path
) -> None:
    await record.send(produced(pack(900)))
    assert (await checked(database, data_dir)).faults == []


async def test_the_first_bad_index_is_named(record: Record, database: str, data_dir: Path) -> None:
    for index in (511, 77, 300):
        await record.execute(CHANGE_BODY.format(index=index, at=30))
    found = await checked(database, data_dir)
    assert found.first_bad_index == 77
    assert [f.log_index for f in found.faults if f.code == "leaf"] == [77, 300, 511]


AT = "(SELECT stream_id, version FROM log_entry WHERE log_index = {index})"
CHANGE_BODY = (
    "UPDATE event SET body = set_byte(body, {at}, get_byte(body, {at}) # 1)"
    f" WHERE (stream_id, version) = {AT}"
)


def change_body(dice: random.Random) -> tuple[str, int | None]:
    index = dice.randrange(EVENTS)
    return CHANGE_BODY.format(index=index, at=dice.randrange(200)), index


def cut_body(dice: random.Random) -> tuple[str, int | None]:
    index = dice.randrange(EVENTS)
    return f"UPDATE event SET body = substr(body, 2) WHERE (stream_id, version) = {AT}".format(
        index=index
    ), index


def delete_event(dice: random.Random) -> tuple[str, int | None]:
    index = dice.randrange(EVENTS)
    return f"DELETE FROM event WHERE (stream_id, version) = {AT}".format(index=index), index


def delete_entry(dice: random.Random) -> tuple[str, int | None]:
    index = dice.randrange(EVENTS)
    return f"DELETE FROM log_entry WHERE log_index = {index}", index


def swap_entries(dice: random.Random) -> tuple[str, int | None]:
    one, other = sorted(dice.sample(range(EVENTS), 2))
    return (
        f"""
    DO $$ DECLARE a log_entry; b log_entry; BEGIN
      SELECT * INTO a FROM log_entry WHERE log_index = {one};
      SELECT * INTO b FROM log_entry WHERE log_index = {other};
      DELETE FROM log_entry WHERE log_index IN ({one}, {other});
      INSERT INTO log_entry VALUES ({one}, b.stream_id, b.version, b.logged_at),
                                   ({other}, a.stream_id, a.version, a.logged_at);
    END $$""",
        one,
    )


def swap_bodies(dice: random.Random) -> tuple[str, int | None]:
    one, other = sorted(dice.sample(range(EVENTS), 2))
    return (
        f"""
    WITH two AS (SELECT e.stream_id, e.version, e.body FROM event e
                   JOIN log_entry l USING (stream_id, version) WHERE log_index IN ({one}, {other}))
    UPDATE event e SET body = b.body FROM two a, two b
     WHERE (e.stream_id, e.version) = (a.stream_id, a.version)
       AND (a.stream_id, a.version) <> (b.stream_id, b.version)""",
        one,
    )


def insert_event(dice: random.Random) -> tuple[str, int | None]:
    return (
        f"""
    INSERT INTO event (stream_id, version, event_id, body)
    SELECT stream_id, 1000, gen_random_uuid(), body FROM event
     WHERE (stream_id, version) = {AT}""".format(index=dice.randrange(EVENTS)),
        None,
    )


def append_entry(_: random.Random) -> tuple[str, int | None]:
    return (
        f"""
    INSERT INTO log_entry (log_index, stream_id, version, logged_at)
    VALUES ({EVENTS}, gen_random_uuid(), 1, now())""",
        EVENTS,
    )


def change_leaf(dice: random.Random) -> tuple[str, int | None]:
    index = dice.randrange(512)
    at = index % 256 * 32 + dice.randrange(32)
    return (
        f"UPDATE log_tile SET hashes = set_byte(hashes, {at}, get_byte(hashes, {at}) # 1)"
        f" WHERE level = 0 AND number = {index // 256}"
    ), index


def change_node(_: random.Random) -> tuple[str, int | None]:
    return (
        "UPDATE log_tile SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1)"
        " WHERE level = 1"
    ), 256


def delete_tile(dice: random.Random) -> tuple[str, int | None]:
    level, number = dice.choice(((0, 0), (0, 1), (0, 2), (1, 0)))
    return f"DELETE FROM log_tile WHERE level = {level} AND number = {number}", None


def swap_tiles(_: random.Random) -> tuple[str, int | None]:
    return (
        "UPDATE log_tile SET hashes = (SELECT hashes FROM log_tile t WHERE t.level = 0"
        " AND t.number = 1 - log_tile.number) WHERE level = 0 AND number < 2"
    ), 0


def add_tile(_: random.Random) -> tuple[str, int | None]:
    return "INSERT INTO log_tile SELECT 3, 0, substr(hashes, 1, 32) FROM log_tile LIMIT 1", None


def change_root(dice: random.Random) -> tuple[str, int | None]:
    return _change_checkpoint("root", dice), None


def change_note(dice: random.Random) -> tuple[str, int | None]:
    return _change_checkpoint("note", dice), None


def _change_checkpoint(column: str, dice: random.Random) -> str:
    return f"""
    UPDATE log_checkpoint SET {column} = set_byte({column}, 20, get_byte({column}, 20) # 1)
     WHERE size = (SELECT size FROM log_checkpoint ORDER BY md5(size::text || '{dice.random()}')
                    LIMIT 1)"""


def move_checkpoint(dice: random.Random) -> tuple[str, int | None]:
    return (
        f"""
    UPDATE log_checkpoint SET size = size + 1 WHERE size =
      (SELECT size FROM log_checkpoint ORDER BY md5(size::text || '{dice.random()}') LIMIT 1)
    """,
        None,
    )


def delete_checkpoint(dice: random.Random) -> tuple[str, int | None]:
    return (
        f"""
    DELETE FROM log_checkpoint WHERE size =
      (SELECT size FROM log_checkpoint ORDER BY md5(size::text || '{dice.random()}') LIMIT 1)
    """,
        None,
    )


def delete_report(dice: random.Random) -> tuple[str, int | None]:
    return (
        f"""
    DELETE FROM report WHERE event_id = (SELECT event_id FROM event
     WHERE (stream_id, version) = {AT})""".format(index=dice.randrange(EVENTS)),
        None,
    )


def invent_report(dice: random.Random) -> tuple[str, int | None]:
    return (
        f"""
    INSERT INTO report (event_id, organisation, sha256, stream_id, version)
    SELECT gen_random_uuid(), organisation, sha256, stream_id, 1000 FROM report
     ORDER BY md5(event_id::text || '{dice.random()}') LIMIT 1""",
        None,
    )


def change_report(dice: random.Random) -> tuple[str, int | None]:
    return (
        f"""
    UPDATE report SET sha256 = set_byte(sha256, 5, get_byte(sha256, 5) # 1)
     WHERE event_id = (SELECT event_id FROM event
     WHERE (stream_id, version) = {AT})""".format(index=dice.randrange(EVENTS - 6)),
        None,
    )


def change_head(dice: random.Random) -> tuple[str, int | None]:
    return (
        f"""
    UPDATE stream SET version = version - 1 WHERE stream_id = (SELECT stream_id FROM log_entry
     WHERE log_index = {dice.randrange(EVENTS)})""",
        None,
    )


def rename_event(dice: random.Random) -> tuple[str, int | None]:
    index = dice.randrange(EVENTS)
    return (
        f"UPDATE event SET event_id = gen_random_uuid() WHERE (stream_id, version) = {AT}".format(
            index=index
        )
    ), index


def queue_again(dice: random.Random) -> tuple[str, int | None]:
    return (
        f"""
    INSERT INTO outbox SELECT ARRAY[stream_id], ARRAY[version] FROM log_entry
     WHERE log_index = {dice.randrange(EVENTS)}""",
        None,
    )


def forge_all(dice: random.Random) -> tuple[str, int | None]:
    """Body and leaf together, as somebody who knows the format would."""
    index = dice.randrange(512)
    at = index % 256 * 32
    return (
        f"""
    WITH forged AS (
      UPDATE event SET body = set_byte(body, 30, get_byte(body, 30) # 1)
       WHERE (stream_id, version) = {AT} RETURNING sha256('\\x00'::bytea || body) AS leaf)
    UPDATE log_tile SET hashes = overlay(hashes PLACING (SELECT leaf FROM forged) FROM {at + 1})
     WHERE level = 0 AND number = {index // 256}""".format(index=index),
        None,
    )


ACTS: list[Act] = [
    change_body, cut_body, delete_event, delete_entry, swap_entries, swap_bodies, insert_event,
    append_entry, change_leaf, change_node, delete_tile, swap_tiles, add_tile, change_root,
    change_note, move_checkpoint, delete_checkpoint, delete_report, change_report, change_head,
    rename_event, queue_again, forge_all, invent_report,
]  # fmt: skip


async def restored(connection: asyncpg.Connection) -> None:
    """Puts every table back as it was."""
    for table in SAVED:
        await connection.execute(f"TRUNCATE {table}")
        await connection.execute(f"INSERT INTO {table} SELECT * FROM saved.{table}")


@pytest.mark.usefixtures("record")
async def test_whatever_a_superuser_does_is_found(database: str, data_dir: Path) -> None:
    """Each way once here, 200 with as many seeds in the drills."""
    connection = await asyncpg.connect(database)
    await connection.execute("CREATE SCHEMA saved")
    for table in SAVED:
        await connection.execute(f"CREATE TABLE saved.{table} AS TABLE {table}")
    for seed in range(ROUNDS):
        act = ACTS[seed % len(ACTS)]
        statement, index = act(random.Random(seed))
        await connection.execute(statement)
        found = await checked(database, data_dir)
        assert found.faults, f"not found: {seed} {act.__name__}: {statement}"
        if index is not None:
            assert found.first_bad_index == index, (seed, act.__name__, index, found.faults[:3])
        await restored(connection)
    assert (await checked(database, data_dir)).faults == []
    await connection.execute("DROP SCHEMA saved CASCADE")
    await connection.close()


async def test_a_shorter_database_is_found(record: Record, database: str, data_dir: Path) -> None:
    """Cut off at a checkpoint, everything in it fits; only what is outside tells."""
    sizes = [row["size"] for row in await record.rows("SELECT size FROM log_checkpoint ORDER BY 1")]
    cut = sizes[-2]
    await record.execute(f"""
        DELETE FROM event e USING log_entry l WHERE l.log_index >= {cut}
           AND (e.stream_id, e.version) = (l.stream_id, l.version)""")
    await record.execute(f"DELETE FROM log_entry WHERE log_index >= {cut}")
    await record.execute(f"DELETE FROM log_checkpoint WHERE size > {cut}")
    await record.execute(
        f"UPDATE log_tile SET hashes = substr(hashes, 1, {cut % 256 * 32})"
        f" WHERE level = 0 AND number = {cut // 256}"
    )
    found = await checked(database, data_dir)
    assert {"behind", "checkpoint_gone"} <= {fault.code for fault in found.faults}
