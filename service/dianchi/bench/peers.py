"""A peer: the PostgreSQL recorder of the `eventsourcing` library, driven by eight threads.

The library comes with `pip install dianchi[bench]`; without it the ratio is null.
"""

import asyncio
import importlib.util
import os
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from dianchi.bench import raw
from dianchi.bench.field import Field
from dianchi.bench.figures import Sample

THREADS: Final = 8
WAY_IN: Final = "eventsourcing is not installed: pip install 'dianchi[bench]'"


def installed() -> bool:
    """Whether the peer is there to be measured."""
    return all(importlib.util.find_spec(name) for name in ("eventsourcing", "psycopg"))


class Peer:
    """One event of one new aggregate for each `insert_events`, durable."""

    def __init__(self, field: Field, recorder: Any, threads: ThreadPoolExecutor) -> None:  # noqa: ANN401 - of the library
        self._field = field
        self._recorder = recorder
        self._threads = threads

    async def insert(self) -> Sample:
        """A window."""
        from eventsourcing.persistence import StoredEvent  # noqa: PLC0415 - see `installed`

        count = self._field.scale.peers
        said = raw.rows(1)[0][3]
        events = [
            StoredEvent(uuid.UUID(bytes=os.urandom(16)), 1, "bench:Told", said)
            for _ in range(count)
        ]
        waits: list[float] = []
        meter = self._field.meter()
        loop = asyncio.get_running_loop()
        await asyncio.gather(
            *(
                loop.run_in_executor(self._threads, self._insert, events[n::THREADS], waits)
                for n in range(THREADS)
            )
        )
        return meter.sample(count, waits)

    def _insert(self, events: list[Any], waits: list[float]) -> None:
        for event in events:
            began = time.perf_counter()
            self._recorder.insert_events([event])
            waits.append(time.perf_counter() - began)


@asynccontextmanager
async def peer(field: Field) -> AsyncIterator[Peer]:
    """The recorder over a database of its own."""
    dsn = await field.database("peer")
    with _recorder(dsn) as recorder, ThreadPoolExecutor(THREADS) as threads:
        yield Peer(field, recorder, threads)


@contextmanager
def _recorder(dsn: str) -> Iterator[Any]:
    from eventsourcing.postgres import (  # noqa: PLC0415 - see `installed`
        PostgresApplicationRecorder,
        PostgresDatastore,
    )

    parts = urlsplit(dsn)
    store = PostgresDatastore(
        parts.path.lstrip("/"),
        parse_qs(parts.query)["host"][0],
        parse_qs(parts.query)["port"][0],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        pool_size=THREADS,
    )
    try:
        recorder = PostgresApplicationRecorder(store)
        recorder.create_table()
        yield recorder
    finally:
        store.close()
