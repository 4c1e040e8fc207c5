"""Reports at a steady rate, and how long after its answer each receipt is there.

Beside the reports the receipt of every `EVERY`-th is asked for again and again, as a patient client
would; those requests are a load of their own and part of what is measured.
"""

import heapq
import selectors
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from dianchi.bench.client import STATUS, Line, NotServedError, opened

CONNECTIONS: Final = 48
EVERY: Final = 25
AGAIN_S: Final = 0.05
_PATIENCE_S: Final = 30.0
_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Paced:
    """What was seen: seconds from an answer to its receipt; the receipts by place.

    `answered`: when each report was answered, of `time.perf_counter`, by place.
    """

    seconds: float
    waits_s: list[float]
    receipts: dict[int, bytes]
    answered: dict[int, float]


def pace(port: int, posts: Sequence[bytes], asks: Sequence[bytes], rate: float) -> Paced:
    """Sends `posts` at a rate; `asks` are the requests for the receipts of each.

    Raises:
        NotServedError: a report was not recorded.
        TimeoutError: a receipt did not come.
    """
    with opened(port, CONNECTIONS) as (selector, lines):
        return _Pace(selector, deque(lines), posts, asks, rate).run()


def steady(port: int, posts: Sequence[bytes], rate: float) -> list[float]:
    """Sends `posts` at a rate; the seconds from when each was due to its answer.

    Raises:
        NotServedError: a report was not recorded.
    """
    with opened(port, CONNECTIONS) as (selector, lines):
        this = _Pace(selector, deque(lines), posts, (), rate)
        this.run()
        return this.answers


@dataclass(slots=True)
class _Pace:
    selector: selectors.BaseSelector
    idle: deque[Line]
    posts: Sequence[bytes]
    asks: Sequence[bytes]
    rate: float
    due: list[tuple[float, int, bool]] = field(default_factory=list)
    busy: dict[int, tuple[Line, int, bool]] = field(default_factory=dict)
    answered: dict[int, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    began: float = 0.0
    receipts: dict[int, bytes] = field(default_factory=dict)

    def run(self) -> Paced:
        began = self.began = time.perf_counter()
        # True: a report; False: the question for its receipt.
        self.due = [(began + n / self.rate, n, True) for n in range(len(self.posts))]
        while self.due or self.busy:
            self._send_what_is_due()
            self._take_what_came()
            if time.perf_counter() > began + len(self.posts) / self.rate + _PATIENCE_S:
                raise TimeoutError("some receipts do not come")
        return Paced(time.perf_counter() - began, self.waits, self.receipts, self.answered)

    def _send_what_is_due(self) -> None:
        now = time.perf_counter()
        while self.due and self.idle and self.due[0][0] <= now:
            _, place, report = heapq.heappop(self.due)
            # In turn: the service lets go whoever never begins a request.
            line = self.idle.popleft()
            self.busy[id(line)] = line, place, report
            line.send(self.posts[place] if report else self.asks[place])

    def _take_what_came(self) -> None:
        rest = self.due[0][0] - time.perf_counter() if self.due and self.idle else 1.0
        for key, _ in self.selector.select(max(rest, 0)):
            line: Line = key.data
            if line.receive():
                _, place, report = self.busy.pop(id(line))
                self.idle.append(line)
                self._judge(b"".join(line.got), place, report=report)

    def _judge(self, answer: bytes, place: int, *, report: bool) -> None:
        now, status = time.perf_counter(), answer[STATUS]
        if report and status != b"201":
            raise NotServedError(answer[-600:].decode(errors="replace"))
        if report:
            self.answered[place] = now
            self.answers.append(now - self.began - place / self.rate)
        elif status == b"200":
            self.waits.append(now - self.answered[place])
            self.receipts[place] = answer.partition(_END)[2]
            return
        if self.asks and place % EVERY == 0:
            heapq.heappush(self.due, (now + AGAIN_S, place, False))
