"""Gathering: reports that wait while writers are busy go into one round together.

No timer: a report that comes alone is written at once. Each free writer takes about
`pending / idle writers` of what waits, so that folding in Python and writing in PostgreSQL overlap
instead of alternating. Single reports go before the rows of batches, three rounds of four.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.rules import Rules
from dianchi.ports import Clock
from dianchi.recording.attempt import Cache, Shared, fold_round
from dianchi.recording.outcomes import Outcome
from dianchi.recording.prepare import Prepared
from dianchi.recording.tolls import Tolls
from dianchi.recording.writer import Writer
from dianchi.store.connect import open_writer

WRITERS: Final = 2
LEAST: Final = 8
MOST: Final = 250
MOST_BULK: Final = 500
CACHED_HEADS: Final = 20_000
# A report of a thousand batteries is a round of its own size; a few such fill one.
MOST_LINES: Final = 2_000
# Rounds of single reports in a row, while rows of batches wait.
MOST_IN_A_ROW: Final = 3

Sink = Callable[[Outcome | Exception], None]


@dataclass(slots=True)
class _Waiting:
    report: Prepared
    sink: Sink


class _Answers:
    """Collects the outcomes of several reports; done when the last has come."""

    def __init__(self, count: int) -> None:
        self._outcomes: list[Outcome | Exception | None] = [None] * count
        self._left = count
        self._done = asyncio.get_running_loop().create_future()
        if not count:
            self._done.set_result(None)

    def sink(self, place: int) -> Sink:
        """Takes the outcome of one report."""

        def take(outcome: Outcome | Exception) -> None:
            self._outcomes[place] = outcome
            self._left -= 1
            if not self._left and not self._done.done():
                self._done.set_result(None)

        return take

    async def wait(self) -> list[Outcome]:
        """All outcomes; raises the first error once everything is settled."""
        await self._done
        return _or_raise(self._outcomes)


def _or_raise(outcomes: Sequence[Outcome | Exception | None]) -> list[Outcome]:
    good: list[Outcome] = []
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
        if outcome is not None:
            good.append(outcome)
    return good


class Gatherer:
    """Writes reports in rounds over a few connections of its own."""

    def __init__(self, dsn: str, rules: Rules, clock: Clock) -> None:
        self._dsn = dsn
        self._rules = rules
        self._clock = clock
        self.tolls = Tolls()
        self._shared = Shared(Cache(CACHED_HEADS), self.tolls)
        self._idle: list[Writer] = []
        self._singles: deque[_Waiting] = deque()
        self._bulk: deque[_Waiting] = deque()
        self._busy: set[UUID] = set()
        self._in_a_row = 0
        self._kicked = False
        self._open = False
        self._running: set[asyncio.Task[None]] = set()
        self._together = asyncio.Semaphore(WRITERS)

    async def open(self) -> None:
        """Connects the writers."""
        self._idle = [
            Writer(self._dsn, self._rules, self._clock, self._shared) for _ in range(WRITERS)
        ]
        for writer in self._idle:
            await writer.open()
        self._open = True

    async def close(self) -> None:
        """Writes what waits and disconnects; whoever comes later is sent away."""
        self._open = False
        self._kick()
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)
        for writer in self._idle:
            await writer.close()
        self._idle = []

    async def one(self, report: Prepared) -> Outcome:
        """Records one report."""
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def sink(outcome: Outcome | Exception) -> None:
            if done.done():
                return
            if isinstance(outcome, Exception):
                done.set_exception(outcome)
            else:
                done.set_result(outcome)

        self._wait(self._singles, [_Waiting(report, sink)])
        return await done

    async def many(self, reports: Sequence[Prepared]) -> list[Outcome]:
        """Records the rows of a batch, each by itself; rows of one battery keep their order."""
        answers = _Answers(len(reports))
        self._wait(self._bulk, [_Waiting(r, answers.sink(n)) for n, r in enumerate(reports)])
        return await answers.wait()

    async def together(self, reports: list[Prepared]) -> list[Outcome]:
        """Records all reports in one transaction, or none where one clashes."""
        async with self._together:
            writer = Writer(self._dsn, self._rules, self._clock, Shared(Cache(0), self.tolls))
            try:
                return _or_raise(await writer.write(reports, whole=True))
            finally:
                await writer.close()

    async def foresee(self, reports: list[Prepared]) -> list[Outcome]:
        """What would become of the reports, now; nothing is written."""
        async with self._together:
            connection = await open_writer(self._dsn)
            try:
                outcomes, this = await fold_round(
                    connection, reports, self._rules, self._clock, None
                )
                self.tolls.charge(this)
                return outcomes
            finally:
                await connection.close()

    def _wait(self, queue: deque[_Waiting], coming: list[_Waiting]) -> None:
        if not self._open:
            raise ConnectionError("the service is stopping")
        queue.extend(coming)
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
        share = min(max(LEAST, -(-len(self._singles) // len(self._idle))), MOST)
        turns = [(self._singles, share), (self._bulk, MOST_BULK)]
        if self._bulk and self._in_a_row >= MOST_IN_A_ROW:
            turns.reverse()
        for queue, most in turns:
            taken = self._pick(queue, most)
            if taken:
                self._in_a_row = self._in_a_row + 1 if queue is self._singles else 0
                return taken
        return []

    def _pick(self, queue: deque[_Waiting], most: int) -> list[_Waiting]:
        """Takes reports whose lives nobody has in hand; the others stay in front, in order."""
        taken: list[_Waiting] = []
        stay: list[_Waiting] = []
        blocked: set[UUID] = set()
        lines = 0
        while queue and len(taken) < most and len(stay) < MOST and lines < MOST_LINES:
            waiting = queue.popleft()
            report = waiting.report
            hands = (report.event_id, *report.streams)
            # Reports that go under locks are kept from those that need none.
            other_lane = bool(taken) and report.alone != taken[0].report.alone
            if other_lane or any(hand in self._busy or hand in blocked for hand in hands):
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

    async def _run(self, writer: Writer, taken: list[_Waiting]) -> None:
        hands = [(w.report.event_id, *w.report.streams) for w in taken]
        try:
            outcomes = await writer.write([waiting.report for waiting in taken])
        finally:
            for hand in hands:
                self._busy.difference_update(hand)
            self._idle.append(writer)
            self._kick()
        for waiting, outcome in zip(taken, outcomes, strict=True):
            waiting.sink(outcome)
