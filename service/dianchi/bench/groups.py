"""The groups of contenders that take turns, and the ratios that come of each."""

import asyncio
import statistics
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Final

from dianchi.bench import databases, peers
from dianchi.bench.append import appending
from dianchi.bench.consulting import consulting
from dianchi.bench.databases import DEEP, DEEP_EVENTS, HUNDREDS, LONG
from dianchi.bench.field import Field
from dianchi.bench.figures import Sample
from dianchi.bench.helper import Helper
from dianchi.bench.ledger import LOAD, following
from dianchi.bench.material import battery
from dianchi.bench.over_http import Histories, OverHttp
from dianchi.bench.raw import raw
from dianchi.bench.reading import reading
from dianchi.bench.rebuild import rebuilding
from dianchi.bench.sequencing import sequencing
from dianchi.bench.service import from_memory
from dianchi.bench.sizes import weigh
from dianchi.bench.turns import Window, take_turns
from dianchi.bench.uploading import Files

BIRTHS: Final = 3_000_000
"""Where the packs that are born in process begin."""


async def singles(field: Field, over: OverHttp) -> None:
    """Single reports: raw, in process, over HTTP, and the peer."""
    async with AsyncExitStack() as stack:
        bare = await stack.enter_async_context(raw(field))
        append = await stack.enter_async_context(
            appending(field, await databases.inside(field), BIRTHS)
        )
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


async def batches(field: Field, over: OverHttp) -> None:
    """Batches: COPY, in process, over HTTP."""
    async with AsyncExitStack() as stack:
        bare = await stack.enter_async_context(raw(field, 1))
        append = await stack.enter_async_context(
            appending(field, await databases.inside(field), BIRTHS + 1_000_000)
        )
        contenders = {"copy": bare.copy, "batch_in_process": append.batch, "batch": over.batch}
        await take_turns(field, contenders, field.scale.windows)
    field.results.compare("batch_vs_copy", "batch", "copy")
    field.results.compare("batch_in_process_vs_copy", "batch_in_process", "copy")


async def histories(field: Field, over: OverHttp) -> None:
    """Histories of a hundred events over HTTP, from the record and from memory."""
    paths = [f"/v1/batteries/{battery(LONG + n)}/history" for n in range(HUNDREDS)]
    async with AsyncExitStack() as stack:
        pages = {path: (await asyncio.to_thread(over.running.ask, path))[1] for path in paths}
        memory = await stack.enter_async_context(from_memory(pages))
        out_of_memory = OverHttp(field, over.client, memory, 0)
        count, key = field.scale.histories, over.running.keys["maker"]
        contenders = {
            "history_memory": Histories(out_of_memory, paths, key, count).window,
            "history": Histories(over, paths, key, count).window,
        }
        await take_turns(field, contenders, field.scale.windows)
    field.results.compare("history_vs_memory", "history", "history_memory")


async def files(field: Field, over: OverHttp) -> None:
    """Files committed by the worker, against rows from memory; single reports beside them."""
    with Helper() as others:
        of = Files(field, over, others)
        contenders: dict[str, Window] = {
            "rows_from_memory": of.from_memory,
            "rows_from_file": of.from_file,
            "others_quiet": of.quiet,
            "others_beside_file": of.beside,
        }
        await take_turns(field, contenders, field.scale.windows)
    field.results.compare("file_vs_memory", "rows_from_file", "rows_from_memory")
    field.results.compare("others_beside_file", "others_beside_file", "others_quiet", _p99)


async def ledger(field: Field) -> None:
    """What the log costs whoever reports, how soon a receipt is there, how fast all is checked."""
    async with following(field, await databases.main(field)) as followed:
        contenders = {
            "http_unfollowed": followed.alone,
            "http_logged": followed.logged,
            "http_followed": followed.followed,
        }
        await take_turns(field, contenders, field.scale.windows)
        most = statistics.median(s.rate for s in field.results.samples["http_followed"])
        await take_turns(
            field, {"receipt": lambda: followed.receipts(LOAD * most)}, field.scale.windows
        )
        await take_turns(field, {"fsck": followed.fsck}, field.scale.windows)
    field.results.compare("http_logged_vs_unfollowed", "http_logged", "http_unfollowed")
    field.results.compare("http_followed_vs_unfollowed", "http_followed", "http_unfollowed")


async def growth(field: Field) -> None:
    """Histories as the record grows, pages as they deepen, over one connection."""
    async with reading(field, await databases.small(field), await databases.main(field)) as read:
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
    """The views of a small database, made again."""
    async with rebuilding(field, await databases.views(field)) as views:
        contenders = {"rebuild_sql": views.in_sql, "rebuild": views.in_python}
        await take_turns(field, contenders, field.scale.windows)
    field.results.compare("rebuild_vs_sql", "rebuild", "rebuild_sql")


async def console(field: Field) -> None:
    """What an officer asks at the console."""
    lives = field.scale.shown
    async with consulting(field, await databases.shown(field), lives) as officer:
        await take_turns(field, {"console": officer.window}, field.scale.windows)


SERVED: Final[Mapping[str, Callable[[Field, OverHttp], Awaitable[None]]]] = {
    "singles": singles,
    "batch": batches,
    "history": histories,
    "file": files,
}
"""Groups that need the service, which runs while they do."""
UNSERVED: Final[Mapping[str, Callable[[Field], Awaitable[None]]]] = {
    "ledger": ledger,
    "growth": growth,
    "sequencing": sequences,
    "rebuild": rebuilds,
    "console": console,
    "sizes": weigh,
}


def _python(sample: Sample) -> float:
    return sample.python_us


def _postgres(sample: Sample) -> float:
    return sample.postgres_us


def _p99(sample: Sample) -> float:
    return sample.p99_ms or 0.0


def _p50(sample: Sample) -> float:
    return sample.p50_ms or 0.0
