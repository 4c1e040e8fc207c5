"""A worker's day with uploads: it works on the one whose turn it is a while, and gives it back."""

from collections.abc import Awaitable, Callable
from typing import Final

from dianchi.domain.refusals import Refused
from dianchi.exchange.sheets.faults import refused_file
from dianchi.store.readers import Readers
from dianchi.store.turns import Worker
from dianchi.uploads.jobs import Lease, take
from dianchi.uploads.reading import read_file
from dianchi.uploads.upload import FAILED, READING
from dianchi.uploads.working import Record, Work

TURN: Final = 20
"""Slices of one upload before the next has its turn."""


class Runner(Worker[Lease]):
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
        super().__init__(uploader, "upload")
        self._record = record
        self._refresh = refresh

    async def take(self) -> Lease | None:
        """The upload that waits longest for its turn."""
        lease = await take(self.keeper, self.me)
        if lease is not None:
            await self._refresh()
        return lease

    async def work(self, lease: Lease) -> None:
        """Reads its file, or works on some of its slices."""
        if lease.job.state == READING:
            await read_file(lease)
        else:
            await Work(lease, self._record).turn(TURN)

    async def fail(self, lease: Lease) -> None:
        """Ends it; what was recorded stays."""
        await lease.end(FAILED, _our_fault())


def _our_fault() -> Refused:
    return refused_file(
        "internal_error",
        ("服务处理这个文件时出错", "the service failed on this file"),
        (
            "已记入的行不会重复；请把文件交给平台运行者查看",
            "what was recorded is not doubled; show the file to who runs the service",
        ),
    )
