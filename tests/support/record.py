"""A recorder on a real database, with a clock that stands still, and what it left in the tables."""

import asyncio
import hmac
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg

from dianchi.domain.admit import Reporter
from dianchi.domain.lines import Stream
from dianchi.domain.registry import NOBODY, Registry
from dianchi.domain.rules import RULES
from dianchi.recording.gather import Gatherer
from dianchi.recording.outcomes import Entry, Recorded
from dianchi.recording.prepare import Prepared, prepare
from dianchi.recording.recorder import Batch, Recorder
from dianchi.recording.writer import Writer
from dianchi.store.envelope import open_json
from dianchi.store.heads import Head, read_head
from dianchi.store.names import stream_id
from dianchi.store.readers import Readers, open_readers
from dianchi.store.vault import Seals, Vault
from support.reports import MAKER, Raw

NOW_US: Final = 1_793_000_000_000_000  # 2026-10-26
_KEY: Final = bytes(range(32))


def refer(vin: str) -> str:
    """Stands for a VIN as the service does."""
    return hmac.digest(_KEY, vin.encode(), "sha256")[:16].hex()


VAULT: Final = Vault([_KEY])
SEALS: Final = Seals(refer, VAULT.lock)


@dataclass(slots=True)
class StillClock:
    """A clock that only a test moves."""

    at_us: int = NOW_US

    def now_us(self) -> int:
        """UTC microseconds since 1970."""
        return self.at_us


@dataclass(slots=True)
class Record:
    """One service process, as far as recording goes."""

    recorder: Recorder
    gatherer: Gatherer
    readers: Readers
    admin: Readers
    clock: StillClock
    registry: list[Registry] = field(default_factory=list)

    async def send(self, raw: Raw, who: Reporter = MAKER) -> Recorded:
        """Reports something that has to be recorded."""
        outcome = await self.recorder.record(raw, who)
        assert isinstance(outcome, Recorded), outcome
        return outcome

    async def say(self, raw: Raw, who: Reporter = MAKER) -> Entry:
        """Reports something about one thing; its entry."""
        [entry] = (await self.send(raw, who)).entries
        return entry

    async def batch(self, rows: Iterable[Any], who: Reporter = MAKER) -> Batch:
        return await self.recorder.batch(rows, who)

    def prepared(self, raw: Raw, who: Reporter = MAKER) -> Prepared:
        return prepare(raw, who, self.registry[-1], self.clock.now_us(), SEALS)

    async def rows(self, query: str, *parameters: object) -> list[asyncpg.Record]:
        return await self.admin.fetch(query, *parameters)

    async def execute(self, statements: str) -> None:
        """Runs statements as an administrator would."""
        async with self.admin.acquire() as connection:
            await connection.execute(statements)

    async def events(self, subject: str, kind: Stream = Stream.BATTERY) -> list[dict[str, Any]]:
        """The stored events of a stream, by version."""
        rows = await self.rows(
            "SELECT version, body FROM event WHERE stream_id = $1 ORDER BY version",
            stream_id(kind, subject),
        )
        opened = [open_json(row["body"]) for row in rows]
        assert [row["version"] for row in rows] == [event["version"] for event in opened]
        return opened

    async def head(self, subject: str, kind: Stream = Stream.BATTERY) -> Head:
        """The stored head of a stream."""
        [row] = await self.rows(
            "SELECT version, state FROM stream WHERE stream_id = $1", stream_id(kind, subject)
        )
        return read_head(row["version"], row["state"])

    async def count(self, table: str) -> int:
        [row] = await self.rows(f"SELECT count(*) AS n FROM {table}")  # noqa: S608 - our names
        return int(row["n"])


@asynccontextmanager
async def recording(dsn: str, clock: StillClock | None = None) -> AsyncIterator[Record]:
    """A recorder over a migrated database; closed when the block ends."""
    clock = clock or StillClock()
    readers = await open_readers(dsn, most=4)
    admin = await open_readers(dsn, most=4, role=ADMINISTRATOR)
    gatherer = Gatherer(dsn, RULES, clock)
    await gatherer.open()
    registry = [NOBODY]
    recorder = Recorder(gatherer, readers, clock, SEALS, lambda: registry[-1])
    try:
        yield Record(recorder, gatherer, readers, admin, clock, registry)
    finally:
        await gatherer.close()
        await readers.close()
        await admin.close()


ADMINISTRATOR = "none"
"""For `open_readers`: with all rights of who connects, as whoever looks into the database has."""


@dataclass(slots=True)
class Trips:
    """The statements that the writers sent, in order."""

    sent: list[str] = field(default_factory=list)

    def of(self, word: str) -> int:
        """How many of them hold a word."""
        return sum(word in statement for statement in self.sent)

    @property
    def writes(self) -> int:
        return self.of("INSERT INTO outbox")


async def watched(record: Record) -> Trips:
    """Counts what the writers of a recorder send from now on."""
    trips = Trips()
    for writer in record.gatherer._idle:
        (await connected(writer)).add_query_logger(lambda query: trips.sent.append(query.query))
    return trips


async def connected(writer: Writer) -> asyncpg.Connection:
    return await writer.open()


async def all_of(*waiting: Any) -> list[Any]:
    """Everything at once; errors come back as values."""
    return list(await asyncio.gather(*waiting, return_exceptions=True))


async def must_fit(record: Record) -> None:
    """What holds after every run: heads, events, reports and outbox tell of the same events."""
    torn = """
    SELECT s.stream_id, s.version, count(e.version), max(e.version)
      FROM stream s LEFT JOIN event e ON e.stream_id = s.stream_id
     GROUP BY s.stream_id, s.version
    HAVING s.version <> count(e.version) OR s.version <> max(e.version)"""
    assert not await record.rows(torn), "a head and its events differ"
    orphans = """
    SELECT count(*) FROM event e FULL JOIN report r USING (event_id)
     WHERE e.event_id IS NULL OR r.event_id IS NULL"""
    assert (await record.rows(orphans))[0][0] == 0, "a report without event, or the reverse"
    unlogged = """
    WITH queued AS (
      SELECT x.s, x.v FROM outbox o, unnest(o.stream_ids, o.versions) x(s, v)
      UNION ALL SELECT stream_id, version FROM log_entry)
    SELECT count(*) FROM event e FULL JOIN queued q ON q.s = e.stream_id AND q.v = e.version
     WHERE e.version IS NULL OR q.v IS NULL"""
    assert (await record.rows(unlogged))[0][0] == 0, "an event is not on its way to the log"
    assert (await record.rows("SELECT count(*) FROM event"))[0][0] == (
        await record.rows("SELECT count(DISTINCT (event_id, stream_id)) FROM event")
    )[0][0], "an event is doubled"
