"""Findings that span lives: hand-overs, vehicles, modules; a pure function of the sets given."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from dianchi.domain.batches import batch_findings, lot_findings
from dianchi.domain.counts import count_findings
from dianchi.domain.findings import Finding, new_only
from dianchi.domain.handover_links import Related, handover_findings, handover_key
from dianchi.domain.life import HANDOVER_SIDES, Event, Folded
from dianchi.domain.lines import Key, KeyKind
from dianchi.domain.rules import Rules
from dianchi.domain.standing import Hosted
from dianchi.domain.told import NAME_A_VEHICLE, by_vehicle, names_of, told
from dianchi.domain.vehicles import OfVehicle, vehicle_findings

__all__ = [
    "OfVehicle",
    "batch_findings",
    "count_findings",
    "link_findings",
    "lot_findings",
    "needs",
    "vehicle_findings",
]

_BIRTHS: Final = frozenset(("produced", "imported"))
_TAKE_APART: Final = frozenset(("repaired", "disassembled"))
_LIST_MODULES: Final = _BIRTHS | {"repaired"}


def needs(events: Iterable[Event], name: str) -> frozenset[Key]:
    """The keys whose sharing events `link_findings` asks for.

    Args:
        events: the life's uncorrected events, under all its names.
        name: any of its names.
    """
    own = list(events)
    keys = {Key(KeyKind.CHILD, each) for each in names_of(own, name)}
    keys.update([Key(KeyKind.VIN, vin) for vin in by_vehicle(own)])
    for event in own:
        if event.type in HANDOVER_SIDES:
            keys.add(handover_key(event))
        elif event.type in _LIST_MODULES:
            keys.update([Key(KeyKind.CHILD, module) for module in _listed(event)])
    return frozenset(keys)


def _listed(event: Event) -> Iterable[str]:
    """The modules that an event puts into the pack it is about."""
    listed: Iterable[str] = (*event.data.get("modules", ()), *event.data.get("modules_in", ()))
    return listed


def link_findings(folded: Folded, related: Related, rules: Rules) -> list[Finding]:
    """What does not fit between this life and others.

    Args:
        folded: the life.
        related: for each key of `needs`, the uncorrected events of all streams that carry it, in
            any order, own ones included (but of a vehicle they may be missing); `corrected` events
            that withdrew one line of a report may be among them.
        rules: for tolerances, by business date.
    """
    own = told(folded)
    if not own:
        return []
    names = names_of(own, own[0].subject)
    found = [
        *handover_findings(folded, own, related, rules),
        *_vehicles(folded, own, names, related),
        *_children(own, names, related),
        *_listed_twice(folded, own, names, related),
        *_products(folded, own),
    ]
    return new_only(found, known=folded.life.findings)


# --- vehicles ------------------------------------------------------------------------------------


def _vehicles(
    folded: Folded, own: Sequence[Event], names: frozenset[str], related: Related
) -> Iterator[Finding]:
    if folded.types.isdisjoint(NAME_A_VEHICLE):
        return
    canonical = min(names, key=lambda name: (":" in name, name))
    same = dict.fromkeys(names, canonical)
    for vin, mine in sorted(by_vehicle(own).items()):
        sharing = related.get(Key(KeyKind.VIN, vin), ())
        others = [event for event in sharing if event.subject not in names]
        for one in vehicle_findings([*mine, *others], same):
            shown = canonical in one.batteries
            if shown and (one.finding.code != "vehicle_without_battery" or _is_in(folded, vin)):
                yield one.finding


def _is_in(folded: Folded, vin: str) -> bool:
    """Whether nothing later says that the battery is elsewhere than in the vehicle."""
    here = folded.life.standing
    return isinstance(here, Hosted) and here.host == vin


# --- modules and parents -------------------------------------------------------------------------


def _children(own: Sequence[Event], names: frozenset[str], related: Related) -> Iterator[Finding]:
    """This module was put into a pack while it still was in another."""
    sharing = {
        event.event_id: event
        for name in names
        for event in related.get(Key(KeyKind.CHILD, name), ())
    }
    if not sharing:
        return
    every = [*sharing.values(), *(event for event in own if _left(event))]
    packs: dict[str, Event] = {}
    for event in sorted(every, key=lambda event: event.key):
        packs.pop(_left(event) or "", None)
        if names.isdisjoint(_listed(event)):
            continue
        for other, before in packs.items():
            if other != event.subject:
                yield _in_two(min(names), before, event)
        packs[event.subject] = event


def _left(event: Event) -> str | None:
    """The pack that a module's own event says it came out of."""
    pack = event.data.get("pack") if event.type == "repaired" else event.data.get("parent")
    return str(pack) if pack and event.type in _TAKE_APART else None


def _in_two(module: str, first: Event, second: Event) -> Finding:
    return Finding(
        "child_in_two_parents",
        (first.event_id, second.event_id),
        {"name": module, "first": first.subject, "second": second.subject},
    )


def _listed_twice(
    folded: Folded, own: Sequence[Event], names: frozenset[str], related: Related
) -> Iterator[Finding]:
    """A module of this pack stands in the birth of another pack too.

    Only births are compared: whether a module left a pack is in the module's own life.
    """
    if folded.types.isdisjoint(_BIRTHS) or folded.life.stage == "voided":
        return
    births = [event for event in own if event.type in _BIRTHS]
    listed = births[0].data.get("modules", ()) if births else ()
    gone = {module for event in own if listed for module in event.data.get("modules_out", ())}
    for module in listed:
        for other in related.get(Key(KeyKind.CHILD, module), ()):
            elsewhere = other.type in _BIRTHS and other.subject not in names
            if elsewhere and module not in gone:
                yield _in_two(module, *sorted((births[0], other), key=lambda event: event.key))


def _products(folded: Folded, own: Sequence[Event]) -> Iterator[Finding]:
    """This battery was built into two products."""
    if "repurposed" not in folded.types:
        return
    built = [event for event in own if event.type == "repurposed" and "product" in event.data]
    for other in built[1:]:
        if other.data["product"] != built[0].data["product"]:
            yield Finding(
                "child_in_two_parents",
                (built[0].event_id, other.event_id),
                {
                    "what": "products",
                    "name": other.subject,
                    "first": built[0].data["product"],
                    "second": other.data["product"],
                },
            )
