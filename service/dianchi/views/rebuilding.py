"""Makes the rows of every life again, in this process and in one beside it.

Lives depend on nothing that is written of others, so the log is walked in parts and each process
takes the parts that nobody has claimed. A claim ends with its connection: when a process breaks,
the whole is begun anew.
"""

import asyncio
import os
import pickle
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, nullcontext
from typing import Final, NamedTuple

import asyncpg
from asyncpg import Connection

from dianchi.domain.registry import Registry
from dianchi.domain.rules import RULES
from dianchi.domain.working_days import WorkingCalendar
from dianchi.store.connect import connect_as
from dianchi.store.rights import PROJECTOR
from dianchi.views.assessing import Law
from dianchi.views.collecting import rarely_collecting
from dianchi.views.findings.subjects import mark
from dianchi.views.obligations.tallies import count_all
from dianchi.views.parts import Part, parts
from dianchi.views.pickups.project import project_pickups
from dianchi.views.projecting import AT_ONCE, Now, write_lives
from dianchi.views.recalls.project import project_recalls

WORTH_SHARING: Final = 20_000
"""Entries of the log from which on the start of a second process pays."""
_TRIES: Final = 5
# Nothing here reads a large part of a table: a plan that does is a mistake of missing statistics.
_PLANS: Final = """
SET jit = off; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
SET enable_material = off;
SET plan_cache_mode = force_generic_plan
"""
_UNCLAIM: Final = "SELECT pg_advisory_unlock_all()"


class HelperEndedError(ConnectionError):
    """The process beside this one ended before its work was done."""


class _Share(NamedTuple):
    """What the process beside this one has to know; rules are those of the code."""

    dsn: str
    registry: Registry
    calendar: WorkingCalendar
    now_us: int
    end: int
    size: int
    anew: bool


async def connect(dsn: str) -> Connection:
    """A connection that plans as the views need it."""
    connection = await connect_as(PROJECTOR, dsn)
    await connection.execute(_PLANS)
    return connection


async def rebuild_lives(
    dsn: str, connection: Connection, reader: Connection, now: Now, size: int = AT_ONCE
) -> None:
    """Assesses every life of the log below `now.log_index` once more.

    Args:
        dsn: of the database, for the process beside this one.
        connection: writes.
        reader: reads ahead; holds the claims until the end.
        now: by which law and when.
        size: streams in a part.

    Raises:
        HelperEndedError: begin anew.
    """
    now = now._replace(tallied=False)
    share = _Share(
        dsn, now.law.registry, now.law.calendar, now.now_us, now.log_index, size, now.anew
    )
    shared = now.log_index >= WORTH_SHARING and now.law.rules is RULES
    await reader.execute(_UNCLAIM)
    async with _beside(share) if shared else nullcontext():
        await _take_parts(connection, reader, now, size)
    await count_all(connection)
    await reader.execute(_UNCLAIM)


@asynccontextmanager
async def _beside(share: _Share) -> AsyncIterator[None]:
    """Another process takes parts, too; when the block has ended, both are done."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dianchi.views.rebuilding", stdin=asyncio.subprocess.PIPE
    )
    assert child.stdin is not None  # noqa: S101 - a pipe was asked for
    try:
        child.stdin.write(pickle.dumps((os.getpid(), *share)))
        yield
        # Its input ends when nobody needs its claims any more.
        child.stdin.close()
        if await child.wait():
            raise HelperEndedError(f"the process beside the rebuild ended with {child.returncode}")
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


async def _take_parts(
    connection: Connection, reader: Connection, now: Now, size: int, parent: int | None = None
) -> None:
    async with aclosing(parts(reader, now.log_index, size)) as every:
        async for part in every:
            if parent is not None and os.getppid() != parent:
                return
            await _write(connection, part, now)


async def _write(connection: Connection, part: Part, now: Now) -> None:
    """Writes a part; two processes may stop each other at a site that both touch: then again."""
    for turn in range(_TRIES):
        try:
            async with connection.transaction():
                await write_lives(connection, part.lives, now)
                await mark(connection, part.subjects, now.now_us)
                await project_pickups(connection, part.pickups, now.law.rules)
                await project_recalls(connection, part.recalls)
        except asyncpg.DeadlockDetectedError:
            if turn == _TRIES - 1:
                raise
        else:
            return


async def _help(parent: int, share: _Share) -> None:
    law = Law(share.registry, RULES, share.calendar)
    connection, reader = await connect(share.dsn), await connect(share.dsn)
    now = Now(law, share.now_us, share.end, None, anew=share.anew, tallied=False)
    with rarely_collecting():
        await _take_parts(connection, reader, now, share.size, parent)
    await asyncio.to_thread(sys.stdin.buffer.read)
    await reader.close()
    await connection.close()


if __name__ == "__main__":
    told = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own parent wrote it
    asyncio.run(_help(told[0], _Share(*told[1:])))
