"""Reading many lives at once: their names, their streams, their events."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.identity import Union, alone, union
from dianchi.domain.life import Event
from dianchi.domain.lines import KeyKind, Stream
from dianchi.store.connect import Queryable
from dianchi.store.envelope import open_event
from dianchi.store.lives import SQL, withdrawn_among
from dianchi.store.names import key_id, stream_id
from dianchi.views.assessing import Told
from dianchi.views.related import Known

_EVENTS: Final = "SELECT body FROM event WHERE stream_id = ANY ($1::uuid[])"
_LONGEST_CHAIN: Final = 64


@dataclass(slots=True)
class Lives:
    """Lives, the stream of each of their names, and all that these streams hold."""

    told: list[Told]
    streams: dict[str, UUID]
    known: Known = field(repr=False)

    def stream(self, life: Told) -> UUID:
        """The stream of a life's canonical name."""
        return self.streams[life.union.canonical]

    def members(self, life: Told) -> list[UUID]:
        """All the streams that a life is made of."""
        return [self.streams[name] for name in life.union.names]

    def others(self) -> list[UUID]:
        """The streams of the other names of all lives."""
        return [
            self.streams[name]
            for life in self.told
            if len(life.union.names) > 1
            for name in life.union.names - {life.union.canonical}
        ]


@dataclass(slots=True)
class _Joins:
    """The `identified` events among the names asked for."""

    every: list[Event] = field(default_factory=list)
    valid: list[Event] = field(default_factory=list)


async def read_lives(connection: Queryable, names: Iterable[str]) -> Lives:
    """The lives of these names, each once, and of every name that was ever joined to one of them.

    Names that nothing was reported under are left out. Two trips, more where names are joined.
    """
    asked = set(names)
    joins = await _joins(connection, asked)
    asked.update(name for event in joins.every for name in _pair(event))
    lives = await _streams(connection, asked)
    valid = _by_name(joins.valid)
    done: set[str] = set()
    for name in sorted(asked):
        if name not in done:
            done |= _add(lives, name, _reachable(name, valid) if valid else ())
    return lives


def _by_name(joins: Iterable[Event]) -> dict[str, list[Event]]:
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for event in joins:
        for name in _pair(event):
            found[name].append(event)
    return found


def _reachable(name: str, joins: Mapping[str, Sequence[Event]]) -> list[Event]:
    """The joins that lead on from a name."""
    found: dict[str, Event] = {}
    ask, seen = [name], {name}
    while ask:
        for event in joins.get(ask.pop(), ()):
            found[event.event_id] = event
            ask.extend(each for each in _pair(event) if each not in seen)
            seen.update(_pair(event))
    return list(found.values())


def _pair(event: Event) -> tuple[str, str]:
    return event.subject, event.data["name"]


async def _joins(connection: Queryable, names: Iterable[str]) -> _Joins:
    """Every `identified` event that can be reached from these names, withdrawn ones too."""
    found: dict[str, Event] = {}
    ask, seen = set(names), set[str]()
    for _ in range(_LONGEST_CHAIN):
        seen |= ask
        keys = [key_id(KeyKind.ALIAS, name) for name in ask]
        joins = [
            open_event(row["body"]) for row in await connection.fetch(SQL["alias_events"], keys)
        ]
        found.update({e.event_id: e for e in joins if "mirrored" not in e.data})
        ask = {name for event in joins for name in _pair(event)} - seen
        if not ask:
            break
    withdrawn = await withdrawn_among(connection, found)
    return _Joins(list(found.values()), [e for e in found.values() if e.event_id not in withdrawn])


async def _streams(connection: Queryable, names: Iterable[str]) -> Lives:
    streams = {name: stream_id(Stream.BATTERY, name) for name in names}
    known: dict[UUID, dict[int, Event]] = {stream: {} for stream in streams.values()}
    for (body,) in await connection.fetch(_EVENTS, list(known)):
        event = open_event(body)
        known[streams[event.subject]][event.version] = event
    return Lives([], streams, known)


def _add(lives: Lives, name: str, joins: Sequence[Event]) -> frozenset[str]:
    """Adds the life of a name; gives all its names."""
    names = union(name, joins, {}).names if joins else frozenset((name,))
    told = {each: lives.known[lives.streams[each]].values() for each in names}
    own = [event for events in told.values() for event in events]
    if own:
        stream = None if joins else lives.streams[name]
        lives.told.append(Told(_joined(name, joins, told), own, stream))
    return names


def _joined(name: str, joins: Sequence[Event], told: Mapping[str, Iterable[Event]]) -> Union:
    if not joins:
        return alone(name)
    first = {each: min(e.occurred_us for e in events) for each, events in told.items() if events}
    return union(name, joins, first)
