"""How fast the sequencer places events that wait in the outbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from dianchi.bench.field import Field
from dianchi.bench.figures import Sample
from dianchi.ledger.sequencer import Sequencer

_FILL: Final = """
WITH told AS (
    INSERT INTO event (stream_id, version, event_id, body)
    SELECT gen_random_uuid(), 1, gen_random_uuid(), decode(repeat(md5(n::text), 50), 'hex')
      FROM generate_series(1, $1::int) n RETURNING stream_id),
numbered AS (SELECT stream_id, row_number() OVER () AS n FROM told)
INSERT INTO outbox (stream_ids, versions)
SELECT array_agg(stream_id), array_agg(1) FROM numbered GROUP BY n / 15
"""
"""Bodies of 800 bytes; fifteen events in a row: what a round of single reports gathers with 32 in
flight."""


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
    """A sequencer over a database of its own, whose events are bodies and nothing else."""
    dsn = await field.database("sequencing")
    sequencer = Sequencer(dsn)
    filler = await asyncpg.connect(dsn)
    try:
        await sequencer.open()
        yield Sequencing(field, sequencer, filler)
    finally:
        await sequencer.close()
        await filler.close()
