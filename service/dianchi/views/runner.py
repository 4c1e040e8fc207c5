"""The projector: follows the log and keeps the views up to date.

One holder at a time, by advisory lock. What a step writes and how far it came go into one
transaction, so that a crash repeats a step and never half of it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg

from dianchi.domain.lines import Stream
from dianchi.domain.registry import Registry
from dianchi.domain.rule_set import rule_set
from dianchi.domain.rules import Rules
from dianchi.domain.working_days import WorkingCalendar
from dianchi.ports import Clock
from dianchi.views.assessing import Law
from dianchi.views.collecting import rarely_collecting
from dianchi.views.findings.subjects import mark
from dianchi.views.firms.findings import changed_silence
from dianchi.views.firms.project import follow
from dianchi.views.pickups.project import project_pickups
from dianchi.views.placing import put_in_place
from dianchi.views.projecting import (
    AT_ONCE,
    SUBJECTS_AT_ONCE,
    Now,
    project_lives,
    project_subjects,
)
from dianchi.views.reach import next_reach
from dianchi.views.rebuilding import connect, rebuild_lives
from dianchi.views.recalls.project import project_recalls
from dianchi.views.registrations import fingerprint, mark_concerned

LOCK: Final = int.from_bytes(b"dc-prj", "big")
VERSION: Final = 9
"""Of what the rows say; another number than the stored one makes the projector rebuild."""
MOST_ENTRIES: Final = 2_000
PAUSE_S: Final = 0.4
"""Between steps, so that many entries share what each step costs, and lives are read once."""
RETRY_S: Final = 0.5
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NAME: Final = "views"
_REGISTRY: Final = "registry"
_RULES: Final = "rules"
_HEX: Final = 16
_TRY_LOCK: Final = "SELECT pg_try_advisory_lock($1)"
_POSITION: Final = "SELECT log_index, version FROM projection WHERE name = $1"
_MOVE: Final = """
INSERT INTO projection (name, log_index, version) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE SET log_index = excluded.log_index, version = excluded.version
"""
_END: Final = "SELECT coalesce(max(log_index) + 1, 0) FROM log_entry"
_DUE: Final = "SELECT name FROM battery WHERE next_change_us <= $1 ORDER BY next_change_us LIMIT $2"


class Projector:
    """Keeps the views up to date while it holds the lock.

    Args:
        dsn: of the database.
        registry: gives the registry of now, with these organisations in it where they are enrolled:
            who is enrolled and reports at once is not judged as a stranger.
        rules: of every date.
        calendar: for deadlines.
        clock: the time.
    """

    def __init__(
        self,
        dsn: str,
        registry: Callable[[AbstractSet[str]], Awaitable[Registry]],
        rules: Rules,
        calendar: WorkingCalendar,
        clock: Clock,
    ) -> None:
        self._dsn = dsn
        self._registry = registry
        self._rules = rules
        self._calendar = calendar
        self._clock = clock
        self._connection: asyncpg.Connection | None = None
        self._reader: asyncpg.Connection | None = None
        self._judged_by: Registry | None = None
        self._ruled = False
        # One connection that writes: a step and a sweep take turns.
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Connects, and waits until no other projector is left."""
        connection = await connect(self._dsn)
        try:
            # Asked again and again: a statement that waits would keep old rows from being vacuumed.
            while not await connection.fetchval(_TRY_LOCK, LOCK):  # noqa: ASYNC110 - not ours
                await asyncio.sleep(RETRY_S)
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection

    async def close(self) -> None:
        """Gives the lock back."""
        for connection in (self._reader, self._connection):
            if connection is not None:
                await connection.close()
        self._reader = self._connection = None

    async def step(self) -> int:
        """Takes the next entries of the log; how many there were.

        Rebuilds first where the rows were never made, or by another version.
        """
        entries, _ = await self._step()
        return entries

    async def run(self) -> None:
        """Follows the log for ever, at rest for at least as long as at work.

        The other half belongs to whoever waits for an answer: a low priority does not hold back
        what PostgreSQL does for us.
        """
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            entries, settled = await self._step()
            took = loop.time() - began
            more = entries == MOST_ENTRIES or settled == SUBJECTS_AT_ONCE
            await asyncio.sleep(took if more else max(took, PAUSE_S))

    async def rebuild(self) -> None:
        """Assesses every life once more, in the order in which they began.

        Beside the rows that are shown, until all of them change places at once: lists never go
        empty, and findings keep the times at which they opened and closed, which nothing else
        remembers. On empty tables the same makes everything new.
        """
        async with self._turn:
            with rarely_collecting():
                await self._rebuild(await self._connected())

    async def sweep(self) -> int:
        """Looks again at lives that time or the registry changed; how many there were."""
        async with self._turn:
            connection = await self._connected()
            await self._compare_registry(connection)
            await self._hear_silence(connection)
        swept = 0
        while names := await self._sweep_some():
            swept += names
        return swept

    async def _step(self) -> tuple[int, int]:
        """A step: how many entries were taken, and how many lots, batches and sites looked at."""
        async with self._turn:
            connection = await self._connected()
            position = await connection.fetchrow(_POSITION, _NAME)
            same = position is not None and position["version"] == VERSION
            if position is None or not same or await self._rules_changed(connection):
                with rarely_collecting():
                    after = await self._rebuild(connection)
            else:
                after = position["log_index"]
            entries = max(await self._take(connection, after), await self._count(connection))
            return entries, await self._settle(connection)

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            await self.open()
        assert self._connection is not None  # noqa: S101 - open() set it
        return self._connection

    async def _reading(self) -> asyncpg.Connection:
        if self._reader is None or self._reader.is_closed():
            self._reader = await connect(self._dsn)
        return self._reader

    async def _now(
        self, log_index: int, moment: datetime | None, reporters: AbstractSet[str] = frozenset()
    ) -> Now:
        law = Law(await self._registry(reporters), self._rules, self._calendar)
        return Now(law, self._clock.now_us(), log_index, moment)

    async def _take(self, connection: asyncpg.Connection, after: int) -> int:
        async with connection.transaction():
            reach = await next_reach(connection, after, MOST_ENTRIES)
            if reach.entries:
                now = await self._now(reach.end, reach.logged_at, reach.reporters)
                await project_lives(connection, reach.names, now)
                await mark(connection, reach.subjects, now.now_us)
                await project_pickups(connection, reach.pickups, self._rules)
                await project_recalls(connection, reach.recalls)
                await connection.execute(_MOVE, _NAME, reach.after, VERSION)
        return reach.entries

    async def _count(self, connection: asyncpg.Connection) -> int:
        return await follow(connection, self._rules, MOST_ENTRIES, self._clock.now_us())

    async def _rules_changed(self, connection: asyncpg.Connection) -> bool:
        """Whether what is written was judged by other rules, or by other working days.

        Asked once: rules are those of the code, and change with it.
        """
        if self._ruled:
            return False
        known = await connection.fetchrow(_POSITION, _RULES)
        changed = known is not None and known["version"] != self._rule_set()
        self._ruled = not changed and known is not None
        return changed

    def _rule_set(self) -> int:
        return int(rule_set(self._rules, self._calendar), _HEX)

    async def _hear_silence(self, connection: asyncpg.Connection) -> None:
        """Marks the organisations that fell silent, and those that no longer are."""
        now = await self._now(0, None)
        changed = await changed_silence(connection, now.law, now.now_us)
        await mark(connection, ((int(Stream.ORGANISATION), name) for name in changed), now.now_us)

    async def _settle(self, connection: asyncpg.Connection) -> int:
        now_us = self._clock.now_us()
        now = await self._now(0, _EPOCH + timedelta(microseconds=now_us))
        async with connection.transaction():
            return await project_subjects(connection, now)

    async def _rebuild(self, connection: asyncpg.Connection) -> int:
        end: int = await connection.fetchval(_END)
        registry = await self._registry(frozenset())
        anew = await self._rules_changed(connection)
        now = (await self._now(end, None))._replace(anew=anew)
        await rebuild_lives(self._dsn, connection, await self._reading(), now)
        # All in one: readers see the rows of before until the last of them is in its place.
        async with connection.transaction():
            await put_in_place(connection, now)
            await connection.execute(_MOVE, _NAME, end, VERSION)
            await connection.execute(_MOVE, _RULES, end, self._rule_set())
            await self._hear_silence(connection)
            while await self._settle(connection):
                pass
        self._ruled = True
        await self._judge_by(connection, registry)
        return end

    async def _sweep_some(self) -> int:
        async with self._turn:
            connection = await self._connected()
            now_us = self._clock.now_us()
            moment = _EPOCH + timedelta(microseconds=now_us)
            async with connection.transaction():
                names = [row["name"] for row in await connection.fetch(_DUE, now_us, AT_ONCE)]
                position = await connection.fetchrow(_POSITION, _NAME)
                if names and position:
                    now = await self._now(position["log_index"], moment)
                    await project_lives(connection, names, now)
            return len(names)

    async def _compare_registry(self, connection: asyncpg.Connection) -> None:
        """Marks the lives that a change of the registry concerns.

        What changed while nobody looked is not known: then every life is assessed.
        """
        registry, before = await self._registry(frozenset()), self._judged_by
        if before is registry:
            return
        if before is None:
            known = await connection.fetchrow(_POSITION, _REGISTRY)
            if known is not None and known["version"] != fingerprint(registry):
                await self._rebuild(connection)
        else:
            async with connection.transaction():
                await mark_concerned(connection, before, registry)
        await self._judge_by(connection, registry)

    async def _judge_by(self, connection: asyncpg.Connection, registry: Registry) -> None:
        self._judged_by = registry
        await connection.execute(_MOVE, _REGISTRY, 0, fingerprint(registry))
