"""The field of a run: its own server in a temporary folder, a database for each purpose."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import asyncpg

from dianchi.bench import processes
from dianchi.bench.figures import Meter, Results
from dianchi.bench.scales import Scale
from dianchi.store.cluster import Cluster
from dianchi.store.migrate import migrate

_TEMPLATE: Final = "bench_template"
_QUIET_US: Final = 8_000
_LOOK_S: Final = 0.08
_LONGEST_SETTLING_S: Final = 15.0


@dataclass(slots=True)
class Field:
    """Where a run takes place.

    Attributes:
        postmaster: process id of the server, whose tree's CPU is counted.
        beside: processes to wait for between windows, too: the service and its worker.
    """

    scale: Scale
    folder: Path
    cluster: Cluster
    postmaster: int
    say: Callable[[str], None]
    results: Results = field(default_factory=Results)
    beside: list[int] = field(default_factory=list)
    _made: set[str] = field(default_factory=set)

    async def database(self, name: str) -> str:
        """The address of a migrated database of this run, made when first asked for."""
        if name not in self._made:
            sql = f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY WAL_LOG"
            await asyncio.to_thread(self.cluster.execute, sql)
            self._made.add(name)
        return self.cluster.dsn_of(name)

    def has(self, name: str) -> bool:
        """Whether a database was made before."""
        return name in self._made

    def meter(self) -> Meter:
        """Begins a window."""
        return Meter(self.postmaster)

    async def settle(self) -> None:
        """Waits until PostgreSQL and the service are at rest, so that no window pays for another's.

        The worker follows the log behind the writes, and the server writes pages out.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _LONGEST_SETTLING_S
        before = self._busy_us()
        while loop.time() < deadline:
            await asyncio.sleep(_LOOK_S)
            now = self._busy_us()
            if now - before < _QUIET_US:
                return
            before = now

    def _busy_us(self) -> float:
        return processes.cpu_us([self.postmaster, *self.beside])


@asynccontextmanager
async def opened(scale: Scale, say: Callable[[str], None]) -> AsyncIterator[Field]:
    """A field, gone without a trace when the block ends, however it ends."""
    folder = _made_folder()
    cluster = None
    try:
        say("starting PostgreSQL")
        cluster = await asyncio.to_thread(Cluster.start, folder)
        await asyncio.to_thread(cluster.create_database, _TEMPLATE)
        await asyncio.to_thread(migrate, cluster.dsn_of(_TEMPLATE))
        yield Field(scale, folder, cluster, await _postmaster(cluster), say)
    finally:
        if cluster is not None:
            cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _made_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="dianchi-bench-"))
    # As root the server runs as somebody else, who must be able to walk through.
    folder.chmod(0o711)
    return folder


async def _postmaster(cluster: Cluster) -> int:
    connection = await asyncpg.connect(cluster.dsn)
    try:
        return processes.parent(await connection.fetchval("SELECT pg_backend_pid()"))
    finally:
        await connection.close()
