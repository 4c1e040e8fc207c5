"""When the views showed what was recorded: how far they were, looked at again and again."""

import asyncio
import time
from bisect import bisect_right
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import asyncpg

_LOOK_S: Final = 0.02
_PATIENCE_S: Final = 60.0
_AT: Final = "SELECT log_index FROM projection WHERE name = 'views'"
# Of reports about one battery each.
_PLACES: Final = """
SELECT r.event_id, l.log_index FROM report r JOIN log_entry l USING (stream_id, version)
 WHERE r.event_id = ANY ($1::uuid[])
"""


@dataclass(slots=True)
class Watch:
    """What was seen; times are of `time.perf_counter`, which is one clock for all processes.

    Attributes:
        shown: how many entries of the log the views showed at each of `times`.
    """

    asking: asyncpg.Connection
    times: list[float] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)

    async def look(self, eye: asyncpg.Connection) -> None:
        """Looks until it is cancelled."""
        while True:
            at = await eye.fetchval(_AT)
            self.times.append(time.perf_counter())
            self.shown.append(at or 0)
            await asyncio.sleep(_LOOK_S)

    async def lags_s(self, ids: Sequence[str], answered: Mapping[int, float]) -> list[float]:
        """Seconds from the answer to each report until the views showed it.

        Args:
            ids: of the reports.
            answered: when each was answered, by its place in `ids`.

        Raises:
            TimeoutError: some are not shown within a minute.
        """
        async with asyncio.timeout(_PATIENCE_S):
            places = await self._places(ids)
            while not self.shown or self.shown[-1] <= max(places.values()):  # noqa: ASYNC110 - rows
                await asyncio.sleep(_LOOK_S)
        return [
            max(0.0, self.times[bisect_right(self.shown, places[ids[at]])] - when)
            for at, when in answered.items()
        ]

    async def _places(self, ids: Sequence[str]) -> dict[str, int]:
        """Where each stands in the log, once all do."""
        named = [UUID(each) for each in ids]
        while len(rows := await self.asking.fetch(_PLACES, named)) < len(ids):  # noqa: ASYNC110 - rows
            await asyncio.sleep(_LOOK_S)
        return {str(row["event_id"]): row["log_index"] for row in rows}


@asynccontextmanager
async def watching(dsn: str) -> AsyncIterator[Watch]:
    """Looks at the views of a database while the block lasts."""
    eye, asking = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    watch = Watch(asking)
    looking = asyncio.create_task(watch.look(eye))
    try:
        yield watch
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        await asking.close()
        await eye.close()
