"""Reading many lives at once: their names, their streams, their events."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.identity import (
    MOST_NAMES,
    Union,
    alone,
    apart,
    is_crowd,
    joins_by_name,
    pair_of,
    reachable,
    union,
)
from dianchi.domain.life import Event
from dianchi.domain.lines import KeyKind, Stream
from dianchi.store.connect import Queryable
from dianchi.store.envelope import open_event
from dianchi.store.lives import SQL, withdrawn_among
from dianchi.store.names import key_id, stream_id
from dianchi.views.assessing import Told
from dianchi.views.related import Known

_EVENTS: Final = "SELECT body FROM event WHERE stream_id = ANY ($1::uuid[])"


@dataclass(slots=True)
class Lives:
    """Lives, the stream of each of their names, and all that these streams hold."""

    told: list[Told]
    streams: dict[str, UUID]
    known: Known = field(repr=False)

    def of(self, name: str) -> Iterable[Event]:
        """The events that were reported under a name."""
        return self.known[self.streams[name]].values()

    def first_seen(self) -> dict[str, int]:
        """When each name was first reported, UTC microseconds."""
        told = {name: [event.occurred_us for event in self.of(name)] for name in self.streams}
        return {name: min(moments) for name, moments in told.items() if moments}

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
    """The `identified` events around the names asked for, and the names whose own were not read."""

    every: list[Event]
    valid: list[Event]
    unread: set[str]


async def read_lives(connection: Queryable, names: Iterable[str]) -> Lives:
    """The lives of these names, each once, and of every name that was ever joined to one of them.

    Names that nothing was reported under are left out. Two trips, more where names are joined.
    """
    asked = set(names)
    joins = await _joins(connection, asked)
    asked.update(name for event in joins.every for name in pair_of(event))
    lives = await _streams(connection, asked)
    for joined in _unions(lives, joins) if joins.every else map(alone, sorted(asked)):
        _add(lives, joined)
    return lives


def _unions(lives: Lives, joins: _Joins) -> Iterator[Union]:
    """The lives of all these names; of a crowd each name by itself.

    What goes on beyond what was read belongs to no name that was asked for: it is left out.
    """
    valid, first = joins_by_name(joins.valid), lives.first_seen()
    done: set[str] = set()
    for name in sorted(lives.streams):
        if name in done:
            continue
        around = reachable(name, valid).values()
        group = {name}.union(*map(pair_of, around))
        if is_crowd(around):
            done |= group
            yield from (apart(each, valid) for each in sorted(group - joins.unread))
        else:
            joined = union(name, around, first)
            done |= joined.names
            if joins.unread.isdisjoint(group):
                yield joined


async def _joins(connection: Queryable, names: Iterable[str]) -> _Joins:
    """The `identified` events around these names over `MOST_NAMES` steps, withdrawn ones too."""
    found: dict[str, Event] = {}
    ask, seen = set(names), set[str]()
    for _ in range(MOST_NAMES):
        seen |= ask
        keys = [key_id(KeyKind.ALIAS, name) for name in ask]
        joins = [
            open_event(row["body"]) for row in await connection.fetch(SQL["alias_events"], keys)
        ]
        found.update({e.event_id: e for e in joins if "mirrored" not in e.data})
        ask = {name for event in joins for name in pair_of(event)} - seen
        if not ask:
            break
    withdrawn = await withdrawn_among(connection, found)
    valid = [event for event in found.values() if event.event_id not in withdrawn]
    return _Joins(list(found.values()), valid, ask)


async def _streams(connection: Queryable, names: Iterable[str]) -> Lives:
    streams = {name: stream_id(Stream.BATTERY, name) for name in names}
    known: dict[UUID, dict[int, Event]] = {stream: {} for stream in streams.values()}
    for (body,) in await connection.fetch(_EVENTS, list(known)):
        event = open_event(body)
        known[streams[event.subject]][event.version] = event
    return Lives([], streams, known)


def _add(lives: Lives, joined: Union) -> None:
    """Adds a life with the events under its names, unless nothing was reported."""
    own = [event for events in map(lives.of, joined.names) for event in events]
    if own:
        simple = len(joined.names) == 1 and not joined.conflicts
        lives.told.append(Told(joined, own, lives.streams[joined.canonical] if simple else None))
