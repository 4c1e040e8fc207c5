"""A worker's day with exports: it writes the one that waits longest."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from dianchi.access.keys import now_of
from dianchi.domain.registry import Registry
from dianchi.exports.export import TOO_MANY_ROWS
from dianchi.exports.jobs import Lease, take
from dianchi.exports.writing import Sources, TooManyRowsError, write
from dianchi.store.readers import Readers
from dianchi.store.turns import Worker
from dianchi.views.snapshots import LONGEST_S

_LONGEST_S: Final = LONGEST_S - 60
"""Before the database ends the transaction: then the file would be begun again and again."""
_FAIL: Final = """
UPDATE export SET state = 'failed', problem = $2, ended_at = $3, lease_by = NULL, lease_until = NULL
 WHERE id = $1 AND lease_by = $4
"""


class TooLongError(Exception):
    """A file took too long; the same question would take as long again."""


class Runner(Worker[Lease]):
    """Writes exports, one by one.

    Args:
        keeper: connections of the role that keeps files.
        sources: what rows are read from.
        registry: the registry of now.
    """

    def __init__(
        self, keeper: Readers, sources: Sources, registry: Callable[[], Awaitable[Registry]]
    ) -> None:
        super().__init__(keeper, "export")
        self._sources = sources
        self._registry = registry
        self._known = Registry()

    async def take(self) -> Lease | None:
        """The export that waits longest."""
        lease = await take(self.keeper, self.me)
        if lease is not None:
            self._known = await self._registry()
        return lease

    async def work(self, lease: Lease) -> None:
        """Writes it.

        Raises:
            TooLongError: the moment that it is of would not be held on to for so long.
        """
        try:
            async with asyncio.timeout(_LONGEST_S) as bound:
                await write(lease, self._sources, self._known)
        except TooManyRowsError:
            await self._end(lease, TOO_MANY_ROWS)
        except TimeoutError:
            if bound.expired():
                raise TooLongError from None
            raise

    async def fail(self, lease: Lease) -> None:
        """Ends it without a file, for no fault of who asked."""
        await self._end(lease, "internal_error")

    async def _end(self, lease: Lease, problem: str) -> None:
        now = now_of(self._sources.clock)
        await self.keeper.fetch(_FAIL, lease.job.id, problem, now, self.me)
