"""When something is tried again, and when not: decisions without a clock of their own."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from dianchi_client.sdk.failures import (
    DianchiError,
    Problem,
    UnexpectedAnswer,
    lost_failure,
    refusal,
)
from dianchi_client.sdk.wire import Answer, Lost

PASSING: Final = frozenset((408, 425, 429, 500, 502, 503, 504))
"""Statuses that may be others in a moment. Every call here can be repeated: reports carry their
`event_id`, all else only reads."""
PASSING_CODES: Final = frozenset(("try_again", "receipt_not_ready", "not_ready", "internal_error"))
"""Codes of problems that may be gone in a moment, whatever their status."""
_GOOD: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class Retries:
    """How patient a client is.

    Attributes:
        total_s: after so long without success a call fails; 0 tries once.
        first_s: most that is waited before the second try; doubled with each further one.
        cap_s: most that is ever waited, unless the service asks for more.
        clock: seconds; only differences count.
        dice: 0 to 1.
    """

    total_s: float = 60.0
    first_s: float = 0.25
    cap_s: float = 10.0
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    dice: Callable[[], float] = field(default=random.random, repr=False)


class Attempts:
    """The tries of one call: what became of each decides about the next."""

    def __init__(self, retries: Retries) -> None:
        self._retries = retries
        self._until = retries.clock() + retries.total_s
        self.tries = 0

    def left_s(self, most: float) -> float:
        """How long the next try may take, at most `most`; what is begun gets a second."""
        left: float = min(most, self._until - self._retries.clock())
        return max(left, 1.0)

    def wait_s(self, outcome: Answer | Lost) -> float:
        """How long to wait before the next try.

        Raises:
            DianchiError: there is no point in another one, or no time.
        """
        self.tries += 1
        if not is_passing(outcome):
            raise failure_of(outcome, self.tries)
        return self.pause_s(outcome)

    def pause_s(self, outcome: Answer | Lost) -> float:
        """How long to wait, where it is known that trying again makes sense.

        Jitter keeps thousands of clients from coming back at one moment. What the service asks
        for is waited for, and a little more.

        Raises:
            DianchiError: there is no time left for another try.
        """
        limit = min(self._retries.cap_s, self._retries.first_s * 2 ** min(self.tries - 1, 30))
        asked = retry_after_s(outcome)
        wait: float = limit * self._retries.dice() + (asked or 0.0)
        if self._retries.clock() + wait > self._until:
            raise failure_of(outcome, self.tries)
        return wait


def is_passing(outcome: Answer | Lost) -> bool:
    """Whether another try may end otherwise."""
    if isinstance(outcome, Lost):
        return not outcome.for_good
    if outcome.status in PASSING or outcome.status in _GOOD:
        # A good status with an unreadable body: something between cut or replaced it.
        return True
    problem = problem_of(outcome)
    return problem is not None and problem.code in PASSING_CODES


def problem_of(answer: Answer) -> Problem | None:
    """The problem document of an answer, if it is one."""
    try:
        return Problem.read(json.loads(answer.body))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def failure_of(outcome: Answer | Lost, tries: int) -> DianchiError:
    """The error to raise for what became of a request."""
    if isinstance(outcome, Lost):
        return lost_failure(outcome, tries)
    problem = problem_of(outcome)
    if problem is None:
        return UnexpectedAnswer(outcome.status, shown(outcome.body))
    return refusal(outcome, problem, tries, retry_after_s(outcome))


def shown(body: bytes) -> str:
    """The beginning of an answer, for a sentence."""
    return repr(body[:80].decode("utf-8", "replace")) if body else "没有内容 empty"


def retry_after_s(outcome: Answer | Lost) -> float | None:
    """What `Retry-After` asks for: seconds, or until a date (RFC 9110, 10.2.3)."""
    told = outcome.headers.get("retry-after") if isinstance(outcome, Answer) else None
    if told is None:
        return None
    if told.isascii() and told.isdigit():
        return float(told)
    try:
        then = parsedate_to_datetime(told)
        return max((then - _now(outcome)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


def _now(outcome: Answer | Lost) -> datetime:
    """The service's own time, by its `Date`, so that a wrong clock of ours does not matter."""
    told = outcome.headers.get("date") if isinstance(outcome, Answer) else None
    return parsedate_to_datetime(told) if told else datetime.fromtimestamp(time.time(), UTC)


def json_of(answer: Answer) -> Any:  # noqa: ANN401 - JSON
    """The JSON of a good answer; None where it is none."""
    if answer.status not in _GOOD:
        return None
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
