"""One connection, no HTTP: what a history costs PostgreSQL as the record grows and pages deepen."""

import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

from asyncpg.pgproto.pgproto import UUID

from dianchi.bench import material
from dianchi.bench.field import Field
from dianchi.bench.figures import Sample
from dianchi.bench.scales import STEPS
from dianchi.bench.turns import Window
from dianchi.domain.lines import Stream
from dianchi.store.connect import Queryable
from dianchi.store.lives import SQL
from dianchi.store.names import stream_id
from dianchi.store.readers import open_readers

PAGE: Final = 100
_LONGEST: Final = STEPS - 2
"""Packs whose number leaves this rest have nine events: a life nearly told."""


def stream(number: int) -> UUID:
    """The stream of pack `number`."""
    return stream_id(Stream.BATTERY, material.battery(number))


class Reading:
    """Windows of queries on one connection to each database."""

    def __init__(self, field: Field, small: Queryable, main: Queryable) -> None:
        self._field = field
        self._small = small
        self._main = main
        self._random = random.Random(5)

    def contenders(self, deep: int, events: int) -> dict[str, Window]:
        """The windows; `deep` is the pack with the long life of so many events."""
        history, scale, long = SQL["history_page"], self._field.scale, stream(deep)
        return {
            "select1": lambda: self._window(self._main, "SELECT 1", tuple),
            "history_p50_small": lambda: self._window(
                self._small, history, lambda: self._some(scale.small)
            ),
            "history_p50_main": lambda: self._window(
                self._main, history, lambda: self._some(scale.main)
            ),
            "page_first": lambda: self._window(self._main, history, lambda: (long, 0, PAGE + 1)),
            "page_deep": lambda: self._window(
                self._main, history, lambda: (long, events - PAGE - 1, PAGE + 1)
            ),
        }

    def _some(self, lives: int) -> Sequence[Any]:
        number = self._random.randrange(lives // (STEPS - 1)) * (STEPS - 1) + _LONGEST
        return stream(number), 0, 2 * PAGE + 1

    async def _window(
        self, connection: Queryable, sql: str, arguments: Callable[[], Sequence[Any]]
    ) -> Sample:
        given = [arguments() for _ in range(self._field.scale.reads)]
        query = await connection.prepare(sql)
        waits: list[float] = []
        meter = self._field.meter()
        for some in given:
            began = time.perf_counter()
            await query.fetch(*some)
            waits.append(time.perf_counter() - began)
        return meter.sample(len(waits), waits)


@asynccontextmanager
async def reading(field: Field, small: str, main: str) -> AsyncIterator[Reading]:
    """One connection to the small database and one to the main one."""
    async with AsyncExitStack() as stack:
        connections = []
        for dsn in (small, main):
            # As the service reads, whatever its readers are told of plans.
            readers = await stack.enter_async_context(await open_readers(dsn, most=1))
            connections.append(await stack.enter_async_context(readers.acquire()))
        yield Reading(field, connections[0], connections[1])
