"""What a program without a domain does: bare INSERT, bare COPY, SELECT 1."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
from asyncpg.pgproto.pgproto import UUID

from dianchi.bench.field import Field
from dianchi.bench.figures import Sample

IN_FLIGHT: Final = 32
_BODY_BYTES: Final = 540
"""The mean of what `material` becomes as canonical bytes."""
_CREATE: Final = """
CREATE TABLE IF NOT EXISTS raw_event (
    stream_id uuid, version integer, event_id uuid, body bytea, PRIMARY KEY (stream_id, version))
"""
_INSERT: Final = "INSERT INTO raw_event VALUES ($1, $2, $3, $4)"
_COLUMNS: Final = ("stream_id", "version", "event_id", "body")
Rows = list[tuple[UUID, int, UUID, bytes]]


def rows(count: int, body: bytes | None = None) -> Rows:
    """So many events of streams of their own."""
    said = body or os.urandom(_BODY_BYTES)
    return [(UUID(os.urandom(16)), 1, UUID(os.urandom(16)), said) for _ in range(count)]


class Raw:
    """The baselines, over connections that are ready before a window begins."""

    def __init__(self, field: Field, connections: list[asyncpg.Connection]) -> None:
        self._field = field
        self._connections = connections

    async def insert(self) -> Sample:
        """Single-row INSERT, each durable before its connection sends the next."""
        statements = [await connection.prepare(_INSERT) for connection in self._connections]
        waiting = iter(rows(self._field.scale.inserts))
        waits: list[float] = []

        async def one(insert: Any) -> None:  # noqa: ANN401 - a prepared statement
            for row in waiting:
                began = time.perf_counter()
                await insert.fetch(*row)
                waits.append(time.perf_counter() - began)

        meter = self._field.meter()
        await asyncio.gather(*(one(statement) for statement in statements))
        return meter.sample(len(waits), waits)

    async def copy(self) -> Sample:
        """COPY of a batch of bare events over one connection."""
        records = rows(self._field.scale.batch)
        meter = self._field.meter()
        await self._connections[0].copy_records_to_table(
            "raw_event", columns=_COLUMNS, records=records
        )
        return meter.sample(len(records))


@asynccontextmanager
async def raw(field: Field, connections: int = IN_FLIGHT) -> AsyncIterator[Raw]:
    """The baselines in a database of their own."""
    dsn = await field.database("raw")
    made = [await asyncpg.connect(dsn) for _ in range(connections)]
    try:
        await made[0].execute(_CREATE)
        yield Raw(field, made)
    finally:
        for connection in made:
            await connection.close()
