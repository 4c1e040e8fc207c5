"""What events say of where things came from: one edge for each step, in the direction of material.

The same step is told by both ends; both tell the same edge. Several events may tell of one edge
(a lot goes into a batch in two parts): its mass is that of all of them together.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

import msgspec

from dianchi.domain.life import Event
from dianchi.domain.lines import batch_subject
from dianchi.views.reach import lots_in, modules_in


class Edge(msgspec.Struct, frozen=True, rename={"source": "from", "target": "to"}):
    """A step: what went into what; both ends by the names of batteries, lots or batches.

    Attributes:
        source: it went
        target: into this.
        kind: `disassembled`, `repurposed`, `assembled`, `repaired`, `recycled` (into a batch),
            `recovered` (a lot out of a batch), `produced` (a lot into a new battery).
        mass_kg: all that was told of it.
    """

    source: str
    target: str
    kind: str
    mass_kg: str | None = None


class Step(NamedTuple):
    """An edge as one event tells it; both ends tell it as the same step.

    Attributes:
        edge: with the mass that this event tells.
        event_id: of the report.
        subject: whose line it is.
        turn: from 0; which it is where one line tells the same edge more than once.
    """

    edge: Edge
    event_id: str
    subject: str
    turn: int


def weighed(steps: Iterable[Step]) -> list[Edge]:
    """Each edge once, in the order of the steps, with the mass of its distinct steps together."""
    masses: dict[tuple[str, str, str], dict[tuple[str, str, int], str | None]] = {}
    for edge, event_id, subject, turn in steps:
        ends = edge.source, edge.target, edge.kind
        masses.setdefault(ends, {})[event_id, subject, turn] = edge.mass_kg
    return [Edge(*ends, _total(each.values())) for ends, each in masses.items()]


def _total(masses: Iterable[str | None]) -> str | None:
    told = [Decimal(mass) for mass in masses if mass is not None]
    return f"{sum(told, Decimal(0)).normalize():f}" if told else None


def _steps(event: Event, edges: Iterable[Edge]) -> Iterator[Step]:
    turns = Counter[tuple[str, str, str]]()
    for edge in edges:
        ends = edge.source, edge.target, edge.kind
        yield Step(edge, event.event_id, event.subject, turns[ends])
        turns[ends] += 1


def battery_edges(
    me: str, names: Collection[str], own: Iterable[Event], sharing: Iterable[Event]
) -> Iterator[Step]:
    """The edges at a battery.

    Args:
        me: its canonical name.
        names: all of its names.
        own: its uncorrected events.
        sharing: events of others that name it as parent, child or module.
    """
    for event in own:
        yield from _steps(event, _told(me, event))
    for event in sharing:
        yield from _steps(event, _told_by_others(me, names, event))


def _told(me: str, event: Event) -> Iterator[Edge]:
    data = event.data
    match event.type:
        case "disassembled" if "parent" in data:
            yield Edge(data["parent"], me, "disassembled", data.get("mass_kg"))
        case "repurposed" if "product" in data:
            yield Edge(me, data["product"], "repurposed")
        case "recycled":
            yield _into_batch(me, event)
        case "produced" | "imported":
            yield from (Edge(module, me, "assembled") for module in modules_in(event))
            yield from (Edge(lot, me, "produced", mass) for lot, mass in lots_in(event))
        case "repaired" if "pack" in data:
            yield Edge(data["pack"], me, "repaired")
        case "repaired":
            yield from (Edge(module, me, "repaired") for module in modules_in(event))
            yield from (Edge(me, module, "repaired") for module in data["modules_out"])
        case _:
            pass


def _told_by_others(me: str, names: Collection[str], event: Event) -> Iterator[Edge]:
    data = event.data
    if event.subject in names:
        return
    if event.type == "disassembled" and data.get("parent") in names:
        yield Edge(me, event.subject, "disassembled", data.get("mass_kg"))
    elif event.type == "repurposed" and data.get("product") in names:
        yield Edge(event.subject, me, "repurposed")
    elif not set(names).isdisjoint(modules_in(event)):
        yield Edge(me, event.subject, "repaired" if event.type == "repaired" else "assembled")


def _into_batch(me: str, event: Event) -> Edge:
    batch = batch_subject(event.organisation, event.data["batch"])
    return Edge(me, batch, "recycled", event.data["mass_kg"])


def lot_edges(me: str, own: Iterable[Event], sharing: Iterable[Event]) -> Iterator[Step]:
    """The edges at a lot: the batch it came out of, the batches and new batteries it went into."""
    for event in own:
        if event.type == "recycled" and "output" in event.data:
            batch = batch_subject(event.organisation, event.data["batch"])
            mass = event.data["output"]["mass_kg"]
            yield from _steps(event, [Edge(batch, me, "recovered", mass)])
        elif event.type == "recycled":
            yield from _steps(event, [_into_batch(me, event)])
    for event in sharing:
        into = [Edge(lot, event.subject, "produced", mass) for lot, mass in lots_in(event)]
        yield from _steps(event, (edge for edge in into if edge.source == me))


def batch_edges(me: str, sharing: Iterable[Event]) -> Iterator[Step]:
    """The edges at a batch: what went in, and the lots that came out."""
    for event in sharing:
        if event.type != "recycled" or event.subject == me:
            continue
        if "output" in event.data:
            edge = Edge(me, event.subject, "recovered", event.data["output"]["mass_kg"])
        else:
            edge = Edge(event.subject, me, "recycled", event.data["mass_kg"])
        yield from _steps(event, [edge])
