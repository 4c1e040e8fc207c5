"""How fast the sequencer places events that wait in the outbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from dianchi.bench.field import Field
from dianchi.bench.figures import Sample
from dianchi.ledger.sequencer import Sequencer

_FILL: Final = """
INSERT INTO outbox (stream_ids, versions)
SELECT array_agg(gen_random_uuid()), array_agg(1)
  FROM generate_series(0, $1::int - 1) n GROUP BY n / 15
"""
"""Fifteen events in a row: what a round of single reports gathers with 32 in flight."""


class Sequencing:
    """Windows of draining."""

    def __init__(self, field: Field, sequencer: Sequencer, filler: asyncpg.Connection) -> None:
        self._field = field
        self._sequencer = sequencer
        self._filler = filler

    async def drain(self) -> Sample:
        """Drains a filled outbox."""
        await self._filler.execute(_FILL, self._field.scale.queued)
        await self._field.settle()
        drained = 0
        meter = self._field.meter()
        while placed := await self._sequencer.drain():
            drained += placed
        return meter.sample(drained)


@asynccontextmanager
async def sequencing(field: Field) -> AsyncIterator[Sequencing]:
    """A sequencer over a database of its own, whose events are only named."""
    dsn = await field.database("sequencing")
    sequencer = Sequencer(dsn)
    filler = await asyncpg.connect(dsn)
    try:
        await sequencer.open()
        yield Sequencing(field, sequencer, filler)
    finally:
        await sequencer.close()
        await filler.close()
