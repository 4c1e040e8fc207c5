"""Walks from a battery, lot or batch to what it came from and to what became of it.

Level by level, with the same few questions for each level however many things lie on it.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from dianchi.domain.life import Event, fold
from dianchi.domain.lines import Key, KeyKind, Stream
from dianchi.domain.rules import RULES
from dianchi.domain.told import told
from dianchi.store.connect import Queryable
from dianchi.store.names import stream_id
from dianchi.views.genealogy.edges import (
    Edge,
    Step,
    batch_edges,
    battery_edges,
    lot_edges,
    weighed,
)
from dianchi.views.reading import read_lives
from dianchi.views.related import Related, related_events, standing_events

Direction = Literal["ancestors", "descendants", "both"]
DEEPEST: Final = 20
MOST_NODES: Final = 2_000
_MOST_EVENTS: Final = 2 * MOST_NODES


@dataclass(frozen=True, slots=True)
class Node:
    """A battery (with its stage), lot or batch; the stage is None where nothing was reported.

    Of a hidden one neither name nor stage is told, nor what it weighs and is made of.
    """

    id: str
    kind: Literal["battery", "lot", "batch"]
    name: str | None
    stage: str | None
    hidden: bool = False
    mass_kg: str | None = None
    cells: int | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """What was found, nearest first; `truncated` when there is more than one answer holds."""

    nodes: list[Node]
    edges: list[Edge]
    truncated: bool


async def genealogy(
    connection: Queryable, name: str, *, direction: Direction = "both", depth: int = DEEPEST
) -> Graph:
    """What a thing came from, what became of it, or both; empty where nothing is known of it.

    Args:
        connection: any connection.
        name: a battery's canonical name, or the name of a lot's or batch's stream.
        direction: `both` are the ancestors and the descendants, not the relatives of those.
        depth: at most so many steps, 20 whatever is asked.
    """
    walk = _Walk(connection)
    for each in ("ancestors", "descendants"):
        if direction in (each, "both"):
            await walk.go(name, up=each == "ancestors", depth=min(depth, DEEPEST))
    return walk.graph()


def hide(graph: Graph, subject: str, seen: Container[str]) -> Graph:
    """A graph as it is shown to who sees these of its nodes: others as hidden, nothing behind them.

    Args:
        graph: whole.
        subject: from which it was asked.
        seen: names of nodes.
    """
    by_id = {node.id: node for node in graph.nodes}
    start = subject if subject in by_id else graph.nodes[0].id
    reached, level = {start}, [start]
    while level:
        ends = ((e.source, e.target) for e in graph.edges)
        near = {b for a, b in [*ends, *((e.target, e.source) for e in graph.edges)] if a in level}
        level = [each for each in sorted(near - reached) if by_id[each].name in seen]
        reached |= near
    told = [node for node in graph.nodes if node.id in reached]
    ids = {
        node.id: node.id if node.name in seen else f"hidden:{place}"
        for place, node in enumerate(told, 1)
    }
    nodes = [
        node if node.name in seen else Node(ids[node.id], node.kind, None, None, hidden=True)
        for node in told
    ]
    edges = [
        Edge(ids[edge.source], ids[edge.target], edge.kind, edge.mass_kg)
        for edge in graph.edges
        if edge.source in ids
        and edge.target in ids
        and not {edge.source, edge.target}.isdisjoint(seen)  # type: ignore[arg-type]
    ]
    return Graph(nodes, edges, graph.truncated)


def made_of(own: Iterable[Event]) -> str | None:
    """The mass of a lot as it was declared, or came out of batches: that of all together."""
    masses = [
        Decimal(
            event.data["output"]["mass_kg"] if "output" in event.data else event.data["mass_kg"]
        )
        for event in own
        if event.type == "lot_declared" or (event.type == "recycled" and "output" in event.data)
    ]
    return f"{sum(masses, Decimal(0)).normalize():f}" if masses else None


def kind_of(name: str) -> Literal["battery", "lot", "batch"]:
    """What a name is of."""
    return "lot" if name.startswith("lot:") else "batch" if name.startswith("batch:") else "battery"


@dataclass(slots=True)
class _Thing:
    """A battery, lot or batch with its events."""

    id: str
    names: frozenset[str]
    own: Sequence[Event]
    stage: str | None = None
    mass_kg: str | None = None

    @property
    def cells(self) -> int | None:
        """How many cells its birth told."""
        told = (event.data["cells"] for event in self.own if "cells" in event.data)
        return next((int(cells["count"]) for cells in told), None)

    def shared_keys(self) -> Iterator[Key]:
        """By which others name it."""
        kinds = {"lot": (KeyKind.LOT,), "batch": (KeyKind.BATCH,)}
        for kind in kinds.get(kind_of(self.id), (KeyKind.PARENT, KeyKind.CHILD)):
            yield from (Key(kind, name) for name in self.names)

    def steps(self, related: Related) -> Iterator[Step]:
        """All steps at it, as events tell them."""
        sharing = [event for key in self.shared_keys() for event in related.get(key, ())]
        match kind_of(self.id):
            case "lot":
                return lot_edges(self.id, self.own, sharing)
            case "batch":
                return batch_edges(self.id, sharing)
            case "battery":
                return battery_edges(self.id, self.names, self.own, sharing)


@dataclass(slots=True)
class _Walk:
    connection: Queryable
    nodes: dict[str, Node] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    steps: dict[Step, None] = field(default_factory=dict)
    truncated: bool = False
    told: bool = False

    async def go(self, name: str, *, up: bool, depth: int) -> None:
        """Walks one way."""
        seen: set[str] = set()
        level = {name}
        for left in range(depth, -1, -1):
            things = await self._read(self._within(level - seen))
            seen |= level
            if not things or left == 0:
                break
            found = await self._steps(things, up=up)
            self.steps.update(dict.fromkeys(found))
            level = {step.edge.source if up else step.edge.target for step in found}

    def graph(self) -> Graph:
        """What was found, under canonical names; no edge leads to what was left out."""
        known = weighed(
            step._replace(edge=edge)
            for step in self.steps
            if (edge := self._named(step.edge)) is not None
        )
        nodes = list(self.nodes.values())
        return Graph(nodes if known or self.told else [], known, self.truncated)

    def _named(self, edge: Edge) -> Edge | None:
        """The edge by canonical names; None where it leads out of what was found, or nowhere."""
        source, target = self._id(edge.source), self._id(edge.target)
        if source == target or source not in self.nodes or target not in self.nodes:
            return None
        return Edge(source, target, edge.kind, edge.mass_kg)

    def _id(self, name: str) -> str:
        return self.ids.get(name, name)

    def _within(self, names: Iterable[str]) -> list[str]:
        fresh = sorted(names)
        room = MOST_NODES - len(self.nodes) + sum(self._id(name) in self.nodes for name in fresh)
        self.truncated |= len(fresh) > room
        return fresh[: max(room, 0)]

    async def _steps(self, things: Sequence[_Thing], *, up: bool) -> list[Step]:
        keys = {key for thing in things for key in thing.shared_keys()}
        related = await related_events(self.connection, keys, {}, most=_MOST_EVENTS)
        self.truncated |= sum(map(len, related.values())) >= _MOST_EVENTS
        return [
            step
            for thing in things
            for step in thing.steps(related)
            if (step.edge.target if up else step.edge.source) in thing.names
        ]

    async def _read(self, names: Sequence[str]) -> list[_Thing]:
        things = [
            *await self._batteries([name for name in names if kind_of(name) == "battery"]),
            *await self._lots([name for name in names if kind_of(name) == "lot"]),
            *(_Thing(name, frozenset((name,)), ()) for name in names if kind_of(name) == "batch"),
        ]
        self.told |= any(thing.own for thing in things)
        for thing in things:
            self.ids.update(dict.fromkeys(thing.names, thing.id))
            node = Node(
                thing.id,
                kind_of(thing.id),
                thing.id,
                thing.stage,
                mass_kg=thing.mass_kg,
                cells=thing.cells,
            )
            self.nodes.setdefault(thing.id, node)
        return things

    async def _batteries(self, names: Sequence[str]) -> list[_Thing]:
        if not names:
            return []
        asked, lives = set(names), await read_lives(self.connection, names)
        things = []
        for life in lives.told:
            if not asked.isdisjoint(life.union.names):
                folded = fold(life.events, RULES)
                names_of = life.union.names
                things.append(
                    _Thing(
                        life.union.canonical,
                        names_of,
                        told(folded),
                        folded.life.stage,
                        folded.life.mass,
                    )
                )
                asked -= names_of
        return things + [_Thing(name, frozenset((name,)), ()) for name in sorted(asked)]

    async def _lots(self, names: Sequence[str]) -> list[_Thing]:
        streams = {stream_id(Stream.LOT, name): name for name in names}
        own = await standing_events(self.connection, streams)
        return [
            _Thing(
                name, frozenset((name,)), own.get(stream, ()), mass_kg=made_of(own.get(stream, ()))
            )
            for stream, name in streams.items()
        ]
