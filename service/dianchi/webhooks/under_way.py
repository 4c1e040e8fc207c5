"""What is being sent: several at a time, each for one receiver."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from asyncpg.pgproto.pgproto import UUID


class UnderWay:
    """Tasks, and for whom each is."""

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[None], UUID] = {}

    def __len__(self) -> int:
        """How many are being sent."""
        return len(self._tasks)

    @property
    def receivers(self) -> list[UUID]:
        """Those for whom something is being sent."""
        return list(set(self._tasks.values()))

    def begin(self, sending: Coroutine[Any, Any, None], receiver: UUID) -> None:
        """Begins to send."""
        self._tasks[asyncio.create_task(sending)] = receiver

    async def wait(self, longest_s: float | None = None) -> None:
        """Until something is done, or so long; what failed of it is raised."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=longest_s, return_when=asyncio.FIRST_COMPLETED)
        elif longest_s is not None:
            await asyncio.sleep(longest_s)
        self.forget_done()

    def forget_done(self) -> None:
        """Lets go of what is done; what failed of it is raised."""
        for task in [task for task in self._tasks if task.done()]:
            del self._tasks[task]
            task.result()

    async def give_up(self) -> None:
        """Ends all: it is sent again by whoever comes next."""
        tasks = list(self._tasks)
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
