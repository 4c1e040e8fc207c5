"""Fills a database with whole lives: rows made by the domain's own code, put in by COPY.

Two processes make rows, chunk by chunk; primary keys are dropped before a big load and made again
after it. What comes out is what the service would have written, but for the moment of recording.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg

from dianchi.bench import material
from dianchi.bench.helper import Helper
from dianchi.domain.rules import RULES
from dianchi.ledger.sequencer import Sequencer
from dianchi.recording.prepare import Prepared, prepare
from dianchi.recording.round import Round
from dianchi.store.write import Writing

CHUNK: Final = 1_000
_BIG: Final = 20_000
_DAY_US: Final = 86_400_000_000
_PROCESSES: Final = 2
_SHARE: Final = 4
"""Chunks in one call of a loader: small enough that progress is seen."""
Say = Callable[[str], None]

_TABLES: Final = ("report", "stream", "event", "event_key", "log_entry", "personal")
_KEYS: Final = """
SELECT conrelid::regclass::text AS on_table, conname AS name, pg_get_constraintdef(oid) AS text
  FROM pg_constraint WHERE contype IN ('p', 'u') AND conrelid::regclass::text = ANY ($1)
"""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of packs and where their events stand in the log.

    `told` is how many steps of its life each pack has; None means 1 to 9 in turn. `checks` are
    inspections that follow the first step. `spread`: over a province, as `material.Author`.
    """

    first: int
    count: int
    log_index: int
    told: int | None = None
    checks: int = 0
    spread: bool = False

    def steps(self, number: int) -> int:
        """How many steps of its life pack `number` has."""
        return material.steps_of(number) if self.told is None else self.told

    @property
    def events(self) -> int:
        """How many events the chunk holds."""
        packs = range(self.first, self.first + self.count)
        return sum(map(self.steps, packs)) + self.checks * self.count


def chunks(count: int, size: int = CHUNK, **more: Any) -> Iterator[Chunk]:  # noqa: ANN401 - of Chunk
    """The chunks of packs 0 to `count`, their places in the log one after the other."""
    log_index = 0
    for first in range(0, count, size):
        chunk = Chunk(first, min(size, count - first), log_index, **more)
        log_index += chunk.events
        yield chunk


async def load(dsn: str, wanted: Sequence[Chunk], say: Say) -> int:
    """Loads these chunks; the number of events."""
    connection = await asyncpg.connect(dsn)
    try:
        big = sum(chunk.count for chunk in wanted) > _BIG
        keys = await connection.fetch(_KEYS, list(_TABLES)) if big else []
        for key in keys:
            await connection.execute(f"ALTER TABLE {key['on_table']} DROP CONSTRAINT {key['name']}")
        events = await _fill(dsn, wanted, say)
        for key in keys:
            say(f"making {key['name']}")
            await connection.execute(
                f"ALTER TABLE {key['on_table']} ADD CONSTRAINT {key['name']} {key['text']}",
                timeout=3600,
            )
        say("hashing")
        await _hash(dsn)
        await connection.execute("VACUUM (ANALYZE)", timeout=3600)
        await connection.execute("CHECKPOINT", timeout=600)
    finally:
        await connection.close()
    return events


async def _hash(dsn: str) -> None:
    """Grows the tree over what was loaded, as the sequencer does after an upgrade."""
    sequencer = Sequencer(dsn)
    await sequencer.open()
    try:
        while sequencer.hashed < sequencer.size:
            await sequencer.drain()
    finally:
        await sequencer.close()


async def _fill(dsn: str, wanted: Sequence[Chunk], say: Say) -> int:
    began, events = time.monotonic(), 0
    shares = iter([wanted[n : n + _SHARE] for n in range(0, len(wanted), _SHARE)])

    async def work() -> None:
        nonlocal events
        with Helper() as helper:
            for share in shares:
                more = await asyncio.to_thread(helper.call, _load_all, dsn, share)
                events += more  # not read before the other process added its own
                say(f"{events:,} events loaded, {events / (time.monotonic() - began):,.0f}/s")

    async with asyncio.TaskGroup() as group:
        for _ in range(min(_PROCESSES, len(wanted))):
            group.create_task(work())
    return events


def _load_all(dsn: str, share: Sequence[Chunk]) -> int:
    return asyncio.run(_copy_all(dsn, share))


async def _copy_all(dsn: str, share: Sequence[Chunk]) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        # A load that a power cut spoils is simply run again.
        await connection.execute("SET synchronous_commit = off")
        for chunk in share:
            async with connection.transaction():
                await copy_rows(connection, written(chunk), chunk.log_index)
    finally:
        await connection.close()
    return sum(chunk.events for chunk in share)


def written(chunk: Chunk) -> Writing:
    """The rows of a chunk, events of its packs taking turns as they do in life.

    Recorded the day after the first of them, so that none is late: a late report is a finding that
    the views would write and the SQL fold beside them would not.
    """
    reports = list(_prepared(chunk, time.time_ns() // 1000))
    recorded_us = min(report.report.occurred_us for report in reports) + _DAY_US
    this = Round(reports, RULES, recorded_us, {}, {})
    this.place()
    this.finish()
    return this.writing


def _prepared(chunk: Chunk, now_us: int) -> Iterator[Prepared]:
    author, registry = material.Author(chunk.first, spread=chunk.spread), material.registry()
    reporters = {role: material.reporter_of(role) for role in material.ROLES}
    packs = range(chunk.first, chunk.first + chunk.count)
    for place in range(max(map(chunk.steps, packs))):
        role = material.STORY[place].role
        for number in packs:
            if place < chunk.steps(number):
                raw = author.tell(number, place)
                yield prepare(raw, reporters[role], registry, now_us, material.SEALS)
    for turn in range(chunk.checks):
        for number in packs:
            raw = author.check(number, turn)
            yield prepare(raw, reporters["maker"], registry, now_us, material.SEALS)


def _values(rows: Writing) -> Iterator[tuple[object, ...]]:
    return ((*one, "vin") for one in rows.personal.values())


async def copy_rows(connection: asyncpg.Connection, rows: Writing, log_index: int) -> None:
    """Puts rows into the tables by COPY, and their events into the log."""
    logged_at = datetime.now(UTC)  # noqa: TID251 - the moment of the load
    places = [
        (log_index + n, stream, version, logged_at)
        for n, (stream, version) in enumerate(zip(*rows.events[:2], strict=True))
    ]
    for table, columns, records in (
        ("stream", "stream_id version kind name state", zip(*rows.born, strict=True)),
        ("event", "stream_id version event_id body", zip(*rows.events[:4], strict=True)),
        (
            "report",
            "stream_id version event_id organisation sha256 body",
            # Each report of a life touches its battery alone, so it stands beside its only event.
            zip(*rows.events[:3], *rows.events[4:], strict=True),
        ),
        ("event_key", "kind key stream_id version", zip(*rows.keys, strict=True)),
        ("personal", "reference kek wrapped sealed kind", _values(rows)),
        ("log_entry", "log_index stream_id version logged_at", places),
    ):
        await connection.copy_records_to_table(table, columns=columns.split(), records=records)
