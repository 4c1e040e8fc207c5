"""The append in process: prepared reports through the gatherer, the sequencer at work beside it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from dianchi.bench import material
from dianchi.bench.field import Field
from dianchi.bench.figures import Sample
from dianchi.bench.raw import IN_FLIGHT
from dianchi.domain.rules import RULES
from dianchi.ledger.sequencer import Sequencer
from dianchi.ports import SystemClock
from dianchi.recording.gather import Gatherer
from dianchi.recording.outcomes import Outcome, Recorded
from dianchi.recording.prepare import Prepared, prepare


class NotRecordedError(Exception):
    """A report of the run was not recorded, so that its figures would be worth nothing."""


class Appending:
    """Windows of appends. Every pack is reported once in a run: cached heads help nobody."""

    def __init__(self, field: Field, gatherer: Gatherer, first_birth: int) -> None:
        self._field = field
        self._gatherer = gatherer
        self._author = material.Author(7)
        self._registry = material.registry()
        self._reporters = {role: material.reporter_of(role) for role in material.ROLES}
        self._next_existing = 0
        self._next_birth = first_birth

    async def existing(self) -> Sample:
        """A mix of types, each report about another pack on record."""
        count, first = self._field.scale.singles, self._next_existing
        self._next_existing += count
        return await self._singles(material.existing(self._author, first, count))

    async def births(self) -> Sample:
        """New packs."""
        count, first = self._field.scale.singles, self._next_birth
        self._next_birth += count
        return await self._singles(material.births(self._author, first, count))

    async def step(self, place: int, count: int) -> Sample:
        """Step `place` in the lives of packs 0 to `count`."""
        role = material.STORY[place].role
        return await self._singles(
            (role, self._author.tell(number, place)) for number in range(count)
        )

    async def batch(self) -> Sample:
        """A batch of births: validated, folded, written; no HTTP."""
        count, first = self._field.scale.batch, self._next_birth
        self._next_birth += count
        raws = list(material.births(self._author, first, count))
        meter = self._field.meter()
        outcomes = await self._gatherer.many(self._prepared(raws))
        sample = meter.sample(len(outcomes))
        must_be_recorded(outcomes)
        return sample

    def _prepared(self, raws: Iterable[tuple[str, material.Raw]]) -> list[Prepared]:
        now_us = SystemClock().now_us()
        return [
            prepare(raw, self._reporters[role], self._registry, now_us, material.SEALS)
            for role, raw in raws
        ]

    async def _singles(self, raws: Iterable[tuple[str, material.Raw]]) -> Sample:
        waiting = iter(self._prepared(raws))
        waits: list[float] = []
        outcomes: list[Outcome] = []

        async def one() -> None:
            for report in waiting:
                began = time.perf_counter()
                outcomes.append(await self._gatherer.one(report))
                waits.append(time.perf_counter() - began)

        meter = self._field.meter()
        await asyncio.gather(*(one() for _ in range(IN_FLIGHT)))
        sample = meter.sample(len(waits), waits)
        must_be_recorded(outcomes)
        return sample


def must_be_recorded(outcomes: Sequence[Outcome]) -> None:
    """Every outcome is a new record.

    Raises:
        NotRecordedError: one is not.
    """
    for outcome in outcomes:
        if not isinstance(outcome, Recorded) or outcome.replay:
            raise NotRecordedError(repr(outcome))


@asynccontextmanager
async def appending(
    field: Field, dsn: str, first_birth: int, *, sequenced: bool = True
) -> AsyncIterator[Appending]:
    """A gatherer over a database, and (unless told not to) a sequencer that drains it."""
    gatherer = Gatherer(dsn, RULES, SystemClock())
    await gatherer.open()
    try:
        async with _sequencing(dsn) if sequenced else contextlib.nullcontext():
            yield Appending(field, gatherer, first_birth)
    finally:
        await gatherer.close()


@asynccontextmanager
async def _sequencing(dsn: str) -> AsyncIterator[None]:
    sequencer = Sequencer(dsn)
    await sequencer.open()
    running = asyncio.create_task(sequencer.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await sequencer.close()
