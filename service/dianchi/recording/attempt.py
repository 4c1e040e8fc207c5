"""One round against the database: read, fold, write; and again when somebody was faster."""

import asyncio
import random
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, NamedTuple

import asyncpg
from asyncpg import Connection
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.life_event import WITHDRAWALS
from dianchi.domain.lines import Line, Stream
from dianchi.domain.rules import Rules
from dianchi.ports import Clock
from dianchi.recording.outcomes import Busy, Clash, Outcome
from dianchi.recording.prepare import Prepared
from dianchi.recording.round import Known, Round, read_rows
from dianchi.recording.tolls import Tolls
from dianchi.store.heads import Head
from dianchi.store.lives import SQL, Fresh, Stored, bytes_of, stored_lives

LOST: Final = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.UniqueViolationError,
)
OPTIMISTIC_TRIES: Final = 3
TRIES: Final = 20
_BIRTH_NAMES: Final = frozenset(("produced", "imported", "declared"))


class Cache(OrderedDict[UUID, Head]):
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
            self.popitem(last=False)


class Shared(NamedTuple):
    """What the writers of a process share."""

    cache: Cache
    tolls: Tolls


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


async def fold_round(
    connection: Connection,
    reports: list[Prepared],
    rules: Rules,
    clock: Clock,
    guess: dict[UUID, Head] | None,
    *,
    lock: bool = False,
) -> tuple[list[Outcome], Round]:
    """Reads and folds a round; what has to be written stands in its `writing`."""
    known: dict[UUID, Known] = {}
    heads = guess
    if heads is None:
        heads, known = await _read(connection, reports, lock=lock)
    this = Round(reports, rules, clock.now_us(), heads, known)
    this.place()
    if this.refolds:
        this.refold(await _stored(connection, this))
    return this.finish(), this


async def _read(
    connection: Connection, reports: list[Prepared], *, lock: bool
) -> tuple[dict[UUID, Head], dict[UUID, Known]]:
    streams = sorted({s for report in reports for s in report.streams}, key=bytes_of)
    if lock:
        await connection.fetch(SQL["lock_heads"], streams)
    rows = await connection.fetch(SQL["read_round"], streams, [r.event_id for r in reports])
    heads, known = read_rows(rows)
    replays = [report for report in reports if report.event_id in known]
    keys = {r.own_key: r.event_id for r in replays if len(r.lines) > 1}
    if keys:
        for key, stream, version in await connection.fetch(SQL["versions_of_lines"], list(keys)):
            known[keys[key]].versions[stream] = version
    if any([await _recall(connection, r, known[r.event_id]) for r in replays]):
        return await _read(connection, reports, lock=lock)
    return heads, known


async def _recall(connection: Connection, report: Prepared, known: Known) -> bool:
    """Gives a replay the lines it was recorded with, where the registry would give others now."""
    if not known.is_of(report) or known.versions.keys() == set(report.streams):
        return False
    rows = await connection.fetch(SQL["report_lines"], report.event_id, report.own_key)
    report.lines = [Line(Stream(row["kind"]), row["name"], {}) for row in rows]
    report.streams = [row["stream_id"] for row in rows]
    return True


async def _stored(connection: Connection, this: Round) -> dict[UUID, Stored]:
    joined = {stream: name for stream, name in this.refolds.items() if this.heads[stream].joined}
    plain = [stream for stream in this.refolds if stream not in joined and this.expected[stream]]
    if not plain and not joined:
        return {}
    events = [event for events in this.fresh.values() for event in events]
    fresh = Fresh(
        [event for event in events if event.type == "identified"],
        frozenset(
            event.data["event_id"]
            for event in events
            if event.type in WITHDRAWALS and "battery" not in event.data
        ),
    )
    return await stored_lives(connection, plain, joined, fresh)


async def persist(
    connection: Connection,
    reports: list[Prepared],
    rules: Rules,
    clock: Clock,
    shared: Shared,
    *,
    whole: bool = False,
) -> list[Outcome]:
    """Runs a round until it is written: first by comparing heads, then under locks.

    With `whole` nothing is written when one of the reports clashes.
    """
    alone = all(report.alone for report in reports)
    guess = guessed(reports, shared.cache)
    for turn in range(TRIES):
        try:
            if turn >= OPTIMISTIC_TRIES or not alone:
                async with connection.transaction():
                    outcomes, this = await fold_round(
                        connection, reports, rules, clock, None, lock=True
                    )
                    shared.tolls.charge(this)
                    await _write(connection, this, outcomes, whole=whole)
            else:
                outcomes, this = await fold_round(connection, reports, rules, clock, guess)
                shared.tolls.charge(this)
                await _write(connection, this, outcomes, whole=whole)
        except LOST:
            guess = None
            _forget(reports, shared.cache)
            if turn >= OPTIMISTIC_TRIES:
                await asyncio.sleep(random.uniform(0, 0.005 * turn))  # noqa: S311 - jitter
        else:
            shared.cache.keep(this.heads)
            return outcomes
    return [Busy(report.report.event_id) for report in reports]


async def _write(
    connection: Connection, this: Round, outcomes: Sequence[Outcome], *, whole: bool
) -> None:
    """The WRITE.

    Raises:
        asyncpg.SerializationError, DeadlockDetectedError, UniqueViolationError: another writer was
            faster; nothing was written.
    """
    spoilt = whole and any(isinstance(outcome, Clash) for outcome in outcomes)
    if not spoilt and not this.writing.empty:
        await connection.fetchval(SQL["write_round"], *this.writing.parameters())


def _forget(reports: Sequence[Prepared], cache: Cache) -> None:
    for report in reports:
        for stream in report.streams:
            cache.pop(stream, None)
