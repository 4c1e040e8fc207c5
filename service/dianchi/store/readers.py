"""Connections for answers, lent one at a time.

A pool of asyncpg starts a task for each connection that is given back, and takes a fifth of the
time that a page of history costs; this one only keeps a list.
"""

import asyncio
from collections import deque
from types import TracebackType
from typing import Any, Final, Self

import asyncpg

from dianchi.store.connect import open_reader

_Promise = asyncio.Future[asyncpg.Connection | None]
_INTERRUPTED: Final = (asyncio.CancelledError, TimeoutError)


class Readers:
    """At most so many connections; whoever finds none idle waits for the next, in turn.

    A reader leaves no session state behind, so nothing is reset between loans.
    """

    def __init__(self, dsn: str, *, most: int) -> None:
        self._dsn = dsn
        self._most = most
        self._made = 0
        self._idle: list[asyncpg.Connection] = []
        self._waiting: deque[_Promise] = deque()

    async def close(self) -> None:
        """Disconnects what is idle; what is lent out is closed when it comes back."""
        self._most = 0
        while self._idle:
            await self._idle.pop().close()

    async def __aenter__(self) -> Self:
        """Lend until the block ends."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.close()

    def acquire(self) -> "_Loan":
        """A connection for the length of an `async with`."""
        return _Loan(self)

    async def fetch(self, sql: str, *parameters: Any) -> list[asyncpg.Record]:  # noqa: ANN401
        """All rows of one statement."""
        async with _Loan(self) as connection:
            return await connection.fetch(sql, *parameters)

    async def fetchrow(self, sql: str, *parameters: Any, timeout: float | None = None) -> Any:  # noqa: ANN401, ASYNC109 - asyncpg's own
        """The first row of one statement, or None."""
        async with _Loan(self) as connection:
            return await connection.fetchrow(sql, *parameters, timeout=timeout)

    async def fetchval(self, sql: str, *parameters: Any) -> Any:  # noqa: ANN401
        """The first value of one statement, or None."""
        async with _Loan(self) as connection:
            return await connection.fetchval(sql, *parameters)

    async def take(self) -> asyncpg.Connection:
        """A connection, for `give_back`."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._made -= 1
        if self._made < self._most:
            self._made += 1
            return await self._connect()
        waiting: _Promise = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            handed = await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled():
                self._return(waiting.result())
            raise
        return handed or await self._connect()

    async def _connect(self) -> asyncpg.Connection:
        """Fills a place that was counted before."""
        try:
            return await open_reader(self._dsn)
        except BaseException:
            self._return(None)
            raise

    def give_back(self, connection: asyncpg.Connection, *, broken: bool = False) -> None:
        """Takes a connection back; a broken one is dropped, and whoever waits makes another."""
        if broken or not self._most:
            connection.terminate()
        self._return(None if connection.is_closed() else connection)

    def _return(self, connection: asyncpg.Connection | None) -> None:
        """A connection, or the place of one, goes to whoever waits longest."""
        if self._pass_on(connection):
            return
        if connection is None:
            self._made -= 1
        else:
            self._idle.append(connection)

    def _pass_on(self, connection: asyncpg.Connection | None) -> bool:
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(connection)
                return True
        return False


class _Loan:
    """One loan. What is interrupted in the middle of a statement is not lent again."""

    __slots__ = ("_connection", "_readers")

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def __aenter__(self) -> asyncpg.Connection:
        self._connection = await self._readers.take()
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        broken = kind is not None and issubclass(kind, _INTERRUPTED)
        self._readers.give_back(self._connection, broken=broken)


async def open_readers(dsn: str, *, most: int) -> Readers:
    """Readers of a database that was reached once.

    Raises:
        OSError, asyncpg.PostgresError: it cannot be reached.
    """
    readers = Readers(dsn, most=most)
    async with readers.acquire():
        return readers
