"""Time in the story: moments of work, and a clock that is set instead of read."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from dianchi.domain.fields import chinese_day
from dianchi.domain.working_days import CHINA

MINUTE_US: Final = 60_000_000
DAY_US: Final = 86_400_000_000
_OFFSET_US: Final = 8 * 60 * MINUTE_US
_OPENS: Final = 8 * 60
_WORKED: Final = 10 * 60
_EPOCH_DAY: Final = date(1970, 1, 1)


class SetClock:
    """A clock that shows what the story says: fulfils the port `Clock`."""

    def __init__(self) -> None:
        self.at_us = 0

    def now_us(self) -> int:
        """UTC microseconds since 1970."""
        return self.at_us


def moment(day: date) -> int:
    """00:00 in China of a day, UTC microseconds."""
    return (day - _EPOCH_DAY).days * DAY_US - _OFFSET_US


def day_of(at_us: int) -> date:
    """The Chinese calendar day of a moment."""
    return _EPOCH_DAY + timedelta(days=chinese_day(at_us))


def at_work(after_us: int, days: int, rng: Random) -> int:
    """A moment in working hours, so many days later and never before what it follows."""
    start_us = (chinese_day(after_us) + days) * DAY_US - _OFFSET_US
    chosen_us = start_us + (_OPENS + rng.randrange(_WORKED)) * MINUTE_US
    return max(chosen_us, after_us + (20 + rng.randrange(40)) * MINUTE_US)


def written(at_us: int) -> str:
    """A moment as a Chinese system writes it."""
    return datetime.fromtimestamp(at_us // 1_000_000, CHINA).isoformat()
