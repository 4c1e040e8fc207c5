"""Whose turn it is among the jobs that a table keeps, and a turn at one of them.

A table of jobs has `id`, `turn_at`, `lease_by` and `lease_until`: the job that waits longest is
taken first, and taken over from whoever falls silent.
"""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

import asyncpg
import structlog

from dianchi.store.names import new_id
from dianchi.store.readers import Readers

LEASE_S: Final = 20.0
_LEASE: Final = timedelta(seconds=LEASE_S)
_BEAT_S: Final = LEASE_S / 4
_OURS: Final = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
"""What the database says of values, not of its own state: said again however often it is asked."""
_TAKE: Final = """
UPDATE {0.table} SET {0.begun} lease_by = $1, lease_until = clock_timestamp() + $2::interval
 WHERE id = (SELECT id FROM {0.table}
              WHERE {0.due} AND (lease_until IS NULL OR lease_until < clock_timestamp())
              ORDER BY turn_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING {0.columns}
"""
_WAIT: Final = """
SELECT EXISTS (SELECT FROM {0.table}
                WHERE {0.due} AND (lease_until IS NULL OR lease_until < clock_timestamp())
                   OR {0.soon})
"""
_KEEP: Final = """
UPDATE {0.table} SET lease_until = clock_timestamp() + $3::interval
 WHERE id = $1 AND lease_by = $2 RETURNING id
"""
_GIVE_BACK: Final = """
UPDATE {0.table} SET lease_by = NULL, lease_until = NULL, turn_at = clock_timestamp()
 WHERE id = $1 AND lease_by = $2
"""


class Job(Protocol):
    """A row of a table of jobs."""

    @property
    def id(self) -> UUID:
        """Of the job."""


JobT = TypeVar("JobT", bound=Job)
LeaseT = TypeVar("LeaseT", bound="Lease[Any]")


class LeaseLostError(Exception):
    """Somebody else has the job now, or it was cancelled."""


@dataclass(frozen=True, slots=True)
class Turns(Generic[JobT]):
    """The jobs of a table.

    Attributes:
        table: that keeps them.
        columns: what `read` wants of a row.
        due: the condition, in SQL, of jobs that somebody has to work on.
        read: a job from its row.
        soon: the same of jobs that will be due in a moment.
        begun: what else is set when one is taken, in SQL that ends with a comma.
    """

    table: str
    columns: str
    due: str
    read: Callable[[Any], JobT]
    begun: str = ""
    soon: str = "false"

    async def wait(self, keeper: Readers) -> bool:
        """Whether any waits for its turn, or soon will."""
        return bool(await keeper.fetchval(_WAIT.format(self)))

    async def take(self, keeper: Readers, by: UUID) -> JobT | None:
        """The job that waits longest; None while none does."""
        row = await keeper.fetchrow(_TAKE.format(self), by, _LEASE)
        return self.read(row) if row is not None else None


class Lease(Generic[JobT]):
    """A job in hand.

    Args:
        turns: of its table.
        keeper: connections of the role that works on it.
        job: as it was taken.
        by: who has it.
    """

    def __init__(self, turns: Turns[JobT], keeper: Readers, job: JobT, by: UUID) -> None:
        self.keeper = keeper
        self.job = job
        self.by = by
        self._keep = _KEEP.format(turns)
        self._give_back = _GIVE_BACK.format(turns)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[asyncpg.Connection]:
        """A transaction that holds only while the job is in hand.

        Raises:
            LeaseLostError: it is not.
        """
        async with self.keeper.acquire() as connection, connection.transaction():
            if await connection.fetchval(self._keep, self.job.id, self.by, _LEASE) is None:
                raise LeaseLostError
            yield connection

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keeps the job in hand for the length of the block, then gives it back."""
        beating = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beating
            await self.keeper.fetch(self._give_back, self.job.id, self.by)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_S)
            await self.keeper.fetch(self._keep, self.job.id, self.by, _LEASE)


class Worker(ABC, Generic[LeaseT]):
    """Works on the jobs of a table, turn by turn.

    Args:
        keeper: connections of the role that works on them.
        what: a job is called in the log of the process.
    """

    def __init__(self, keeper: Readers, what: str) -> None:
        self.keeper = keeper
        self.me = new_id()
        self._what = what
        self._log = structlog.get_logger(f"dianchi.{what}s")

    @abstractmethod
    async def take(self) -> LeaseT | None:
        """The job whose turn it is, and what is needed to work on it."""

    @abstractmethod
    async def work(self, lease: LeaseT) -> None:
        """Works on a job for a turn."""

    @abstractmethod
    async def fail(self, lease: LeaseT) -> None:
        """Ends a job that this program cannot work on."""

    async def once(self) -> bool:
        """One turn; whether there was any to take."""
        lease = await self.take()
        if lease is None:
            return False
        try:
            async with lease.kept():
                await self._guarded(lease)
        except LeaseLostError:
            self._log.info("given up", what=self._what, id=str(lease.job.id))
        return True

    async def _guarded(self, lease: LeaseT) -> None:
        """A job that this program cannot work on ends alone: the others have the same process."""
        try:
            await self.work(lease)
        except (LeaseLostError, OSError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            raise
        except Exception as error:
            if isinstance(error, asyncpg.PostgresError) and not isinstance(error, _OURS):
                raise
            self._log.exception("failed", what=self._what, id=str(lease.job.id))
            await self.fail(lease)
