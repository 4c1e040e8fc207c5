"""Calls of the client, run by hand: the test plays the network, the clock and the dice."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from dianchi_client import Retries
from dianchi_client.sdk.session import Session
from dianchi_client.sdk.tokens import Credentials
from dianchi_client.sdk.wire import (
    Answer,
    Call,
    Effect,
    Hear,
    Lost,
    Pause,
    Request,
    Shut,
    Take,
    Work,
)

Outcome = Answer | Lost | Callable[[Request], Answer | Lost]
CUT: Final = Lost("reset", sent=True)


@dataclass(slots=True)
class Line:
    """Plays the service: gives one outcome after the other, and notes what was asked."""

    outcomes: Iterator[Outcome]
    source: list[dict[str, Any]] = field(default_factory=list)
    at: float = 0.0
    asked: list[Request] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def session(self, **credentials: Any) -> Session:
        retries = Retries(total_s=60, first_s=1, cap_s=8, clock=lambda: self.at, dice=lambda: 1.0)
        given = Credentials("dk_key", **credentials)
        return Session(given, retries, timeout_s=30, service="https://example.cn")

    def run(self, call: Call[Any]) -> Any:
        """Runs a call against the outcomes; time passes only in pauses."""
        became: object = None
        try:
            while True:
                effect = call.send(became)
                became = self._became(effect)
        except StopIteration as end:
            return end.value

    def _became(self, effect: Effect) -> object:
        match effect:
            case Request():
                self.asked.append(effect)
                outcome = next(self.outcomes)
                return outcome(effect) if callable(outcome) else outcome
            case Pause(seconds):
                self.pauses.append(seconds)
                self.at += seconds
                return None
            case Take(most):
                taken, self.source = self.source[:most], self.source[most:]
                return taken
            case Work(act):
                return act()
            case Hear() | Shut():
                raise AssertionError("no call here keeps a line open")


def meets(*outcomes: Outcome) -> Line:
    """A line on which these outcomes come, one after the other."""
    return Line(iter(outcomes))


def problem(status: int, code: str, **headers: str) -> Answer:
    fault = {
        "code": code,
        "pointer": "/occurred_at",
        "value": "2036-01-01",
        "message": {"zh": "发生时间在将来", "en": "it lies in the future"},
        "way_out": {"zh": "请核对日期", "en": "check the date"},
    }
    told = {
        "type": f"/docs/problems#{code}",
        "title": "t",
        "status": status,
        "code": code,
        "detail": "d",
        "errors": [fault],
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, json.dumps(told).encode())
