"""Makes the rows of every life again beside those that are shown, by this process and another.

Lives depend on nothing that is written of others, so the log is walked in parts and each process
takes the parts that nobody has claimed. A claim ends with its connection: when a process breaks,
the whole is begun anew. Nobody reads what is made until `placing` puts it in the place of the rest.
"""

import asyncio
import pickle
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, nullcontext
from typing import Final, NamedTuple

from asyncpg import Connection

from dianchi.domain.indicators.lives import life_contributions
from dianchi.domain.registry import Registry
from dianchi.domain.rules import RULES
from dianchi.domain.working_days import WorkingCalendar
from dianchi.store.connect import connect_as
from dianchi.store.rights import PROJECTOR
from dianchi.views.assessing import Assessed, Law, Told, View, assess_all
from dianchi.views.batteries.project import lay_batteries
from dianchi.views.collecting import rarely_collecting
from dianchi.views.findings.project import lay_findings
from dianchi.views.firms.beside import Heard, lay_doubtful
from dianchi.views.indicators.beside import Sums, lay_contributions, lay_sums
from dianchi.views.obligations.project import lay_obligations, rows_of
from dianchi.views.parts import parts
from dianchi.views.projecting import AT_ONCE, Now, judging, owed_of, row_of, shown_of
from dianchi.views.reading import Lives

WORTH_SHARING: Final = 20_000
"""Entries of the log from which on the start of a second process pays."""
# Nothing here reads a large part of a table: a plan that does is a mistake of missing statistics.
_PLANS: Final = """
SET jit = off; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
SET enable_material = off;
SET plan_cache_mode = force_generic_plan
"""
_UNCLAIM: Final = "SELECT pg_advisory_unlock_all()"
_CLEAR: Final = """
TRUNCATE rebuilt_battery, rebuilt_finding, rebuilt_obligation, rebuilt_contribution, rebuilt_tally,
         rebuilt_union, rebuilt_doubtful, rebuilt_firm
"""
_LED: Final = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)"
_CLAIM: Final = """
INSERT INTO rebuilt_union (stream_id) SELECT * FROM unnest($1::uuid[])
    ON CONFLICT DO NOTHING RETURNING stream_id
"""
_Pair = tuple[Told, Assessed]


class HelperEndedError(ConnectionError):
    """The process beside this one ended before its work was done."""


class _Share(NamedTuple):
    """What the process beside this one has to know; rules are those of the code.

    `run` is the backend of whoever leads the rebuild, and stands for it.
    """

    dsn: str
    run: int
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
    """Assesses every life of the log below `now.log_index` once more, beside what is shown.

    Args:
        dsn: of the database, for the process beside this one.
        connection: writes.
        reader: reads ahead; holds the claims until the end.
        now: by which law and when.
        size: streams in a part.

    Raises:
        HelperEndedError: begin anew.
    """
    run, law = connection.get_server_pid(), now.law
    share = _Share(dsn, run, law.registry, law.calendar, now.now_us, now.log_index, size, now.anew)
    shared = now.log_index >= WORTH_SHARING and now.law.rules is RULES
    await reader.execute(_UNCLAIM)
    await connection.execute(_CLEAR)
    async with _beside(share) if shared else nullcontext():
        await _take_parts(connection, reader, now, size, run)
    await reader.execute(_UNCLAIM)


@asynccontextmanager
async def _beside(share: _Share) -> AsyncIterator[None]:
    """Another process takes parts, too; when the block has ended, both are done."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dianchi.views.rebuilding", stdin=asyncio.subprocess.PIPE
    )
    assert child.stdin is not None  # noqa: S101 - a pipe was asked for
    try:
        child.stdin.write(pickle.dumps(tuple(share)))
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
    connection: Connection, reader: Connection, now: Now, size: int, run: int
) -> None:
    sums, heard = Sums(), Heard()
    async with aclosing(parts(reader, now.log_index, size, run)) as every:
        async for part in every:
            async with _laying(connection, run):
                await _lay(connection, part.lives, now, sums)
                await lay_doubtful(connection, part.lives.known, heard, now.law.rules)
                await lay_doubtful(connection, part.others, heard, now.law.rules)
    async with _laying(connection, run):
        await lay_sums(connection, sums)
        await heard.lay(connection)


@asynccontextmanager
async def _laying(connection: Connection, run: int) -> AsyncIterator[None]:
    """A transaction that nobody waits for: what a crash takes of it is made anew.

    Whoever begins anew empties the tables first, and waits for this: where the rebuild that it is
    part of is no more, nothing comes of it.

    Raises:
        HelperEndedError: the one that leads the rebuild is gone.
    """
    async with connection.transaction():
        await connection.execute("SET LOCAL synchronous_commit = off")
        yield
        if not await connection.fetchval(_LED, run):
            raise HelperEndedError("whoever led the rebuild is gone")


async def _lay(connection: Connection, lives: Lives, now: Now, sums: Sums) -> None:
    """Lays the rows of these lives."""
    assessed = await assess_all(connection, lives.told, now.law, View(now.now_us), lives.known)
    pairs = await _ours(connection, lives, list(zip(lives.told, assessed, strict=True)))
    if not pairs:
        return
    await lay_batteries(connection, [row_of(life, found, lives, now) for life, found in pairs])
    shown = [shown_of(life, found, lives, now.law) for life, found in pairs]
    await lay_findings(connection, shown, now.law.registry)
    by = judging(now)
    owed = [row for life, found in pairs for row in rows_of(owed_of(life, found, lives), by)]
    await lay_obligations(connection, owed, by.rule_set)
    adds = {
        lives.stream(life): life_contributions(found.folded, now.law.registry).found
        for life, found in pairs
    }
    await lay_contributions(connection, adds)
    for each in adds.values():
        sums.add(each)


async def _ours(connection: Connection, lives: Lives, pairs: list[_Pair]) -> list[_Pair]:
    """Those that no other part has taken: a life with several names may begin in several."""
    joined = sorted(lives.stream(life) for life, _ in pairs if len(life.union.names) > 1)
    if not joined:
        return pairs
    ours = {row["stream_id"] for row in await connection.fetch(_CLAIM, joined)}
    theirs = set(joined) - ours
    return [pair for pair in pairs if lives.stream(pair[0]) not in theirs]


async def _help(share: _Share) -> None:
    law = Law(share.registry, RULES, share.calendar)
    connection, reader = await connect(share.dsn), await connect(share.dsn)
    now = Now(law, share.now_us, share.end, None, anew=share.anew)
    with rarely_collecting():
        await _take_parts(connection, reader, now, share.size, share.run)
    await asyncio.to_thread(sys.stdin.buffer.read)
    await reader.close()
    await connection.close()


if __name__ == "__main__":
    told = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own parent wrote it
    asyncio.run(_help(_Share(*told)))
