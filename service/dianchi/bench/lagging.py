"""How long the views are behind the log while others report: looked at again and again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

_LOOK_S: Final = 0.05
# Since when the oldest entry that the views have not taken stands in the log; 0: there is none.
_BEHIND: Final = """
SELECT coalesce((SELECT extract(epoch FROM clock_timestamp() - logged_at)
  FROM log_entry
 WHERE log_index >= (SELECT log_index FROM projection WHERE name = 'views')
 ORDER BY log_index LIMIT 1), 0)::float8
"""


@asynccontextmanager
async def lags(connection: asyncpg.Connection) -> AsyncIterator[list[float]]:
    """The lags that were seen meanwhile, in seconds, at even intervals.

    Args:
        connection: nobody else's until the block ends.
    """
    seen: list[float] = []
    over = asyncio.Event()
    looking = asyncio.create_task(_look(connection, seen, over))
    try:
        yield seen
    finally:
        over.set()
        await looking


async def _look(connection: asyncpg.Connection, seen: list[float], over: asyncio.Event) -> None:
    while not over.is_set():
        seen.append(await connection.fetchval(_BEHIND))
        await asyncio.sleep(_LOOK_S)
    seen.append(await connection.fetchval(_BEHIND))
