"""The sequencer: takes events from the outbox and gives each its place in the log.

One holder at a time, by advisory lock. Within a batch the order is (stream, version), so that the
log never shows a life's later event before an earlier one.
"""

import asyncio
from typing import Final

import asyncpg

LOCK: Final = int.from_bytes(b"dc-seq", "big")
PAUSE_S: Final = 0.1
_NEXT: Final = "SELECT coalesce(max(log_index) + 1, 0) FROM log_entry"
_DRAIN: Final = """
WITH drained AS (DELETE FROM outbox RETURNING stream_ids, versions),
placed AS (
    INSERT INTO log_entry (log_index, stream_id, version, logged_at)
    SELECT $1 + row_number() OVER (ORDER BY x.s, x.v) - 1, x.s, x.v, clock_timestamp()
      FROM drained, unnest(drained.stream_ids, drained.versions) x(s, v) RETURNING 1)
SELECT count(*) FROM placed
"""


class Sequencer:
    """Drains the outbox while it holds the lock."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._next = 0
        self._connection: asyncpg.Connection | None = None

    @property
    def size(self) -> int:
        """How many events the log holds."""
        return self._next

    async def open(self) -> None:
        """Waits until no other sequencer is left, and finds the end of the log."""
        self._connection = await asyncpg.connect(self._dsn)
        await self._connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        self._next = await self._connection.fetchval(_NEXT)

    async def close(self) -> None:
        """Gives the lock back."""
        if self._connection is not None:
            await self._connection.close()

    async def drain(self) -> int:
        """Places what waits; the number of events placed."""
        if self._connection is None:
            await self.open()
        assert self._connection is not None  # noqa: S101 - open() set it
        placed: int = await self._connection.fetchval(_DRAIN, self._next)
        self._next += placed
        return placed

    async def run(self) -> None:
        """Drains for ever, pausing while nothing waits."""
        while True:
            if not await self.drain():
                await asyncio.sleep(PAUSE_S)
