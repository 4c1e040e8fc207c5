"""A writer: one connection, and what it does when a round fails."""

from typing import Final

import asyncpg
import structlog

from dianchi.domain.rules import Rules
from dianchi.ports import Clock
from dianchi.recording.attempt import Shared, persist
from dianchi.recording.outcomes import Outcome
from dianchi.recording.prepare import Prepared
from dianchi.store.connect import open_writer

GONE: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidTransactionStateError,  # transaction_timeout; a server that became a replica
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)
log = structlog.get_logger()


class Writer:
    """Writes rounds over a connection of its own, opened when it is needed."""

    def __init__(self, dsn: str, rules: Rules, clock: Clock, shared: Shared) -> None:
        self._dsn = dsn
        self._rules = rules
        self._clock = clock
        self._shared = shared
        self._connection: asyncpg.Connection | None = None

    async def open(self) -> asyncpg.Connection:
        """Connects, where it is not connected."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await open_writer(self._dsn)
        return self._connection

    async def close(self) -> None:
        """Disconnects."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def write(
        self, reports: list[Prepared], *, whole: bool = False
    ) -> list[Outcome | Exception]:
        """The outcome of each report, or why there is none; never raises.

        With `whole` all reports are written or none.
        """
        try:
            return [*await self._write_again(reports, whole=whole)]
        except GONE as error:
            log.warning("round not written", reports=len(reports), error=repr(error))
            return [_unreachable(error)] * len(reports)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            if whole or len(reports) == 1:
                return [error] * len(reports)
            log.warning("round failed, going one by one", reports=len(reports), error=repr(error))
        # What one report breaks must not fail its neighbours.
        return [(await self.write([report]))[0] for report in reports]

    async def _write_again(self, reports: list[Prepared], *, whole: bool) -> list[Outcome]:
        """Once more on a new connection: whether the first try was stored, the ids then tell."""
        try:
            return await self._write_once(reports, whole=whole)
        except GONE as error:
            log.info("writer lost its connection", error=repr(error))
            if self._connection is not None:
                self._connection.terminate()
                self._connection = None
            return await self._write_once(reports, whole=whole)

    async def _write_once(self, reports: list[Prepared], *, whole: bool) -> list[Outcome]:
        connection = await self.open()
        return await persist(
            connection, reports, self._rules, self._clock, self._shared, whole=whole
        )


def _unreachable(error: BaseException) -> ConnectionError:
    gone = ConnectionError("the database cannot be reached; send it again as it is")
    gone.__cause__ = error
    return gone
