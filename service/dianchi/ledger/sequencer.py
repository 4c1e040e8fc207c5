"""The sequencer: takes events from the outbox and gives each its place in the log and its tree.

One holder at a time, by advisory lock. Within a batch the order is (stream, version), so that the
log never shows a life's later event before an earlier one. In the transaction that places them,
events are hashed and appended to the tree; the publisher signs it afterwards.
"""

import asyncio
from datetime import UTC, datetime
from typing import Final

import asyncpg
import structlog

from dianchi.ledger.growth import BATCH, grow, restore
from dianchi.ledger.publisher import Publisher
from dianchi.ledger.tiles import Tree
from dianchi.store.connect import connect_as
from dianchi.store.rights import SEQUENCER

LOCK: Final = int.from_bytes(b"dc-seq", "big")
PAUSE_S: Final = 0.1
SIGN_EVERY_S: Final = 0.2
RETRY_S: Final = 0.5
PATIENCE_S: Final = 10
"""A sequencer that is silent for so long loses its session, so that another may go on."""
MOST_EVENTS: Final = 50_000
"""Placed by one statement: about a second, far below the time that the server gives it."""
MUCH: Final = 5_000
"""Placed by one drain: more waits, most likely, and is drained at once."""
_TRY_LOCK: Final = "SELECT pg_try_advisory_lock($1)"
# A frozen process keeps its connection, and with it the lock. The server ends its session; when it
# wakes, nothing that it still wanted to write is written.
_BOUND: Final = (
    f"SET idle_session_timeout = '{PATIENCE_S}s';"
    f"SET idle_in_transaction_session_timeout = '{PATIENCE_S}s'"
)
_END: Final = """
SELECT log_index + 1 AS next, logged_at FROM log_entry ORDER BY log_index DESC LIMIT 1
"""
# After an outage a part of the outbox: the oldest transactions with about $3 events. A transaction
# that waited for a lock may be older than one that it builds on, so a part is looked through: would
# a stream's event come without an earlier one, the part is `torn` and nothing is placed.
# The time never runs backwards along the log, whatever the server's clock does.
_DRAIN: Final = """
WITH oldest AS (
    SELECT ctid AS place, age(xmin) AS age, stream_ids, versions FROM outbox
     ORDER BY age(xmin) DESC, ctid LIMIT $3),
counted AS (
    SELECT *, sum(cardinality(versions)) OVER (ORDER BY age DESC, place) AS events FROM oldest),
part AS MATERIALIZED (SELECT * FROM counted WHERE events - cardinality(versions) < $3),
torn AS (
    SELECT x.s FROM part, unnest(stream_ids, versions) x(s, v)
     WHERE (SELECT sum(cardinality(versions)) FROM part) >= $3
     GROUP BY x.s
    HAVING max(x.v) - min(x.v) + 1 > count(*)
        OR min(x.v) > 1 AND NOT EXISTS (
           SELECT FROM log_entry l WHERE l.stream_id = x.s AND l.version = min(x.v) - 1)),
drained AS (
    DELETE FROM outbox WHERE ctid = ANY(ARRAY(SELECT place FROM part))
       AND NOT (SELECT EXISTS (SELECT FROM torn)) RETURNING stream_ids, versions),
placed AS (
    INSERT INTO log_entry (log_index, stream_id, version, logged_at)
    SELECT $1 + row_number() OVER (ORDER BY x.s, x.v) - 1, x.s, x.v,
           (SELECT greatest(clock_timestamp(), $2::timestamptz))
      FROM drained, unnest(drained.stream_ids, drained.versions) x(s, v) RETURNING logged_at)
SELECT count(*) AS placed, max(logged_at) AS logged_at, EXISTS (SELECT FROM torn) AS torn
  FROM placed
"""
_GONE: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InvalidTransactionStateError,  # frozen within a transaction for too long
    asyncpg.InterfaceError,
    # What asyncpg says where a connection is cut between the end of a statement and the commit.
    asyncpg.InternalClientError,
    OSError,
)
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
log = structlog.get_logger()


