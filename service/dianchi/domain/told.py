"""What of a life counts: the events that nobody withdrew, and what they point at."""

from collections.abc import Iterable, Sequence
from typing import Final

from dianchi.domain.life import Event, Folded
from dianchi.domain.life_event import MARKS, WITHDRAWALS

_NO_REPORTS: Final = WITHDRAWALS | MARKS
NAME_A_VEHICLE: Final = frozenset(
    ("installed", "sold", "declared", "removed", "retired", "collected", "vehicle_scrapped")
)
"""The types of events that may name a vehicle."""


def told(folded: Folded) -> Sequence[Event]:
    """The reports of a life that hold, in the order of history.

    Not what was withdrawn, no withdrawals, and no marks: an officer who looks at a battery says
    nothing of where it is, is late with nothing and ends no silence.
    """
    if not folded.life.withdrawn and folded.types.isdisjoint(MARKS):
        return folded.order
    return [
        event
        for event in folded.order
        if event.type not in _NO_REPORTS and (event.event_id, event.subject) not in folded.corrected
    ]


def withdrawn(folded: Folded) -> Sequence[Event]:
    """The events of a life that their reporters corrected; what was set aside never counted."""
    if not folded.corrected:
        return ()
    aside = {event.event_id for event in folded.order if event.type == "set_aside"}
    return [
        event
        for event in folded.order
        if folded.corrected.get((event.event_id, event.subject), "") not in {"", *aside}
    ]


def vin_of(event: Event) -> str | None:
    """The `vin_ref` that an event names, by itself or as its host."""
    if event.type not in NAME_A_VEHICLE:
        return None
    reference = event.data.get("vin_ref") or (event.data.get("host") or {}).get("vin_ref")
    return str(reference) if reference else None


def by_vehicle(events: Iterable[Event]) -> dict[str, list[Event]]:
    """The events that name a vehicle, by its `vin_ref`."""
    named: dict[str, list[Event]] = {}
    for event in events:
        if event.type in NAME_A_VEHICLE:
            vin = vin_of(event)
            if vin is not None:
                named.setdefault(vin, []).append(event)
    return named


def names_of(events: Iterable[Event], name: str) -> frozenset[str]:
    """Every name that the events of one life were reported under, `name` included."""
    return frozenset((name, *[event.subject for event in events]))
