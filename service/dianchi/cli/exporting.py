"""What a worker does with exports, put together from the settings.

Apart from `wiring`, so that the worker need not load what answers HTTP.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dianchi.access.registry import LiveRegistry, engine_of, sessions
from dianchi.domain.rules import RULES
from dianchi.exchange.working_calendar import working_calendar
from dianchi.exports.runner import Runner
from dianchi.exports.writing import Sources
from dianchi.ports import Clock, SystemClock
from dianchi.store.readers import open_readers
from dianchi.store.rights import PROJECTOR, READER, UPLOADER


@asynccontextmanager
async def exports_runner(dsn: str, clock: Clock | None = None) -> AsyncIterator[Runner]:
    """What writes exports, with connections of the worker's own.

    Args:
        dsn: of the database, by the login of the worker.
        clock: the machine's, unless a test holds time still.
    """
    engine = engine_of(dsn, PROJECTOR)
    keeper = await open_readers(dsn, most=2, role=UPLOADER)
    own = await open_readers(dsn, most=1, role=READER)
    # The worker has no role that only reads every life: that which writes the views does, too.
    whole = await open_readers(dsn, most=1, role=PROJECTOR)
    sources = Sources(own, whole, RULES, working_calendar(), clock or SystemClock())
    try:
        yield Runner(keeper, sources, LiveRegistry(sessions(engine)).current)
    finally:
        await engine.dispose()
        for each in (keeper, own, whole):
            await each.close()