class Sequencer:
    """Drains the outbox while it holds the lock, about `most` events by one statement.

    Args:
        dsn: of the database.
        most: events of one drain.
        publisher: signs what was placed; without one, events are placed and hashed only.
    """

    def __init__(
        self, dsn: str, most: int = MOST_EVENTS, *, publisher: Publisher | None = None
    ) -> None:
        self._dsn = dsn
        self._most = most
        self._publisher = publisher
        self._tree = Tree()
        self._signed_at = 0.0
        self._next = 0
        self._last = _BEGINNING
        self._connection: asyncpg.Connection | None = None

    @property
    def size(self) -> int:
        """How many events the log holds."""
        return self._next

    async def open(self) -> None:
        """Waits until no other sequencer is left, and finds the end of the log."""
        await self.close()
        connection = await connect_as(SEQUENCER, self._dsn)
        try:
            await connection.execute(_BOUND)
            # Asked again and again: a statement that waits would hold a snapshot for as long, and
            # nothing that the holder deletes could be vacuumed.
            while not await connection.fetchval(_TRY_LOCK, LOCK):  # noqa: ASYNC110 - another process
                await asyncio.sleep(RETRY_S)
            end = await connection.fetchrow(_END)
            tree = await restore(connection, end["next"] if end else 0)
            if self._publisher is not None:
                await self._publisher.begin(connection)
        except BaseException:
            connection.terminate()
            raise
        self._next, self._last = (end["next"], end["logged_at"]) if end else (0, _BEGINNING)
        self._tree = tree
        self._connection = connection

    async def close(self) -> None:
        """Gives the lock back."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()

    async def drain(self) -> int:
        """Places what waits, the oldest first; the number of events placed, 0 when none wait.

        When the connection breaks, nobody knows whether they were placed: the end of the log is
        then looked for again, under the lock.
        """
        if self._connection is None or self._connection.is_closed():
            await self.open()
        connection, self._connection = self._connection, None
        assert connection is not None  # noqa: S101 - open() set it
        try:
            async with connection.transaction():
                row = await self._place(connection)
                placed: int = row["placed"]
                await self._grow(connection, placed)
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection
        self._next += placed
        self._last = row["logged_at"] or self._last
        return placed

    async def _place(self, connection: asyncpg.Connection) -> asyncpg.Record:
        most = self._most
        while True:
            [row] = await connection.fetch(_DRAIN, self._next, self._last, most)
            if not row["torn"]:
                return row
            most *= 2

    async def _grow(self, connection: asyncpg.Connection, placed: int) -> None:
        """Hashes what was placed; where the tree is behind, as much again of what came before.

        It is behind when events were placed before there was a tree.
        """
        end = min(self._next + placed, self._tree.size + max(BATCH, placed))
        if end > self._tree.size:
            await grow(connection, self._tree, end)

    @property
    def hashed(self) -> int:
        """How many events the tree holds."""
        return self._tree.size

    async def publish(self) -> bool:
        """Has the tree signed, unless that was done; whether it was."""
        if self._publisher is None or self._connection is None:
            return False
        return await self._publisher.publish(self._connection, self._tree)

    async def run(self) -> None:
        """Drains for ever, pausing between drains that found little.

        Events gather meanwhile: a transaction and the last tile for each handful cost more than
        placing them.
        """
        try:
            while True:
                if not await self._drain_if_there():
                    await asyncio.sleep(PAUSE_S)
        finally:
            await self.close()

    async def _drain_if_there(self) -> bool:
        try:
            placed = await self.drain()
            await self._publish_sometimes()
        except _GONE as error:
            log.warning("sequencer lost the database", error=repr(error))
            return False
        return placed >= MUCH or self._tree.size < self._next

    async def _publish_sometimes(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._signed_at >= SIGN_EVERY_S and await self.publish():
            self._signed_at = now
