"""The stay of a battery in a store: since when, under whose role, and in which safety class."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from dianchi.domain.fields import microseconds
from dianchi.domain.life import Event
from dianchi.domain.members import party_key

_ENTRIES: Final = frozenset(("collected", "received", "entered"))
_BACK: Final = frozenset(("declined", "returned"))
_UNRATED: Final = "unassessed"


@dataclass(frozen=True, slots=True)
class Stay:
    """A battery in store.

    Attributes:
        entry: the event by which it came in, or came back.
        start_us: since when, UTC microseconds.
        role: of the organisation that stores it.
        rated: the event that last changed its safety class, if any.
    """

    entry: Event
    start_us: int
    role: str
    rated: Event | None = None

    @property
    def keeper(self) -> str:
        """Who stores it: whoever took it in, or the sender to whom it came back."""
        if self.entry.type in _BACK:
            return party_key(self.entry.data["sender"])
        return self.entry.organisation

    def counts_from(self, safety: str) -> int:
        """When the term of a class began: for B and C not before it was given."""
        if self.rated is None or safety in ("A", _UNRATED):
            return self.start_us
        return max(self.start_us, self.rated.occurred_us)

    def evidence(self, safety: str) -> tuple[str, ...]:
        """The entry, and the rating where the term counts from it."""
        if self.rated is None or self.counts_from(safety) == self.start_us:
            return (self.entry.event_id,)
        return self.entry.event_id, self.rated.event_id


class Stayed(NamedTuple):
    """A stay, the safety class that counted at its end or counts now, and what ended it."""

    stay: Stay
    safety: str
    ended_by: Event | None


def stays_of(told: Iterable[Event]) -> list[Stayed]:
    """The stays of a battery, by its events in order; the last may still go on.

    A stay goes on until the battery is handed over or somebody else takes it in: no other report
    of the store begins its term anew.
    """
    every: list[Stayed] = []
    stay: Stay | None = None
    sender_role = "outlet"
    rated: Event | None = None
    safety = _UNRATED
    for event in told:
        if event.type == "dispatched":
            sender_role = event.role
        after = _after(stay, event, sender_role)
        if stay is not None and after is not stay:
            every.append(Stayed(replace(stay, rated=rated), safety, event))
        stay = after
        told_class = event.data.get("safety_class", _UNRATED)
        if told_class not in (_UNRATED, safety):
            safety, rated = told_class, event
    if stay is not None:
        every.append(Stayed(replace(stay, rated=rated), safety, None))
    return every


def _after(stay: Stay | None, event: Event, sender_role: str) -> Stay | None:
    if event.type == "dispatched":
        return None
    if event.type in _BACK:
        return Stay(event, event.occurred_us, sender_role)
    if event.type in _ENTRIES:
        again = stay is not None and stay.entry.organisation == event.organisation
        return stay if again else Stay(event, event.occurred_us, event.role)
    if event.type == "declared" and event.data["stage"] == "collected":
        since = event.data.get("since")
        return Stay(event, microseconds(since) if since else event.occurred_us, event.role)
    return stay
