"""One round against the database: read, fold, write; and again when somebody was faster."""

import asyncio
import random
from collections.abc import Sequence
from typing import Final

import asyncpg
from asyncpg import Connection
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.rules import Rules
from dianchi.ports import Clock
from dianchi.recording.outcomes import Busy, Outcome
from dianchi.recording.prepare import Prepared
from dianchi.recording.round import Known, Round, read_rows
from dianchi.store.heads import Head
from dianchi.store.lives import SQL, Stored, bytes_of, stored_lives

LOST: Final = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError,
               asyncpg.UniqueViolationError)
OPTIMISTIC_TRIES: Final = 3
TRIES: Final = 20
_BIRTH_NAMES: Final = frozenset(("produced", "imported", "declared"))


class Cache(dict[UUID, Head]):
    """The heads of recent rounds; the comparison in the WRITE keeps a stale one harmless."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def keep(self, heads: dict[UUID, Head]) -> None:
        """Remembers the heads of a round that was written."""
        for stream, head in heads.items():
            if head.life is not None and not head.joined:
                self[stream] = head
        while len(self) > self._most:
            del self[next(iter(self))]


def guessed(reports: Sequence[Prepared], cache: Cache) -> dict[UUID, Head] | None:
    """The heads without asking: from the cache, or none where a birth is bet to be the first.

    None when one report's head can neither be found nor bet on. Heads leave the cache, since the
    round changes them.
    """
    guess: dict[UUID, Head] = {}
    for report in reports:
        if not report.alone:
            return None
        stream = report.streams[0]
        if stream not in cache and report.report.kind.name not in _BIRTH_NAMES:
            return None
    for report in reports:
        head = cache.pop(report.streams[0], None)
        if head is not None:
            guess[report.streams[0]] = head
    return guess


async def attempt(
    connection: Connection, reports: list[Prepared], rules: Rules, clock: Clock,
    guess: dict[UUID, Head] | None, *, lock: bool = False, write: bool = True,
) -> tuple[list[Outcome], Round]:
    """Runs a round once.

    Raises:
        asyncpg.SerializationError, DeadlockDetectedError, UniqueViolationError: another writer was
            faster; nothing was written.
    """
    known: dict[UUID, Known] = {}
    heads = guess
    if heads is None:
        heads, known = await _read(connection, reports, lock=lock)
    this = Round(reports, rules, clock.now_us(), heads, known)
    this.place()
    if this.refolds:
        this.refold(await _stored(connection, this))
    outcomes = this.finish()
    if write and not this.writing.empty:
        await connection.fetchval(SQL["write_round"], *this.writing.parameters())
    return outcomes, this


async def _read(
    connection: Connection, reports: list[Prepared], *, lock: bool
) -> tuple[dict[UUID, Head], dict[UUID, Known]]:
    streams = sorted({s for report in reports for s in report.streams}, key=bytes_of)
    if lock:
        await connection.fetch(SQL["lock_heads"], streams)
    rows = await connection.fetch(SQL["read_round"], streams, [r.event_id for r in reports])
    heads, known = read_rows(rows)
    for report in reports:
        if report.event_id in known and len(report.lines) > 1:
            lines = await connection.fetch(SQL["report_lines"], report.event_id, report.own_key)
            known[report.event_id].versions.update(
                {row["stream_id"]: row["version"] for row in lines})
    return heads, known


async def _stored(connection: Connection, this: Round) -> dict[UUID, Stored]:
    joined: dict[UUID, str] = {}
    plain: list[UUID] = []
    for stream in this.refolds:
        if this.heads[stream].joined:
            joined[stream] = this.fresh[stream][0].subject
        elif this.expected[stream]:
            plain.append(stream)
    joins = [event for events in this.fresh.values() for event in events
             if event.type == "identified"]
    if not plain and not joined:
        return {}
    return await stored_lives(connection, plain, joined, joins)


async def persist(
    connection: Connection, reports: list[Prepared], rules: Rules, clock: Clock, cache: Cache
) -> list[Outcome]:
    """Runs a round until it is written: first by comparing heads, then under locks."""
    alone = all(report.alone for report in reports)
    guess = guessed(reports, cache)
    for turn in range(TRIES):
        try:
            if turn >= OPTIMISTIC_TRIES or not alone:
                async with connection.transaction():
                    outcomes, this = await attempt(connection, reports, rules, clock, None,
                                                   lock=True)
            else:
                outcomes, this = await attempt(connection, reports, rules, clock, guess)
        except LOST:
            guess = None
            for report in reports:
                for stream in report.streams:
                    cache.pop(stream, None)
            if turn >= OPTIMISTIC_TRIES:
                await asyncio.sleep(random.uniform(0, 0.005 * turn))  # noqa: S311 - jitter
        else:
            cache.keep(this.heads)
            return outcomes
    return [Busy(report.report.event_id) for report in reports]
