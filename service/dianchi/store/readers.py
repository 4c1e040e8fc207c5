"""Connections for answers, lent one at a time.

A pool of asyncpg starts a task for each connection that is given back, and takes a fifth of the
time that a page of history costs; this one only keeps a list.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Final, Self

import asyncpg

from dianchi.store.connect import open_reader
from dianchi.store.rights import ASSESSOR, EYES

_Promise = asyncio.Future[asyncpg.Connection | None]
_INTERRUPTED: Final = (asyncio.CancelledError, TimeoutError)
_SEE: Final = "SELECT set_config($1, $2, false)"


class Lender:
    """Lends connections to whoever asks questions."""

    async def take(self) -> asyncpg.Connection:
        """A connection, for `give_back`."""
        raise NotImplementedError

    def give_back(self, connection: asyncpg.Connection, *, broken: bool = False) -> None:
        """Takes a connection back; a broken one is dropped, and whoever waits makes another."""
        raise NotImplementedError

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


class Readers(Lender):
    """At most so many connections of one role; whoever finds none idle waits for the next, in turn.

    A reader leaves no session state behind but for whom it last read, which is kept here beside it:
    nothing is reset between loans, and reading for the same again takes no trip.
    """

    def __init__(self, dsn: str, *, most: int, role: str = ASSESSOR) -> None:
        self._dsn = dsn
        self._role = role
        self._most = most
        self._made = 0
        self._idle: list[asyncpg.Connection] = []
        self._waiting: deque[_Promise] = deque()
        self._eyes: dict[asyncpg.Connection, str] = {}

    def seeing(self, eyes: Iterable[str]) -> Lender:
        """The same connections, reading for these organisations and areas."""
        return _Seeing(self, ",".join(sorted(eyes)))

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

    async def take(self) -> asyncpg.Connection:
        """A connection, for `give_back`."""
        return await self._take("")

    async def take_for(self, eyes: str) -> asyncpg.Connection:
        """A connection that reads for `eyes`: whom it read for before makes no difference."""
        connection = await self._take(eyes)
        if self._eyes.get(connection) != eyes:
            try:
                await connection.fetchval(_SEE, EYES, eyes)
            except BaseException:
                self.give_back(connection, broken=True)
                raise
            self._eyes[connection] = eyes
        return connection

    async def _take(self, eyes: str) -> asyncpg.Connection:
        while (place := self._place_of(eyes)) is not None:
            connection = self._idle.pop(place)
            if not connection.is_closed():
                return connection
            self._drop(connection)
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

    def _place_of(self, eyes: str) -> int | None:
        """Which idle connection to lend: one that reads for these already.

        Else a new one (None) while there is room, and then that which was not used for longest.
        """
        if not self._idle:
            return None
        if not eyes:
            return -1
        for place, connection in enumerate(self._idle):
            if self._eyes.get(connection) == eyes:
                return place
        return None if self._made < self._most else 0

    async def _connect(self) -> asyncpg.Connection:
        """Fills a place that was counted before."""
        try:
            return await open_reader(self._dsn, self._role)
        except BaseException:
            self._return(None)
            raise

    def give_back(self, connection: asyncpg.Connection, *, broken: bool = False) -> None:
        """Takes a connection back; a broken one is dropped, and whoever waits makes another."""
        if broken or not self._most:
            connection.terminate()
        if connection.is_closed():
            self._eyes.pop(connection, None)
            self._return(None)
        else:
            self._return(connection)

    def _drop(self, connection: asyncpg.Connection) -> None:
        self._eyes.pop(connection, None)
        self._made -= 1

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


class _Seeing(Lender):
    """Readers that read for somebody."""

    __slots__ = ("_for", "_readers")

    def __init__(self, readers: Readers, eyes: str) -> None:
        self._readers = readers
        self._for = eyes

    async def take(self) -> asyncpg.Connection:
        return await self._readers.take_for(self._for)

    def give_back(self, connection: asyncpg.Connection, *, broken: bool = False) -> None:
        self._readers.give_back(connection, broken=broken)


class _Loan:
    """One loan. What is interrupted in the middle of a statement is not lent again."""

    __slots__ = ("_connection", "_readers")

    def __init__(self, readers: Lender) -> None:
        self._readers = readers

    async def __aenter__(self) -> asyncpg.Connection:
        self._connection = await self._readers.take()
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        broken = kind is not None and issubclass(kind, _INTERRUPTED)
        self._readers.give_back(self._connection, broken=broken)


async def open_readers(dsn: str, *, most: int, role: str = ASSESSOR) -> Readers:
    """Readers of a database that was reached once.

    Raises:
        OSError, asyncpg.PostgresError: it cannot be reached.
    """
    readers = Readers(dsn, most=most, role=role)
    async with readers.acquire():
        return readers
