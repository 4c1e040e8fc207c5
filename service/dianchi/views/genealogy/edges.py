"""What events say of where things came from: one edge for each step, in the direction of material.

The same step is told by both ends; both tell the same edge.
"""

from collections.abc import Collection, Iterable, Iterator

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
        mass_kg: where it was told.
    """

    source: str
    target: str
    kind: str
    mass_kg: str | None = None


def battery_edges(
    me: str, names: Collection[str], own: Iterable[Event], sharing: Iterable[Event]
) -> Iterator[Edge]:
    """The edges at a battery.

    Args:
        me: its canonical name.
        names: all of its names.
        own: its uncorrected events.
        sharing: events of others that name it as parent, child or module.
    """
    for event in own:
        yield from _told(me, event)
    for event in sharing:
        yield from _told_by_others(me, names, event)


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


def lot_edges(me: str, own: Iterable[Event], sharing: Iterable[Event]) -> Iterator[Edge]:
    """The edges at a lot: the batch it came out of, the batches and new batteries it went into."""
    for event in own:
        if event.type == "recycled" and "output" in event.data:
            batch = batch_subject(event.organisation, event.data["batch"])
            yield Edge(batch, me, "recovered", event.data["output"]["mass_kg"])
        elif event.type == "recycled":
            yield _into_batch(me, event)
    for event in sharing:
        yield from (
            Edge(me, event.subject, "produced", mass) for lot, mass in lots_in(event) if lot == me
        )


def batch_edges(me: str, sharing: Iterable[Event]) -> Iterator[Edge]:
    """The edges at a batch: what went in, and the lots that came out."""
    for event in sharing:
        if event.type != "recycled" or event.subject == me:
            continue
        if "output" in event.data:
            yield Edge(me, event.subject, "recovered", event.data["output"]["mass_kg"])
        else:
            yield Edge(event.subject, me, "recycled", event.data["mass_kg"])
