"""Files put together from the settings: what the worker starts, and what works there.

Apart from `wiring`, so that neither process need load what answers HTTP.
"""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from dianchi.cli.exporting import exports_runner
from dianchi.cli.uploading import uploads_runner
from dianchi.ports import SystemClock
from dianchi.settings import Settings
from dianchi.store.readers import open_readers
from dianchi.store.rights import UPLOADER
from dianchi.worker.filing import Filing, Turn


async def have_files_worked_on(settings: Settings, dsn: str) -> None:
    """Starts the process of files when one waits, until this is cancelled.

    Raises:
        OSError, asyncpg.PostgresError: the database is gone, or the process of files broke.
    """
    command = sys.executable, "-m", "dianchi", "files", "--data-dir", str(settings.data_dir)
    async with await open_readers(dsn, most=1, role=UPLOADER) as keeper:
        await Filing(keeper, command, SystemClock()).run()


@asynccontextmanager
async def turns_at_files(settings: Settings, dsn: str) -> AsyncIterator[Sequence[Turn]]:
    """What works on files, each kind with connections of its own."""
    async with uploads_runner(settings, dsn) as uploads, exports_runner(dsn) as exports:
        yield uploads.once, exports.once
