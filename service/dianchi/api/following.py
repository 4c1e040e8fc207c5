"""Readers that follow the log on open connections: counted, woken and sent away together."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from dianchi.api.problems import refuse
from dianchi.store.feed import BEGINNING, end_of_log
from dianchi.store.readers import Lender

MOST: Final = 1_000
MOST_OF_ONE: Final = 20
"""Of one organisation."""
_PAUSE_S: Final = 0.2


class Followers:
    """Tells when the log grew, by one question for all who wait.

    Attributes:
        ending: set when the service ends: whoever follows must go.
    """

    def __init__(self, readers: Lender) -> None:
        self.ending = asyncio.Event()
        self._readers = readers
        self._asking: asyncio.Task[int] | None = None
        self._end = BEGINNING
        self._of: Counter[str] = Counter()

    def must_have_room(self, organisation: str) -> None:
        """Lets one more of an organisation in.

        Raises:
            Refused: `too_many_streams`.
        """
        if self._of[organisation] >= MOST_OF_ONE or self._of.total() >= MOST:
            raise refuse(
                "too_many_streams",
                ("同时打开的事件流过多", "too many event streams are open"),
                (
                    f"每个单位最多 {MOST_OF_ONE} 个；请关闭一个，或分页读取",
                    f"an organisation may have {MOST_OF_ONE}: close one, or read page by page",
                ),
            )

    @contextmanager
    def place(self, organisation: str) -> Iterator[None]:
        """A place among the followers, as long as the block lasts."""
        self._of[organisation] += 1
        try:
            yield
        finally:
            self._of[organisation] -= 1

    async def wait(self, seen: int, longest_s: float) -> bool:
        """Until the log goes on behind an index, the service ends, or so long.

        Returns:
            Whether the log goes on.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + longest_s
        while self._end <= seen and not self.ending.is_set() and loop.time() < until:
            self._end = await asyncio.shield(self._ask())
        return self._end > seen

    def _ask(self) -> asyncio.Task[int]:
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._look())
        return self._asking

    async def _look(self) -> int:
        await asyncio.sleep(_PAUSE_S)
        return await end_of_log(self._readers)
