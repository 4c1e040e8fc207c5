"""When keys were last used: written beside the requests, never in their way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg
import structlog

from dianchi.access.keys import KeyRing
from dianchi.store.readers import Readers

_EVERY_S: Final = 60.0
# Locked in one order: two services that write the same keys do not wait for each other in turns.
_WRITE: Final = """
WITH used AS (
    SELECT k.digest, told.at FROM unnest($1::bytea[], $2::timestamptz[]) AS told (digest, at)
      JOIN api_key k ON k.digest = told.digest ORDER BY k.digest FOR NO KEY UPDATE OF k)
UPDATE api_key k SET last_used_at = greatest(k.last_used_at, used.at)
  FROM used WHERE k.digest = used.digest
"""
log = structlog.get_logger()


async def write_uses(ring: KeyRing, readers: Readers) -> None:
    """Writes in one statement when each key was last seen in use.

    What cannot be written is lost and logged: keys in use are seen again, and no answer waits.
    """
    uses = ring.take_uses()
    if not uses:
        return
    try:
        async with readers.acquire() as connection:
            await connection.execute(_WRITE, list(uses), list(uses.values()))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        log.warning("last use of keys not written", exc_info=True)


@asynccontextmanager
async def noting_uses(ring: KeyRing, readers: Readers) -> AsyncIterator[None]:
    """Writes uses once a minute until the block ends, and what is left then."""
    following = asyncio.create_task(_follow(ring, readers))
    try:
        yield
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await write_uses(ring, readers)


async def _follow(ring: KeyRing, readers: Readers) -> None:
    while True:
        await asyncio.sleep(_EVERY_S)
        await write_uses(ring, readers)
