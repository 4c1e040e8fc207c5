"""Reading lives: all events of a battery, under every name it was reported by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from asyncpg import Record
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.identity import MOST_NAMES, Union, pair_of, union
from dianchi.domain.life import Event
from dianchi.domain.lines import KeyKind, Stream
from dianchi.store.connect import Queryable
from dianchi.store.envelope import open_event
from dianchi.store.names import key_id, stream_id
from dianchi.store.statements import load

SQL: Final = load("record.sql")


@dataclass(frozen=True, slots=True)
class Stored:
    """The stored events of one life and the streams they lie in."""

    events: list[Event]
    streams: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Logged:
    """Where the log has an event; both None while it waits in the outbox."""

    log_index: int | None
    logged_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredLife:
    """A life as read for an answer."""

    union: Union
    events: list[Event]
    bodies: dict[tuple[str, str], bytes] = field(repr=False)
    logged: dict[tuple[str, str], Logged] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fresh:
    """What is about to be written and changes which names are one battery.

    Attributes:
        joins: `identified` events.
        withdrawn: ids of events that corrections withdraw as a whole.
    """

    joins: Sequence[Event] = ()
    withdrawn: frozenset[str] = frozenset()


async def joins_of(
    connection: Queryable,
    names: Iterable[str],
    fresh: Fresh | None = None,
    *,
    known_at: datetime | None = None,
) -> list[Event]:
    """Every uncorrected `identified` event that leads on from these names, over `MOST_NAMES` steps.

    What lies further on makes no difference: so many names are a crowd, of which none is joined.

    Args:
        connection: any connection.
        names: canonical.
        fresh: what is about to be written.
        known_at: only what the log held at this moment.
    """
    new = fresh or Fresh()
    seen: set[str] = set()
    found: dict[str, Event] = {}
    ask = set(names)
    for _ in range(MOST_NAMES):
        seen |= ask
        joins = await _joins_at(connection, ask, known_at)
        joins += [e for e in new.joins if not ask.isdisjoint(pair_of(e))]
        found.update({e.event_id: e for e in joins})
        ask = {name for e in joins for name in pair_of(e)} - seen
        if not ask:
            break
    withdrawn = new.withdrawn | await withdrawn_among(connection, found, known_at)
    return [event for event in found.values() if event.event_id not in withdrawn]


async def _joins_at(
    connection: Queryable, names: Iterable[str], known_at: datetime | None
) -> list[Event]:
    keys = [key_id(KeyKind.ALIAS, name) for name in names]
    if known_at is None:
        rows = await connection.fetch(SQL["alias_events"], keys)
    else:
        rows = await connection.fetch(SQL["alias_events_known_at"], keys, known_at)
    return [open_event(row["body"]) for row in rows]


async def first_line(connection: Queryable, event_id: str) -> Record | None:
    """One event of a report, None if unknown: its `body`; its `log_index`, None while it waits."""
    own = key_id(KeyKind.REPORT, event_id)
    lines = await connection.fetch(SQL["report_events"], UUID(event_id), own, None)
    return lines[0] if lines else None


async def withdrawn_among(
    connection: Queryable, event_ids: Iterable[str], known_at: datetime | None = None
) -> set[str]:
    """Which of these events a correction withdrew as a whole (by a moment of the log)."""
    keys = {key_id(KeyKind.TARGET, event_id): event_id for event_id in event_ids}
    if not keys:
        return set()
    if known_at is None:
        rows = await connection.fetch(SQL["corrections_of"], list(keys))
    else:
        rows = await connection.fetch(SQL["corrections_known_at"], list(keys), known_at)
    return {keys[row["key"]] for row in rows if "battery" not in open_event(row["body"]).data}


async def set_aside_among(connection: Queryable, event_ids: Iterable[str]) -> dict[str, str]:
    """Those of these events that officers set aside, with the ids of these decisions."""
    keys = {key_id(KeyKind.TARGET, event_id): event_id for event_id in event_ids}
    rows = await connection.fetch(SQL["corrections_of"], list(keys))
    told = [(keys[row["key"]], open_event(row["body"])) for row in rows]
    return {target: event.event_id for target, event in told if event.type == "set_aside"}


async def recorded_among(connection: Queryable, event_ids: Iterable[str]) -> set[str]:
    """Those of these reports that are in the record."""
    rows = await connection.fetch(SQL["known_reports"], list(event_ids))
    return {str(row["event_id"]) for row in rows}


async def sets_aside(connection: Queryable, decision: str, event_id: str) -> bool:
    """Whether a report is in the record by which officers set this event aside."""
    key = key_id(KeyKind.REPORT, decision)
    rows = await connection.fetch(SQL["report_events"], decision, key, None)
    told = [open_event(row["body"]) for row in rows]
    return any(e.type == "set_aside" and e.data["event_id"] == event_id for e in told)


async def stored_lives(
    connection: Queryable, plain: Iterable[UUID], joined: Mapping[UUID, str], fresh: Fresh
) -> dict[UUID, Stored]:
    """What the lives of these streams have on record, for folding them again.

    Args:
        connection: any connection.
        plain: streams that are a whole life.
        joined: streams whose life goes on under other names, with their own name.
        fresh: what is about to be written.
    """
    members = {stream: frozenset((stream,)) for stream in plain}
    for stream, name in joined.items():
        names = union(name, await joins_of(connection, [name], fresh), {}).names
        members[stream] = frozenset(stream_id(Stream.BATTERY, n) for n in names) | {stream}
    every = sorted({s for streams in members.values() for s in streams}, key=bytes_of)
    events = by_stream(await connection.fetch(SQL["events_of"], every)) if every else {}
    return {
        stream: Stored([e for s in streams for e in events.get(s, ())], streams)
        for stream, streams in members.items()
    }


def bytes_of(stream: UUID) -> bytes:
    """The order of streams in the database."""
    return bytes(stream.bytes)


def by_stream(rows: list[Record]) -> dict[UUID, list[Event]]:
    """Stored events by stream."""
    found: dict[UUID, list[Event]] = {}
    for stream, body in rows:
        found.setdefault(stream, []).append(open_event(body))
    return found


async def read_life(
    connection: Queryable, name: str, *, known_at: datetime | None = None
) -> StoredLife | None:
    """All that was reported of a battery under any of its names; None when nothing was.

    Args:
        connection: any connection.
        name: canonical, resolved.
        known_at: only what the log held at this moment.
    """
    joins = await joins_of(connection, [name], known_at=known_at)
    names = union(name, joins, {}).names
    streams = {stream_id(Stream.BATTERY, n): n for n in names}
    rows = await connection.fetch(SQL["history_of_many"], list(streams))
    events: list[Event] = []
    bodies: dict[tuple[str, str], bytes] = {}
    logged: dict[tuple[str, str], Logged] = {}
    first_seen: dict[str, int] = {}
    for row in rows:
        if known_at is not None and (row["logged_at"] is None or row["logged_at"] > known_at):
            continue
        event = open_event(row["body"])
        events.append(event)
        bodies[event.event_id, event.subject] = row["body"]
        logged[event.event_id, event.subject] = Logged(row["log_index"], row["logged_at"])
        seen = first_seen.get(event.subject, event.occurred_us)
        first_seen[event.subject] = min(seen, event.occurred_us)
    if not events:
        return None
    return StoredLife(union(name, joins, first_seen), events, bodies, logged)
