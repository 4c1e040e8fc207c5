"""What follows the log and sends what it found there; any number may work side by side."""

from abc import ABC, abstractmethod
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Final, Self

from dianchi.access.keys import now_of
from dianchi.ports import Clock
from dianchi.store.readers import Readers
from dianchi.store.rights import COURIER, PROJECTOR, READER
from dianchi.webhooks.letters import Lenders
from dianchi.webhooks.sending import Sender
from dianchi.webhooks.under_way import UnderWay

PAUSE_S: Final = 0.5


class Carrier(ABC):
    """Works through the log, and through what is due.

    Args:
        dsn: of the database.
        sender: sends, and is closed at the end.
        clock: the machine's.
        own: how many connections read as organisations at most.
    """

    def __init__(self, dsn: str, sender: Sender, clock: Clock, *, own: int) -> None:
        self._book = Readers(dsn, most=4, role=COURIER)
        reading = Readers(dsn, most=own, role=READER)
        self._lenders = Lenders(reading, Readers(dsn, most=2, role=PROJECTOR))
        self._sender, self._clock = sender, clock
        self._under_way = UnderWay()

    async def __aenter__(self) -> Self:
        """Work until the block ends."""
        self._stack = AsyncExitStack()
        for readers in (self._book, *self._lenders):
            await self._stack.enter_async_context(readers)
        self._stack.push_async_callback(self._sender.aclose)
        return self

    async def __aexit__(self, *_: object) -> None:
        """What is under way is sent again by whoever comes next."""
        await self._under_way.give_up()
        await self._stack.aclose()

    async def run(self) -> None:
        """Works for ever.

        Raises:
            OSError, asyncpg.PostgresError: the database is gone.
        """
        try:
            while True:
                looked = await self.look_through()
                if not await self.start_sending() and not looked:
                    await self._under_way.wait(PAUSE_S)
                await self._sweep()
        finally:
            await self._under_way.give_up()

    async def work_off(self) -> None:
        """Looks through the log to its end and sends what is due now."""
        while await self.look_through():
            pass
        while await self.start_sending() or self._under_way:
            await self._under_way.wait()

    @abstractmethod
    async def look_through(self) -> bool:
        """A stretch of the log for one receiver; whether there was one that is behind."""

    @abstractmethod
    async def start_sending(self) -> bool:
        """Begins to send what is due; whether anything was."""

    async def _sweep(self) -> None:  # noqa: B027 - not every one keeps what grows old
        """Deletes what is old."""

    @property
    def _now(self) -> datetime:
        return now_of(self._clock)
