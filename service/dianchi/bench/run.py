"""A run: loads, lets the contenders of each group take turns, puts down the ratios."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any, Final

import asyncpg

from dianchi.bench import peers
from dianchi.bench.append import Appending, appending
from dianchi.bench.client import Client
from dianchi.bench.field import Field, opened
from dianchi.bench.figures import Results, Sample
from dianchi.bench.loading import Chunk, Say, chunks, load
from dianchi.bench.machine import machine
from dianchi.bench.material import battery
from dianchi.bench.over_http import Histories, OverHttp
from dianchi.bench.raw import raw
from dianchi.bench.reading import reading
from dianchi.bench.rebuild import rebuilding
from dianchi.bench.scales import GROUPS, Scale
from dianchi.bench.sequencing import sequencing
from dianchi.bench.service import Running, from_memory, serving
from dianchi.bench.sizes import weigh
from dianchi.bench.turns import Window, take_turns
from dianchi.views.runner import VERSION

INSIDE: Final = 20_000
"""Packs in the database of the appends in process: nobody but a sequencer follows that one."""
BIRTHS: Final = 3_000_000
"""Where the packs that are born in process begin."""
LONG: Final = 9_000_000
"""Where the packs with long histories begin: some of a hundred events, then a very long one."""
HUNDREDS: Final = 40
DEEP: Final = LONG + HUNDREDS
DEEP_EVENTS: Final = 3_000
# The views follow from here on: what was loaded is no news to them.
_FOLLOW: Final = """
INSERT INTO projection (name, log_index, version)
SELECT 'views', coalesce(max(log_index) + 1, 0), $1 FROM log_entry
"""


async def loaded(field: Field, name: str, lives: int) -> str:
    """A database with so many lives, loaded when first asked for."""
    made = field.has(name)
    dsn = await field.database(name)
    if not made:
        await load(dsn, list(chunks(lives)), field.say)
    return dsn


async def small(field: Field) -> str:
    """The small database of the growth comparison."""
    return await loaded(field, "small", field.scale.small)


@asynccontextmanager
async def inside(field: Field, first_birth: int) -> AsyncIterator[Appending]:
    """A gatherer and a sequencer over a database of their own."""
    dsn = await loaded(field, "inside", min(INSIDE, field.scale.main))
    async with appending(field, dsn, first_birth) as append:
        yield append


async def main(field: Field) -> str:
    """The main database, loaded when first asked for."""
    made = field.has("main")
    dsn = await field.database("main")
    if not made:
        wanted = list(chunks(field.scale.main))
        end = wanted[-1].log_index + wanted[-1].events
        hundreds = Chunk(LONG, HUNDREDS, end, told=1, checks=99)
        deep = Chunk(DEEP, 1, end + hundreds.events, told=1, checks=DEEP_EVENTS - 1)
        await load(dsn, [*wanted, hundreds, deep], field.say)
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute(_FOLLOW, VERSION)
        finally:
            await connection.close()
    return dsn


@asynccontextmanager
async def over_http(field: Field) -> AsyncIterator[tuple[OverHttp, Client, Running]]:
    """The service over the main database, and a generator to drive it."""
    dsn = await main(field)
    field.say("starting the service")
    async with serving(dsn, field.folder) as running:
        field.beside = [running.pid]
        try:
            with Client() as client:
                yield OverHttp(field, client, running, field.scale.main // 2), client, running
        finally:
            field.beside = []


async def singles(field: Field) -> None:
    """Single reports: raw, in process, over HTTP, and the peer."""
    async with AsyncExitStack() as stack:
        over, _, _ = await stack.enter_async_context(over_http(field))
        bare = await stack.enter_async_context(raw(field))
        append = await stack.enter_async_context(inside(field, BIRTHS))
        contenders: dict[str, Window] = {
            "raw_insert": bare.insert,
            "gathered": append.existing,
            "http_single": over.existing,
            "gathered_birth": append.births,
            "http_birth": over.births,
        }
        if peers.installed():
            peer = await stack.enter_async_context(peers.peer(field))
            contenders["eventsourcing"] = peer.insert
        else:
            field.say(peers.WAY_IN)
        await take_turns(field, contenders, field.scale.windows)
    results = field.results
    for name in ("gathered", "gathered_birth", "http_single", "http_birth"):
        results.compare(f"{name}_vs_insert", name, "raw_insert")
    results.compare("gathered_cpu_vs_insert", "gathered", "raw_insert", _python)
    results.compare("gathered_postgres_cpu_vs_insert", "gathered", "raw_insert", _postgres)
    if "eventsourcing" in results.samples:
        results.compare("http_single_vs_eventsourcing", "http_single", "eventsourcing")


async def batches(field: Field) -> None:
    """Batches: COPY, in process, over HTTP."""
    async with AsyncExitStack() as stack:
        over, _, _ = await stack.enter_async_context(over_http(field))
        bare = await stack.enter_async_context(raw(field, 1))
        append = await stack.enter_async_context(inside(field, BIRTHS + 1_000_000))
        contenders = {"copy": bare.copy, "batch_in_process": append.batch, "batch": over.batch}
        await take_turns(field, contenders, field.scale.windows)
    field.results.compare("batch_vs_copy", "batch", "copy")
    field.results.compare("batch_in_process_vs_copy", "batch_in_process", "copy")


async def histories(field: Field) -> None:
    """Histories of a hundred events over HTTP, from the record and from memory."""
    paths = [f"/v1/batteries/{battery(LONG + n)}/history" for n in range(HUNDREDS)]
    async with AsyncExitStack() as stack:
        over, client, running = await stack.enter_async_context(over_http(field))
        pages = {path: (await asyncio.to_thread(running.ask, path))[1] for path in paths}
        memory = await stack.enter_async_context(from_memory(pages))
        out_of_memory = OverHttp(field, client, memory, 0)
        count, key = field.scale.histories, running.keys["maker"]
        contenders = {
            "history_memory": Histories(out_of_memory, paths, key, count).window,
            "history": Histories(over, paths, key, count).window,
        }
        await take_turns(field, contenders, field.scale.windows)
    field.results.compare("history_vs_memory", "history", "history_memory")


async def growth(field: Field) -> None:
    """Histories as the record grows, pages as they deepen, over one connection."""
    async with reading(field, await small(field), await main(field)) as read:
        await take_turns(field, read.contenders(DEEP, DEEP_EVENTS), field.scale.windows)
    compare = field.results.compare
    compare("growth_history", "history_p50_main", "history_p50_small", _p50)
    compare("history_vs_select1", "history_p50_main", "select1", _p50)
    compare("deep_page_vs_first", "page_deep", "page_first", _p50)


async def sequences(field: Field) -> None:
    """Draining a filled outbox."""
    async with sequencing(field) as waiting:
        await take_turns(field, {"sequencing": waiting.drain}, field.scale.windows)


async def rebuilds(field: Field) -> None:
    """The views of the small database, made again."""
    async with rebuilding(field, await small(field)) as views:
        contenders = {"rebuild_sql": views.in_sql, "rebuild": views.in_python}
        await take_turns(field, contenders, field.scale.windows)
    field.results.compare("rebuild_vs_sql", "rebuild", "rebuild_sql")


MEASURES: Final[Mapping[str, Callable[[Field], Awaitable[None]]]] = {
    "singles": singles,
    "batch": batches,
    "history": histories,
    "growth": growth,
    "sequencing": sequences,
    "rebuild": rebuilds,
    "sizes": weigh,
}


def _python(sample: Sample) -> float:
    return sample.python_us


def _postgres(sample: Sample) -> float:
    return sample.postgres_us


def _p50(sample: Sample) -> float:
    return sample.p50_ms or 0.0


def fitted(scale: Scale, windows: int | None) -> Scale:
    """The scale with so many windows, small enough that no pack is reported twice."""
    windows = windows or scale.windows
    packs = min(INSIDE, scale.main // 2)
    return replace(scale, windows=windows, singles=min(scale.singles, packs // (windows + 1)))


async def run(scale: Scale, only: Collection[str], say: Say) -> tuple[dict[str, Any], Results]:
    """Measures the groups that were asked for, or all of them; the machine and the results."""
    # As the service does: what was made by now stays, the collector need not walk it again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    async with opened(scale, say) as field:
        connection = await asyncpg.connect(field.cluster.dsn)
        try:
            told = await machine(connection, field.folder)
        finally:
            await connection.close()
        for name in only or GROUPS:
            await MEASURES[name](field)
    return told | {"scale": scale.name, "events": scale.main * 5}, field.results
