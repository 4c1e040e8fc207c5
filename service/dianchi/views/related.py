"""Events of other lives that share a hand-over, a vehicle, a module or a site with given lives.

Set-sized: however many lives are asked for at once, there are at most three questions.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from asyncpg import Record
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.identity import union
from dianchi.domain.life import Event
from dianchi.domain.life_event import WITHDRAWALS
from dianchi.domain.lines import Key, KeyKind, Stream
from dianchi.store.connect import Queryable
from dianchi.store.envelope import open_event
from dianchi.store.lives import joins_of
from dianchi.store.names import key_id, stream_id

Related = Mapping[Key, Sequence[Event]]
Known = Mapping[UUID, Mapping[int, Event]]
"""All events of some streams, by version. Events never change, so what is known stays."""

_NOTHING_KNOWN: Final[Mapping[int, Event]] = {}
_NO_OWN: Final[Mapping[Key, UUID]] = {}
_LOGGED: Final = """
  JOIN log_entry l ON l.stream_id = e.stream_id AND l.version = e.version AND l.logged_at <= $4
"""
_KEYED: Final = """
SELECT k.kind, k.key, e.stream_id, e.version, e.body
  FROM unnest($1::smallint[], $2::uuid[], $3::uuid[]) i(kind, key, own)
  JOIN event_key k ON k.kind = i.kind AND k.key = i.key AND k.stream_id IS DISTINCT FROM i.own
  JOIN event e ON e.stream_id = k.stream_id AND e.version = k.version
"""
_IN_STREAMS: Final = """
SELECT e.stream_id, e.version, e.body FROM event e
"""
_OF_STREAMS: Final = " WHERE e.stream_id = ANY ($1::uuid[])"


async def related_events(
    connection: Queryable,
    keys: Iterable[Key],
    known: Known,
    known_at: datetime | None = None,
    *,
    own: Mapping[Key, UUID] = _NO_OWN,
    most: int | None = None,
) -> dict[Key, list[Event]]:
    """For each key, the events that carry it and that nobody withdrew.

    Under a hand-over also the withdrawals that took single lines out of its reports.

    Args:
        connection: any connection.
        keys: at most one trip for all, and one for corrections when any event was found.
        known: streams that need not be decoded again.
        known_at: only what the log held at this moment.
        own: for some keys, a stream whose events are not asked for.
        most: read no more events than this.
    """
    asked = {(int(key.kind), key_id(key.kind, key.value)): key for key in keys}
    rows = await _keyed(connection, asked, [own.get(key) for key in asked.values()], known_at, most)
    found: defaultdict[Key, list[Event]] = defaultdict(list)
    doubtful: set[str] = set()
    for kind, key, stream, version, body in rows:
        there = known.get(stream, _NOTHING_KNOWN)
        event = there.get(version) or open_event(body)
        if event.type in WITHDRAWALS:
            continue
        found[asked[kind, key]].append(event)
        if kind == KeyKind.HANDOVER or _may_be_withdrawn(there.values()):
            doubtful.add(event.event_id)
    corrections = await corrections_of(connection, doubtful, known_at)
    if not corrections:
        return found
    return {key: list(_standing(key, events, corrections)) for key, events in found.items()}


def _may_be_withdrawn(there: Collection[Event]) -> bool:
    """A line is withdrawn in its own stream: where that is known, it says so itself."""
    return not there or any(event.type in WITHDRAWALS for event in there)


async def _keyed(
    connection: Queryable,
    asked: Collection[tuple[int, UUID]],
    own: Sequence[UUID | None],
    known_at: datetime | None,
    most: int | None = None,
) -> list[Record]:
    if not asked:
        return []
    parameters: list[Any] = [*(list(column) for column in zip(*asked, strict=True)), own]
    if most is not None:
        return await connection.fetch(f"{_KEYED} LIMIT $4", *parameters, most)
    if known_at is None:
        return await connection.fetch(_KEYED, *parameters)
    return await connection.fetch(_KEYED + _LOGGED, *parameters, known_at)


async def corrections_of(
    connection: Queryable, event_ids: Iterable[str], known_at: datetime | None = None
) -> dict[str, list[Event]]:
    """The corrections of these events, by the id of the event they withdraw."""
    asked = {(int(KeyKind.TARGET), key_id(KeyKind.TARGET, each)): each for each in event_ids}
    found: defaultdict[str, list[Event]] = defaultdict(list)
    nobody = [None] * len(asked)
    for kind, key, _, _, body in await _keyed(connection, asked, nobody, known_at):
        found[asked[kind, key]].append(open_event(body))
    return found


def _standing(
    key: Key, events: Sequence[Event], corrections: Mapping[str, Sequence[Event]]
) -> Iterable[Event]:
    """What holds of the events under a key.

    A hand-over's key stands on one line of each report, for all of them: that line may be withdrawn
    while the report stands.
    """
    for event in events:
        against = corrections.get(event.event_id, ())
        lines = {correction.data.get("battery") for correction in against}
        if None in lines:
            continue
        if key.kind is KeyKind.HANDOVER:
            yield event
            yield from against
        elif event.subject not in lines:
            yield event


async def life_streams(connection: Queryable, names: Collection[str]) -> dict[UUID, list[str]]:
    """The streams in which the lives of these batteries lie, each with those that lie in it."""
    joins = await joins_of(connection, names)
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for name in names:
        for one in union(name, joins, {}).names if joins else {name}:
            found[stream_id(Stream.BATTERY, one)].append(name)
    return found


async def standing_events(
    connection: Queryable, streams: Iterable[UUID], known_at: datetime | None = None
) -> dict[UUID, list[Event]]:
    """The events of these streams (lots, batches, sites) that nobody withdrew."""
    asked = list(streams)
    if not asked:
        return {}
    if known_at is None:
        rows = await connection.fetch(_IN_STREAMS + _OF_STREAMS, asked)
    else:
        logged = _LOGGED.replace("$4", "$2")
        rows = await connection.fetch(_IN_STREAMS + logged + _OF_STREAMS, asked, known_at)
    every: defaultdict[UUID, list[Event]] = defaultdict(list)
    for stream, _, body in rows:
        every[stream].append(open_event(body))
    return {stream: _uncorrected(events) for stream, events in every.items()}


def _uncorrected(events: Sequence[Event]) -> list[Event]:
    withdrawn = {
        event.data["event_id"]
        for event in events
        if event.type in WITHDRAWALS and event.data.get("battery") in (None, event.subject)
    }
    return [e for e in events if e.type not in WITHDRAWALS and e.event_id not in withdrawn]
