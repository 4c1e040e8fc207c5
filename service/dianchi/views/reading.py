"""Reading many lives at once: their names, their streams, their events."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.identity import (
    MOST_NAMES,
    Union,
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
from dianchi.views.related import Place

_EVENTS: Final = "SELECT stream_id, version, body FROM event WHERE stream_id = ANY ($1::uuid[])"


@dataclass(slots=True)
class Lives:
    """Lives with the streams that each is made of, and every event by its place."""

    told: list[Told]
    streams: list[frozenset[UUID]]
    known: dict[Place, Event] = field(repr=False)


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
    events, known = await _events(connection, asked)
    first = {name: min(event.occurred_us for event in told) for name, told in events.items()}
    lives = Lives([], [], known)
    for joined in _unions(asked, joins, first):
        _add(lives, joined.names, joined, events)
    return lives


def _unions(asked: Iterable[str], joins: "_Joins", first: Mapping[str, int]) -> Iterator[Union]:
    """The lives of these names; of a crowd each name by itself.

    What goes on beyond what was read belongs to no name that was asked for: it is left out.
    """
    valid = joins_by_name(joins.valid)
    done: set[str] = set()
    for name in sorted(asked):
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


async def _events(
    connection: Queryable, names: Iterable[str]
) -> tuple[dict[str, list[Event]], dict[Place, Event]]:
    streams = {stream_id(Stream.BATTERY, name): name for name in names}
    events: defaultdict[str, list[Event]] = defaultdict(list)
    known: dict[Place, Event] = {}
    for stream, version, body in await connection.fetch(_EVENTS, list(streams)):
        event = open_event(body)
        events[streams[stream]].append(event)
        known[stream, version] = event
    return events, known


def _add(
    lives: Lives, names: Iterable[str], joined: Union, events: Mapping[str, list[Event]]
) -> None:
    """Adds a life with the events under its names, unless nothing was reported."""
    own = [event for each in names for event in events.get(each, ())]
    if own:
        lives.told.append(Told(joined, own))
        lives.streams.append(frozenset(stream_id(Stream.BATTERY, each) for each in names))
