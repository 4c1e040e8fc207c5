"""How much of something an organisation may have within an hour."""

from typing import Final

from dianchi.ports import Clock

HOUR_US: Final = 3600 * 1_000_000


class Allowance:
    """Counts by organisation, anew each hour; in this process alone."""

    def __init__(self, clock: Clock, most: int) -> None:
        self._clock = clock
        self._most = most
        self._hour = 0
        self._taken: dict[str, int] = {}

    def take(self, organisation: str, count: int) -> bool:
        """Whether so many more are within the hour's allowance; counted only when they are."""
        hour = self._clock.now_us() // HOUR_US
        if hour != self._hour:
            self._hour, self._taken = hour, {}
        taken = self._taken.get(organisation, 0) + count
        if taken > self._most:
            return False
        self._taken[organisation] = taken
        return True
