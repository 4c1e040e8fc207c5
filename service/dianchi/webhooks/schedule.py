"""When what failed is tried again, and when it is given up."""

import random
from datetime import datetime, timedelta
from typing import Final

# As Standard Webhooks recommends, and two days more: a holiday weekend may pass.
_SCHEDULE_S: Final = (
    *(5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000),
    *(86_400, 86_400, 86_400),
)
MOST_TRIES: Final = len(_SCHEDULE_S) + 1
DISABLED_AFTER: Final = timedelta(days=5)
"""A webhook at which nothing was taken for so long is disabled."""
_FIRST_S: Final = 5
_LONGEST_S: Final = 3_600
_TIMES: Final = 3
_SPREAD: Final = 0.2
_chance: Final = random.SystemRandom()


def next_try(tries: int, now: datetime) -> datetime | None:
    """When a message is sent again that failed so often; None where it is given up."""
    if tries >= MOST_TRIES:
        return None
    return now + _spread(_SCHEDULE_S[tries - 1])


def next_probe(failures: int, now: datetime, wait_s: int = 0) -> datetime:
    """When a webhook is tried again at which everything failed lately, so often in a row.

    Args:
        failures: in a row.
        now: of the last of them.
        wait_s: seconds that its receiver asked to be left alone.
    """
    pause = min(_FIRST_S * _TIMES ** min(failures - 1, 10), _LONGEST_S)
    return now + max(_spread(pause), timedelta(seconds=wait_s))


def _spread(seconds: float) -> timedelta:
    """About so long: receivers that failed together are not tried together."""
    return timedelta(seconds=seconds * _chance.uniform(1 - _SPREAD, 1 + _SPREAD))
