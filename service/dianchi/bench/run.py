"""A run: a field is made, each group measured on it, and nothing is left behind."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg

from dianchi.bench import databases
from dianchi.bench.field import Field, opened
from dianchi.bench.figures import Results
from dianchi.bench.groups import SERVED, UNSERVED
from dianchi.bench.helper import Helper
from dianchi.bench.loading import Say
from dianchi.bench.machine import machine
from dianchi.bench.over_http import OverHttp
from dianchi.bench.scales import GROUPS, Scale
from dianchi.bench.service import serving
from dianchi.wiring import let_garbage_wait


def fitted(scale: Scale, windows: int | None) -> Scale:
    """The scale with so many windows, small enough that no pack is reported twice."""
    windows = windows or scale.windows
    packs = min(databases.INSIDE, scale.main // 2)
    return replace(scale, windows=windows, singles=min(scale.singles, packs // (windows + 1)))


async def run(scale: Scale, only: Collection[str], say: Say) -> tuple[dict[str, Any], Results]:
    """Measures the groups that were asked for, or all of them; the machine and the results."""
    let_garbage_wait()  # as the service does
    async with opened(scale, say) as field:
        connection = await asyncpg.connect(field.cluster.dsn)
        try:
            told = await machine(connection, field.folder)
        finally:
            await connection.close()
        await _measure(field, [name for name in GROUPS if not only or name in only])
    return told | {"scale": scale.name, "events": scale.main * 5}, field.results


async def _measure(field: Field, wanted: Collection[str]) -> None:
    served = [SERVED[name] for name in wanted if name in SERVED]
    if served:
        async with _over_http(field) as over:
            for measure in served:
                await measure(field, over)
    for name in wanted:
        if name in UNSERVED:
            await UNSERVED[name](field)


@asynccontextmanager
async def _over_http(field: Field) -> AsyncIterator[OverHttp]:
    """The service over the main database, and a generator to drive it."""
    dsn = await databases.main(field)
    field.say("starting the service")
    async with serving(dsn, field.folder) as running:
        field.beside = [running.pid]
        try:
            with Helper() as client:
                yield OverHttp(field, client, running, field.scale.main // 2)
        finally:
            field.beside = []
