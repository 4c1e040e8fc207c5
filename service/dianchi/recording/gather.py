"""Gathering: reports that wait while writers are busy go into one round together.

No timer: a report that comes alone is written at once. Each free writer takes about
`pending / idle writers` of what waits, so that folding in Python and writing in PostgreSQL overlap
instead of alternating. Single reports go before the rows of batches.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.rules import Rules
from dianchi.ports import Clock
from dianchi.recording.attempt import Cache, attempt, persist
from dianchi.recording.outcomes import Outcome
from dianchi.recording.prepare import Prepared
from dianchi.store.connect import open_writer

WRITERS: Final = 2
LEAST: Final = 8
MOST: Final = 250
MOST_BULK: Final = 500
CACHED_HEADS: Final = 20_000
# A report of a thousand batteries is a round of its own size; a few such fill one.
MOST_LINES: Final = 2_000

Sink = Callable[[Outcome | BaseException], None]


@dataclass(slots=True)
class _Waiting:
    report: Prepared
    sink: Sink


class Gatherer:
    """Writes reports in rounds over a few connections of its own."""

    def __init__(self, dsn: str, rules: Rules, clock: Clock) -> None:
        self._dsn = dsn
        self._rules = rules
        self._clock = clock
        self._idle: list[asyncpg.Connection | None] = []
        self._singles: deque[_Waiting] = deque()
        self._bulk: deque[_Waiting] = deque()
        self._busy: set[UUID] = set()
        self._cache = Cache(CACHED_HEADS)
        self._kicked = False
        self._running: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Connects the writers."""
        self._idle = [await open_writer(self._dsn) for _ in range(WRITERS)]

    async def close(self) -> None:
        """Waits for the rounds under way and disconnects."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)
        for connection in self._idle:
            if connection is not None:
                await connection.close()
        self._idle = []

    async def one(self, report: Prepared) -> Outcome:
        """Records one report."""
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def sink(outcome: Outcome | BaseException) -> None:
            if done.done():
                return
            if isinstance(outcome, BaseException):
                done.set_exception(outcome)
            else:
                done.set_result(outcome)

        self._singles.append(_Waiting(report, sink))
        self._kick_soon()
        return await done

    async def many(self, reports: Sequence[Prepared]) -> list[Outcome]:
        """Records the rows of a batch, each by itself; rows of one battery keep their order."""
        outcomes: list[Outcome | None] = [None] * len(reports)
        left = len(reports)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def sink_of(place: int) -> Sink:
            def sink(outcome: Outcome | BaseException) -> None:
                nonlocal left
                left -= 1
                if isinstance(outcome, BaseException):
                    if not done.done():
                        done.set_exception(outcome)
                    return
                outcomes[place] = outcome
                if left == 0 and not done.done():
                    done.set_result(None)

            return sink

        self._bulk.extend(_Waiting(report, sink_of(place)) for place, report in enumerate(reports))
        if reports:
            self._kick_soon()
            await done
        return [outcome for outcome in outcomes if outcome is not None]

    async def together(self, reports: list[Prepared], *, write: bool = True) -> list[Outcome]:
        """Records all reports in one transaction, or (without `write`) tells what would become."""
        connection = await open_writer(self._dsn)
        try:
            if write:
                return await persist(connection, reports, self._rules, self._clock, Cache(0))
            return (await attempt(connection, reports, self._rules, self._clock, None,
                                  write=False))[0]
        finally:
            await connection.close()

    def _kick_soon(self) -> None:
        # call_soon: whatever else this turn of the loop brings goes into the same round.
        if not self._kicked:
            self._kicked = True
            asyncio.get_running_loop().call_soon(self._kick)

    def _kick(self) -> None:
        self._kicked = False
        while self._idle:
            taken = self._take()
            if not taken:
                return
            task = asyncio.get_running_loop().create_task(self._run(self._idle.pop(), taken))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def _take(self) -> list[_Waiting]:
        share = max(LEAST, -(-len(self._singles) // len(self._idle)))
        taken = self._pick(self._singles, min(share, MOST))
        return taken or self._pick(self._bulk, MOST_BULK)

    def _pick(self, queue: deque[_Waiting], most: int) -> list[_Waiting]:
        """Takes reports whose lives nobody has in hand; the others stay in front, in order."""
        taken: list[_Waiting] = []
        stay: list[_Waiting] = []
        blocked: set[UUID] = set()
        lines = 0
        while queue and len(taken) < most and len(stay) < most and lines < MOST_LINES:
            waiting = queue.popleft()
            report = waiting.report
            hands = (report.event_id, *report.streams)
            if any(hand in self._busy or hand in blocked for hand in hands):
                blocked.update(hands)
                stay.append(waiting)
                continue
            taken.append(waiting)
            lines += len(report.lines)
        queue.extendleft(reversed(stay))
        for waiting in taken:
            self._busy.add(waiting.report.event_id)
            self._busy.update(waiting.report.streams)
        return taken

    async def _run(self, connection: asyncpg.Connection | None, taken: list[_Waiting]) -> None:
        reports = [waiting.report for waiting in taken]
        try:
            if connection is None or connection.is_closed():
                connection = await open_writer(self._dsn)
            outcomes: Sequence[Outcome | BaseException] = await persist(
                connection, reports, self._rules, self._clock, self._cache)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            outcomes = [error] * len(taken)
        finally:
            for report in reports:
                self._busy.discard(report.event_id)
                self._busy.difference_update(report.streams)
            self._idle.append(connection)
            self._kick()
        for waiting, outcome in zip(taken, outcomes, strict=True):
            waiting.sink(outcome)
