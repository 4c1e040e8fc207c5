"""The book of the story: every report as its organisation would send it, and when it arrived."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid5

from dianchi.demo.clock import DAY_US, MINUTE_US, day_of, written
from dianchi.demo.firms import Post
from dianchi.demo.plan import Plan

Data = dict[str, Any]
_SPACE: Final = UUID("5a3c9a52-6f0e-4d0e-9e0f-6b1d53000053")
_DELAYS: Final = ((0.72, 600), (0.95, 4 * 1440), (1.0, 8 * 1440))
"""How soon firms report: most within ten hours, nearly all within four days, none late."""


class Planned(NamedTuple):
    """One report: when it arrives, who sends it, and its body."""

    recorded_us: int
    occurred_us: int
    number: int
    post: Post
    raw: Data


class Lie(NamedTuple):
    """One dishonest life: what was done and the code of the finding that shows it.

    `subject` is what the finding is about: the battery, the batch that it went into, or a firm.
    """

    battery: str
    kind: str
    expected_code: str
    event_ids: tuple[str, ...]
    subject: str


@dataclass(slots=True)
class Book:
    """Collects reports; what would happen at or after the horizon has not happened.

    Attributes:
        rng: draws delays, in the order of telling.
        honest: names of batteries that nobody lied about.
        tainted: names that a lie touched.
    """

    plan: Plan
    rng: Random
    reports: list[Planned] = field(default_factory=list)
    lies: list[Lie] = field(default_factory=list)
    honest: dict[str, None] = field(default_factory=dict)
    tainted: set[str] = field(default_factory=set)
    _told: int = 0

    def has_happened(self, at_us: int) -> bool:
        """Whether a moment lies within the story."""
        return at_us < self.plan.horizon_us

    def tell(
        self,
        post: Post,
        kind: str,
        at_us: int,
        data: Data,
        battery: str | None = None,
        *,
        late_days: int | None = None,
    ) -> str:
        """Adds a report and answers its event id; beyond the horizon nothing is added."""
        self._told += 1
        event_id = str(uuid5(_SPACE, f"{self.plan.name}/{self._told}"))
        delay_us = self._delay_us() if late_days is None else late_days * DAY_US
        if not self.has_happened(at_us):
            return event_id
        raw: Data = {"event_id": event_id, "type": kind, "occurred_at": written(at_us)}
        if battery is not None:
            raw["battery"] = battery
        if post.site is not None and kind not in _PLACELESS:
            raw["site"] = post.site
        recorded_us = min(at_us + delay_us, self.plan.horizon_us)
        self.reports.append(Planned(recorded_us, at_us, self._told, post, raw | {"data": data}))
        return event_id

    def only_the_day(self, event_id: str) -> None:
        """Makes the report just told one that knows its day only, as spreadsheets do."""
        last = self.reports[-1]
        if last.raw["event_id"] == event_id:
            last.raw["occurred_at"] = str(day_of(last.occurred_us))

    def _delay_us(self) -> int:
        draw = self.rng.random()
        most = next(minutes for share, minutes in _DELAYS if draw <= share)
        return self.rng.randrange(5, most) * MINUTE_US

    def in_order(self) -> list[Planned]:
        """All reports in the order in which they arrive."""
        return sorted(self.reports, key=lambda planned: planned[:3])

    def truth(self) -> Mapping[str, Any]:
        """What the detectors must find, and whom they must leave alone."""
        spoken = _spoken_of(self.reports)
        names = [name for name in self.honest if name in spoken and name not in self.tainted]
        return {
            "synthetic": True,
            "lies": [lie._asdict() for lie in self.lies],
            "honest": names,
        }


_PLACELESS: Final = frozenset(
    (
        "sold",
        "owner_changed",
        "counted",
        "lot_declared",
        "voided",
        "corrected",
        "recall_opened",
        "recall_closed",
        "remedied",
    )
)


def _spoken_of(reports: Iterable[Planned]) -> set[str]:
    found: set[str] = set()
    for planned in reports:
        found.update((planned.raw.get("battery", ""), planned.raw["data"].get("name", "")))
        for member in ("children", "batteries"):
            listed = planned.raw["data"].get(member, ())
            found.update(line["battery"] for line in listed if isinstance(line, dict))
    return found
