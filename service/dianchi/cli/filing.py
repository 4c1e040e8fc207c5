"""Files put together from the settings: what the worker starts, and what works there.

Apart from `wiring`, so that neither process need load what answers HTTP.
"""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from dianchi.cli.uploading import uploads_runner
from dianchi.exports.jobs import waits
from dianchi.ports import SystemClock
from dianchi.settings import Settings
from dianchi.store.readers import Readers, open_readers
from dianchi.store.rights import UPLOADER
from dianchi.worker.filing import Filing, Turn
from dianchi.worker.launching import Launcher


async def have_files_worked_on(settings: Settings, dsn: str, launcher: Launcher) -> None:
    """Starts the process of files when one waits, until this is cancelled.

    Args:
        settings: of this process.
        dsn: of the database, by the login of the worker.
        launcher: starts it.

    Raises:
        OSError, asyncpg.PostgresError: the database is gone, or the process of files broke.
    """
    command = sys.executable, "-m", "dianchi", "files", "--data-dir", str(settings.data_dir)
    async with await open_readers(dsn, most=1, role=UPLOADER) as keeper:
        await Filing(keeper, command, launcher, SystemClock()).run()


@asynccontextmanager
async def turns_at_files(settings: Settings, dsn: str) -> AsyncIterator[Sequence[Turn]]:
    """What works on files, each kind with connections of its own."""
    async with AsyncExitStack() as stack:
        uploads = await stack.enter_async_context(uploads_runner(settings, dsn))
        yield uploads.once, _Exports(stack, dsn).once


class _Exports:
    """What writes exports, loaded once one waits: it takes memory that uploads need not have."""

    def __init__(self, stack: AsyncExitStack, dsn: str) -> None:
        self._stack = stack
        self._dsn = dsn
        self._keeper: Readers | None = None
        self._once: Turn | None = None

    async def once(self) -> bool:
        """One export; whether there was any to take."""
        if self._keeper is None:
            opening = await open_readers(self._dsn, most=1, role=UPLOADER)
            self._keeper = await self._stack.enter_async_context(opening)
        if self._once is None:
            if not await waits(self._keeper):
                return False
            self._once = await self._load()
        return await self._once()

    async def _load(self) -> Turn:
        from dianchi.cli.exporting import exports_runner

        return (await self._stack.enter_async_context(exports_runner(self._dsn))).once
