"""A worker's day: it takes the export that waits longest and writes it."""

from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg
import structlog

from dianchi.access.keys import now_of
from dianchi.domain.registry import Registry
from dianchi.exports.jobs import Lease, LeaseLostError, kept, take
from dianchi.exports.writing import Sources, write
from dianchi.store.names import UUID, new_id
from dianchi.store.readers import Readers

_FAIL: Final = """
UPDATE export SET state = 'failed', problem = $2, ended_at = $3, lease_by = NULL, lease_until = NULL
 WHERE id = $1 AND lease_by = $4
"""
_log: Final = structlog.get_logger("dianchi.exports")


class Runner:
    """Writes exports, one by one.

    Args:
        keeper: connections of the role that keeps files.
        sources: what rows are read from.
        registry: the registry of now.
    """

    def __init__(
        self, keeper: Readers, sources: Sources, registry: Callable[[], Awaitable[Registry]]
    ) -> None:
        self._keeper = keeper
        self._sources = sources
        self._registry = registry
        self._me: UUID = new_id()

    async def once(self) -> bool:
        """One export; whether there was any to take."""
        lease = await take(self._keeper, self._me)
        if lease is None:
            return False
        try:
            async with kept(lease):
                await self._guarded(lease)
        except LeaseLostError:
            _log.info("export given up", export=str(lease.export.id))
        return True

    async def _guarded(self, lease: Lease) -> None:
        """An export that this program cannot write ends alone: others wait behind it."""
        try:
            await write(lease, self._sources, await self._registry())
        except (LeaseLostError, OSError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            raise
        except Exception as error:
            if isinstance(error, asyncpg.PostgresError):
                raise
            _log.exception("export failed", export=str(lease.export.id))
            now = now_of(self._sources.clock)
            await self._keeper.fetch(_FAIL, lease.export.id, "internal_error", now, self._me)
