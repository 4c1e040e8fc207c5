"""The views rebuilt in Python, findings and all, against a set-based fold of it in SQL."""

from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from dianchi.bench import material
from dianchi.bench.field import Field
from dianchi.bench.figures import Sample
from dianchi.domain.registry import Registry
from dianchi.domain.rules import RULES
from dianchi.exchange.working_calendar import working_calendar
from dianchi.ports import SystemClock
from dianchi.views.runner import Projector

_TABLE: Final = """
CREATE TABLE sql_fold (
    stream_id uuid PRIMARY KEY, stage text, holder text, chemistry text, model text, mass text,
    prefecture text, events bigint, first_at text, last_at text)
"""
# What a warehouse would do: last event, birth, holder and counts of every life, joined.
_FOLD: Final = """
WITH e AS MATERIALIZED (
    SELECT stream_id, j->>'type' AS type, j->>'occurred_at' AS at, j->>'organisation' AS who, j
      FROM (SELECT stream_id, convert_from(body, 'UTF8')::jsonb AS j FROM event OFFSET 0) x),
last AS (
    SELECT DISTINCT ON (stream_id) stream_id, CASE type
             WHEN 'produced' THEN 'made' WHEN 'installed' THEN 'installed' WHEN 'sold' THEN 'in_use'
             WHEN 'removed' THEN 'removed' WHEN 'retired' THEN 'retired'
             WHEN 'collected' THEN 'collected' WHEN 'dispatched' THEN 'in_transit'
             WHEN 'received' THEN 'at_utilizer' END AS stage
      FROM e WHERE type <> 'inspected' ORDER BY stream_id, at DESC),
born AS (
    SELECT DISTINCT ON (stream_id) stream_id, j->'data' AS told
      FROM e WHERE type IN ('produced', 'imported', 'declared') ORDER BY stream_id, at),
held AS (
    SELECT DISTINCT ON (stream_id) stream_id, who FROM e
     WHERE type IN ('produced', 'removed', 'collected', 'received') ORDER BY stream_id, at DESC),
sold AS (
    SELECT DISTINCT ON (stream_id) stream_id, j->'data'->>'prefecture' AS prefecture
      FROM e WHERE type = 'sold' ORDER BY stream_id, at DESC),
counted AS (
    SELECT stream_id, count(*) AS events, min(at) AS first_at, max(at) AS last_at
      FROM e GROUP BY stream_id)
INSERT INTO sql_fold
SELECT c.stream_id, l.stage, h.who, b.told->>'chemistry', b.told->>'model', b.told->>'mass_kg',
       s.prefecture, c.events, c.first_at, c.last_at
  FROM counted c LEFT JOIN last l USING (stream_id) LEFT JOIN born b USING (stream_id)
  LEFT JOIN held h USING (stream_id) LEFT JOIN sold s USING (stream_id)
"""


class Rebuilding:
    """Windows of rebuilds of everything there is."""

    def __init__(
        self, field: Field, connection: asyncpg.Connection, projector: Projector, events: int
    ) -> None:
        self._field = field
        self._connection = connection
        self._projector = projector
        self._events = events

    async def in_python(self) -> Sample:
        """Each life read, folded and assessed once more."""
        meter = self._field.meter()
        await self._projector.rebuild()
        return meter.sample(self._events)

    async def in_sql(self) -> Sample:
        """One statement."""
        await self._connection.execute("TRUNCATE sql_fold")
        meter = self._field.meter()
        await self._connection.execute(_FOLD, timeout=3600)
        return meter.sample(self._events)


@asynccontextmanager
async def rebuilding(field: Field, dsn: str) -> AsyncIterator[Rebuilding]:
    """A projector and a bare connection over a loaded database."""
    told = material.registry()

    async def registry(_reporters: AbstractSet[str]) -> Registry:
        return told

    projector = Projector(
        dsn, registry, rules=RULES, calendar=working_calendar(), clock=SystemClock()
    )
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(_TABLE)
        await projector.open()
        events = await connection.fetchval("SELECT count(*) FROM event")
        yield Rebuilding(field, connection, projector, events)
        # Whoever follows the log here next has a registry of its own.
        await connection.execute("DELETE FROM projection")
    finally:
        await projector.close()
        await connection.close()
