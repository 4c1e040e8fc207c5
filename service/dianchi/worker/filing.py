"""Files, in a process of their own: the log and the views do not wait for rows, nor rows for them.

The worker starts it once a file waits. It works on files until none came for a while, and ends with
the worker. Files are leased in the database: whatever kills it, another goes on.
"""

import asyncio
import os
import subprocess
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

import structlog
import uvloop

from dianchi.access.keys import now_of
from dianchi.exchange.logs import log_as_json
from dianchi.exports import jobs as exports
from dianchi.exports.trimming import trim as trim_exports
from dianchi.ports import Clock
from dianchi.store.readers import Readers
from dianchi.uploads import jobs as uploads
from dianchi.uploads.trimming import trim as trim_uploads
from dianchi.views.collecting import rarely_collecting
from dianchi.worker.launching import Launcher
from dianchi.worker.parent import ending

LOOK_S: Final = 0.5
"""Between two looks whether a file waits."""
QUIET_S: Final = 300.0
"""How long it stays after the last file: whoever looked at a dry run commits it then."""
_TRIM_EVERY_S: Final = 3600.0
_GIVES_WAY: Final = 10
"""Its niceness: whoever waits for an answer goes first; the views, at 19, wait for files."""
_STOP_S: Final = 10.0
_log: Final = structlog.get_logger("dianchi.files")
Turn = Callable[[], Awaitable[bool]]
"""Works a while on one file; whether there was any."""
Opened = Callable[[], AbstractAsyncContextManager[Sequence[Turn]]]


class FilesEndedError(ConnectionError):
    """The process of files ended before it was done: it is started again."""


class Filing:
    """The worker's side: starts the process of files when one waits.

    Args:
        keeper: connections of the role that keeps files.
        command: what to start.
        launcher: starts it.
        clock: by which files are old.
    """

    def __init__(
        self, keeper: Readers, command: Sequence[str], launcher: Launcher, clock: Clock
    ) -> None:
        self._keeper = keeper
        self._command = command
        self._launcher = launcher
        self._clock = clock
        self._trimmed = float("-inf")

    async def run(self) -> None:
        """Until it is cancelled.

        Raises:
            FilesEndedError: the process broke.
            OSError, asyncpg.PostgresError: the database is gone.
        """
        while True:
            if await self._waits():
                await self._start()
            await self._trim()
            await asyncio.sleep(LOOK_S)

    async def _waits(self) -> bool:
        return await uploads.waits(self._keeper) or await exports.waits(self._keeper)

    async def _trim(self) -> None:
        """Each hour, what was kept as long as it is to be kept goes."""
        if _now() - self._trimmed > _TRIM_EVERY_S:
            self._trimmed = _now()
            await trim_uploads(self._keeper)
            await trim_exports(self._keeper, now_of(self._clock))

    async def _start(self) -> None:
        """From its start to its end."""
        child = await self._launcher.start(self._command)
        try:
            while child.poll() is None:  # a process tells no event
                await self._trim()
                await asyncio.sleep(LOOK_S)
        finally:
            await asyncio.to_thread(_stop, child)
        if child.returncode:
            raise FilesEndedError(f"it ended with {child.returncode}")


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Has it give back what it has in hand, or kills it."""
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


class _Day:
    """Several that work beside each other, and go home together."""

    def __init__(self, quiet_s: float) -> None:
        self._quiet_s = quiet_s
        self._last = _now()
        self._busy = 0

    async def work(self, turn: Turn) -> None:
        """Until none of them had anything to do for so long."""
        while not self._over():
            if not await self._at_work(turn):
                await asyncio.sleep(LOOK_S)

    async def _at_work(self, turn: Turn) -> bool:
        self._busy += 1
        try:
            worked = await turn()
        finally:
            self._busy -= 1
        if worked:
            self._last = _now()
        return worked

    def _over(self) -> bool:
        return not self._busy and _now() - self._last > self._quiet_s


def _now() -> float:
    return asyncio.get_running_loop().time()


async def work_until_quiet(turns: Sequence[Turn], quiet_s: float = QUIET_S) -> None:
    """Works on all kinds of files beside each other, until none came for `quiet_s`."""
    day = _Day(quiet_s)
    async with asyncio.TaskGroup() as group:
        for turn in turns:
            group.create_task(day.work(turn))


def run_files(opened: Opened) -> int:
    """The whole process of files; its exit status.

    Args:
        opened: what works on them.
    """
    log_as_json()
    os.nice(_GIVES_WAY)
    status = 0
    with rarely_collecting():
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_work(opened))
        except* Exception:  # noqa: BLE001 - whatever it is, the process ends
            # Said by the worker, too, which starts it again, each time a little later.
            _log.exception("interrupted")
            status = 1
    return status


async def _work(opened: Opened) -> None:
    stop = ending()
    _log.info("started", pid=os.getpid())
    async with opened() as turns:
        working = asyncio.create_task(work_until_quiet(turns))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        for task in (working, stopping):
            task.cancel()
        [ended, _] = await asyncio.gather(working, stopping, return_exceptions=True)
    if isinstance(ended, Exception):
        raise ended
    _log.info("stopped")
