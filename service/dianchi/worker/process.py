"""The body of `dianchi worker`: ends with its parent, and outlives the database's restarts."""

import asyncio
import functools
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, NamedTuple

import asyncpg
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from dianchi.access.registry import LiveRegistry, engine_of, read_registry, sessions
from dianchi.domain.rules import RULES
from dianchi.exchange.logs import log_as_json
from dianchi.exchange.working_calendar import working_calendar
from dianchi.ledger.errors import LogError
from dianchi.ledger.publisher import Publisher
from dianchi.ledger.sequencer import Sequencer
from dianchi.ledger.witnesses import Witnesses
from dianchi.ports import Clock, SystemClock
from dianchi.recording.resight import resight
from dianchi.store.connect import connect_as
from dianchi.store.rights import PROJECTOR
from dianchi.store.sight import note, was_noted
from dianchi.views.collecting import rarely_collecting
from dianchi.views.runner import Projector
from dianchi.webhooks.courier import Courier
from dianchi.worker.parent import ending

SWEEP_S: Final = 60.0
REFUSED: Final = 3
"""Exit status of a worker that found a log that it must not continue."""
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 15.0
# What a database that goes away, restarts or refuses for a while looks like.
_PASSING: Final = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection cut while it commits
    SQLAlchemyError,
    TimeoutError,
)
Endless = Callable[[], Awaitable[None]]
"""Works until it is cancelled."""
_log: Final = structlog.get_logger("dianchi.worker")


class Beside(NamedTuple):
    """What follows the log besides the views.

    Attributes:
        witnesses: are asked to cosign.
        courier: sends to webhooks.
        files: has files worked on that firms sent, and written that were asked for.
        national: pushes to the national platform.
    """

    witnesses: Witnesses | None = None
    courier: Courier | None = None
    files: Endless | None = None
    national: Endless | None = None


async def work(
    dsn: str,
    stop: asyncio.Event,
    clock: Clock | None = None,
    publisher: Publisher | None = None,
    beside: Beside = Beside(),  # noqa: B008 - it is never changed
) -> None:
    """Fills the log, has it signed, follows it with the views and sweeps them each minute.

    And sends to webhooks and to the national platform, and has files worked on, until `stop` is
    set.

    Raises:
        ExceptionGroup: of a LogError: the log must not be continued.
    """
    clock = clock or SystemClock()
    await _show_what_came_before(dsn)
    witnesses, courier, *endless = beside
    async with (
        AsyncExitStack() as stack,
        _projector(dsn, clock) as projector,
        asyncio.TaskGroup() as group,
    ):
        sequencer = Sequencer(dsn, publisher=publisher)
        following = [
            group.create_task(_kept_up("sequencer", sequencer.run)),
            group.create_task(_kept_up("projector", projector.run)),
            group.create_task(_kept_up("sweeper", functools.partial(_sweep, projector))),
        ]
        if witnesses is not None:
            following.append(group.create_task(_kept_up("witnesses", witnesses.run)))
        if courier is not None:
            await stack.enter_async_context(courier)
            following.append(group.create_task(_kept_up("courier", courier.run)))
        for name, run in zip(("files", "national"), endless, strict=True):
            if run is not None:
                following.append(group.create_task(_kept_up(name, run)))
        await stop.wait()
        for task in following:
            task.cancel()
    await sequencer.close()


@asynccontextmanager
async def _projector(dsn: str, clock: Clock) -> AsyncIterator[Projector]:
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=functools.partial(connect_as, PROJECTOR, dsn),
        pool_pre_ping=True,
    )
    registry = LiveRegistry(sessions(engine))
    projector = Projector(dsn, registry.knowing, RULES, working_calendar(), clock)
    try:
        yield projector
    finally:
        await projector.close()
        await engine.dispose()


async def _show_what_came_before(dsn: str) -> None:
    """Once for each database: notes who may see what was recorded before that was noted."""
    connection = await connect_as(PROJECTOR, dsn)
    engine = engine_of(dsn, PROJECTOR)
    try:
        if not await was_noted(connection):
            async with sessions(engine)() as session:
                registry = await read_registry(session)
            looked = await resight(dsn, registry, RULES)
            await note(connection)
            _log.info("sight noted", streams=looked)
    finally:
        await connection.close()
        await engine.dispose()


async def _sweep(projector: Projector) -> None:
    while True:
        await asyncio.sleep(SWEEP_S)
        swept = await projector.sweep()
        if swept:
            _log.info("swept", lives=swept)


async def _kept_up(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Runs for ever; begins again, each time a little later, when the database went away."""
    loop = asyncio.get_running_loop()
    pause = _FIRST_PAUSE_S
    while True:
        began = loop.time()
        try:
            await run()
        except _PASSING as error:
            _log.warning("interrupted", what=name, error=repr(error), again_in_s=pause)
        if loop.time() - began > _LONGEST_PAUSE_S:
            pause = _FIRST_PAUSE_S
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_S)


def run_worker(publisher: Publisher | None, dsn: str, beside: Beside = Beside()) -> int:  # noqa: B008 - it is never changed
    """The whole process: works until SIGTERM, or until its standard input ends with its parent.

    The exit status: `REFUSED` where the log must not be continued, which the parent then does not
    serve either.
    """
    log_as_json()
    # Whoever waits for an answer goes before the views, which may lag while much is reported;
    # the log does not: PostgreSQL does nearly all of its work.
    os.nice(19)
    with rarely_collecting():
        status = 0
        try:
            asyncio.run(_until_the_end(dsn, publisher, beside))
        except* LogError as refused:
            status = REFUSED
            _log.error("refused", error=str(refused.exceptions[0]))
    return status


async def _until_the_end(dsn: str, publisher: Publisher | None, beside: Beside) -> None:
    stop = ending()
    _log.info("started", pid=os.getpid())
    await work(dsn, stop, publisher=publisher, beside=beside)
    _log.info("stopped")
