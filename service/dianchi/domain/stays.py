"""The stay of a battery in a store: since when, under whose role, and in which safety class."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from dianchi.domain.fields import microseconds
from dianchi.domain.life import Event

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


def stay_of(told: Iterable[Event]) -> Stay | None:
    """The present stay of a battery whose last stage is `collected`, by its events in order."""
    stay: Stay | None = None
    sender_role = "outlet"
    rated: Event | None = None
    safety = _UNRATED
    for event in told:
        told_class = event.data.get("safety_class", _UNRATED)
        if told_class not in (_UNRATED, safety):
            safety, rated = told_class, event
        if event.type == "dispatched":
            sender_role = event.role
        stay = _after(stay, event, sender_role)
    return replace(stay, rated=rated) if stay is not None else None


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
