"""Token buckets: how often a sign-in may be tried before it costs anything."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_MOST_KEPT: Final = 100_000


class TooMany(Exception):  # noqa: N818 - an answer, not a failure
    """Too many tries; `wait_s` says when the next may follow."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"try again in {wait_s} s")
        self.wait_s = wait_s


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Buckets:
    """One bucket for each name: `most` tries at once, one more every `every_s` seconds."""

    def __init__(
        self, most: int, every_s: float, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._every_s = every_s
        self._ticks = ticks
        self._kept: dict[str, _Bucket] = {}

    def take(self, name: str) -> None:
        """Takes one try.

        Raises:
            TooMany: none is left.
        """
        bucket = self._filled(name)
        if bucket.left < 1:
            raise TooMany(max(1, math.ceil((1 - bucket.left) * self._every_s)))
        bucket.left -= 1

    def spend(self, name: str, tries: float) -> None:
        """Takes what something did cost, once it is known; what is not left is owed."""
        self._filled(name).left -= tries

    def owed_s(self, name: str) -> int:
        """Seconds until nothing is owed any more; 0 where nothing is."""
        if name not in self._kept:
            return 0
        return max(0, math.ceil(-self._filled(name).left * self._every_s))

    def give_back(self, name: str) -> None:
        """Gives one try back: it was a good one."""
        bucket = self._filled(name)
        bucket.left = min(self._most, bucket.left + 1)

    def _filled(self, name: str) -> _Bucket:
        now = self._ticks()
        bucket = self._kept.get(name)
        if bucket is None:
            self._make_room(now)
            bucket = self._kept[name] = _Bucket(self._most, now)
        gained = (now - bucket.at) / self._every_s
        bucket.left, bucket.at = min(self._most, bucket.left + gained), now
        return bucket

    def _make_room(self, now: float) -> None:
        """Forgets the full buckets, which say nothing; of too many others, the oldest half."""
        if len(self._kept) < _MOST_KEPT:
            return
        full = self._most * self._every_s
        kept = {name: one for name, one in self._kept.items() if now - one.at < full}
        newest = sorted(kept.items(), key=lambda each: -each[1].at)
        self._kept = dict(newest[: _MOST_KEPT // 2])
