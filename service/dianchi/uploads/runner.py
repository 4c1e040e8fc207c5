"""A worker's day: it takes the upload whose turn it is, works on it a while, gives it back."""

from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg
import structlog

from dianchi.domain.refusals import Refused
from dianchi.exchange.sheets.faults import refused_file
from dianchi.store.names import UUID, new_id
from dianchi.store.readers import Readers
from dianchi.uploads.jobs import Lease, LeaseLostError, kept, take
from dianchi.uploads.reading import read_file
from dianchi.uploads.upload import FAILED, READING
from dianchi.uploads.working import Record, Work

TURN: Final = 20
"""Slices of one upload before the next has its turn."""
_OURS: Final = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
"""What the database says of values, not of its own state: said again however often it is asked."""
_log: Final = structlog.get_logger("dianchi.uploads")


class Runner:
    """Works on uploads, turn by turn.

    Args:
        uploader: connections of the uploads' own role.
        record: where their rows go.
        refresh: has the recorder know the registry of now.
    """

    def __init__(
        self,
        uploader: Readers,
        record: Record,
        refresh: Callable[[], Awaitable[object]],
    ) -> None:
        self._uploader = uploader
        self._record = record
        self._refresh = refresh
        self._me: UUID = new_id()

    async def once(self) -> bool:
        """One turn; whether there was any to take."""
        lease = await take(self._uploader, self._me)
        if lease is None:
            return False
        await self._refresh()
        try:
            async with kept(lease):
                await self._guarded(lease)
        except LeaseLostError:
            _log.info("upload given up", upload=str(lease.upload.id))
        return True

    async def _guarded(self, lease: Lease) -> None:
        """A file that this program cannot work on ends alone: others wait behind it."""
        try:
            await self._go_on(lease)
        except (LeaseLostError, OSError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            raise
        except Exception as error:
            if isinstance(error, asyncpg.PostgresError) and not isinstance(error, _OURS):
                raise
            _log.exception("upload failed", upload=str(lease.upload.id))
            await lease.end(FAILED, _our_fault())

    async def _go_on(self, lease: Lease) -> None:
        if lease.upload.state == READING:
            await read_file(lease)
        else:
            await Work(lease, self._record).turn(TURN)


def _our_fault() -> Refused:
    return refused_file(
        "internal_error",
        ("服务处理这个文件时出错", "the service failed on this file"),
        (
            "已记入的行不会重复；请把文件交给平台运行者查看",
            "what was recorded is not doubled; show the file to who runs the service",
        ),
    )
