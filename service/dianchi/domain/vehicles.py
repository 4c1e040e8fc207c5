"""Which batteries a vehicle has by the reports that name its VIN, and what does not fit.

车电一体报废: a vehicle scrapped without its battery counts as incomplete, swap-type vehicles aside;
a battery that differs from the record needs a record of its replacement (domain study 3).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from dianchi.domain.findings import Finding
from dianchi.domain.life import Event
from dianchi.domain.standing import HOSTED
from dianchi.domain.told import NAME_A_VEHICLE

_FITTED: Final = frozenset(("installed", "sold"))
_TELLS_WHAT_WAS_THERE: Final = frozenset(("vehicle_scrapped", "collected"))
"""Only these can say something else than the reports before them."""


@dataclass(slots=True)
class Vehicle:
    """What the reports so far say of one vehicle.

    Attributes:
        fitted: the batteries in it, each with the event that put it there.
        left: batteries taken out that nothing replaced.
        seen: every battery ever known in it.
        taken_out: somebody reported that a battery was taken out.
        swaps: its batteries are meant to be changed.
    """

    fitted: dict[str, Event] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    taken_out: bool = False
    swaps: bool = False

    def fit(self, name: str, event: Event) -> None:
        """Puts a battery in."""
        self.fitted[name] = event
        self.seen.add(name)
        self.left.discard(name)

    def take(self, name: str, replacement: str, event: Event) -> None:
        """Takes a battery out, and puts in what is said to replace it, if anything is."""
        self.taken_out = True
        self.seen.add(name)
        self.fitted.pop(name, None)
        if replacement:
            self.fit(replacement, event)
        else:
            self.left.add(name)


@dataclass(frozen=True, slots=True)
class OfVehicle:
    """A finding of a vehicle and the batteries whose lives show it too."""

    finding: Finding
    batteries: frozenset[str]


def vehicle_findings(
    events: Iterable[Event], same: Mapping[str, str] | None = None
) -> list[OfVehicle]:
    """What does not fit among the uncorrected events that share one VIN, in any order.

    Args:
        events: of all streams.
        same: the canonical name of a battery by its other names, as far as known.
    """
    names = same or {}
    naming = [event for event in events if event.type in NAME_A_VEHICLE]
    if not any(event.type in _TELLS_WHAT_WAS_THERE for event in naming):
        return []
    vehicle = Vehicle()
    absent: list[Event] = []
    found: list[OfVehicle] = []
    for event in sorted(naming, key=lambda event: event.key):
        if event.type == "vehicle_scrapped" and not event.data["battery_present"]:
            absent.append(event)
            continue
        name = names.get(event.subject, event.subject)
        found.extend(_mismatch(vehicle, name, event))
        replacement = str(event.data.get("replaced_by", ""))
        _follow(vehicle, name, names.get(replacement, replacement), event)
    return found + [one for event in absent for one in _without_battery(vehicle, event)]


def fitted_in(events: Iterable[Event], same: Mapping[str, str] | None = None) -> dict[str, Event]:
    """The batteries in a vehicle, each with the event that put it there, by these reports alone.

    Args:
        events: uncorrected, that share one VIN, in any order.
        same: the canonical name of a battery by its other names, as far as known.
    """
    names = same or {}
    vehicle = Vehicle()
    for event in sorted(events, key=lambda event: event.key):
        if event.type in NAME_A_VEHICLE and event.data.get("battery_present") is not False:
            replacement = str(event.data.get("replaced_by", ""))
            name = names.get(event.subject, event.subject)
            _follow(vehicle, name, names.get(replacement, replacement), event)
    return vehicle.fitted


def _follow(vehicle: Vehicle, name: str, replacement: str, event: Event) -> None:
    vehicle.swaps |= event.data.get("swap_capable") is True
    if event.type in _FITTED or event.data.get("stage") in HOSTED:
        vehicle.fit(name, event)
    else:
        vehicle.take(name, replacement, event)


def _without_battery(vehicle: Vehicle, scrapped: Event) -> Iterator[OfVehicle]:
    if vehicle.swaps or (vehicle.taken_out and not vehicle.fitted):
        return
    if not vehicle.fitted:
        yield OfVehicle(Finding("vehicle_without_battery", (scrapped.event_id,)), frozenset())
    for name, event in sorted(vehicle.fitted.items()):
        yield OfVehicle(
            Finding("vehicle_without_battery", _in_order(event, scrapped), {"name": name}),
            frozenset((name,)),
        )


def _mismatch(vehicle: Vehicle, name: str, event: Event) -> Iterator[OfVehicle]:
    """A vehicle that comes with another battery than the last one known in it.

    Names of another scheme are not compared: they may be other names of the same battery.
    """
    if event.type == "vehicle_scrapped":
        explained = name in vehicle.fitted or name in vehicle.left
    elif event.type == "collected":
        explained = name in vehicle.seen
    else:
        return
    known = {other: e for other, e in vehicle.fitted.items() if _scheme(other) == _scheme(name)}
    if explained or not known:
        return
    last = max(known.values(), key=lambda event: event.key)
    values = {
        "what": "vehicle",
        "found": name,
        "known": "、".join(sorted(known)),
        "type": event.type,
    }
    yield OfVehicle(
        Finding("code_mismatch", _in_order(last, event), values), frozenset((name, *known))
    )


def _scheme(name: str) -> str:
    return name.partition(":")[0] if ":" in name else ""


def _in_order(*events: Event) -> tuple[str, ...]:
    return tuple(event.event_id for event in sorted(events, key=lambda event: event.key))
