"""Which lives, lots, batches and sites a piece of the log bears upon."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from asyncpg import Connection, Record

from dianchi.domain.life import HANDOVER_SIDES, Event, party_key
from dianchi.domain.lines import Key, KeyKind, Stream, handover_name, lot_subject
from dianchi.domain.told import vin_of
from dianchi.store.envelope import open_event
from dianchi.store.names import key_id

_NEXT: Final = """
SELECT l.log_index, l.logged_at, s.kind, s.name, l.stream_id, e.body
  FROM log_entry l
  JOIN event e ON e.stream_id = l.stream_id AND e.version = l.version
  JOIN stream s ON s.stream_id = l.stream_id
 WHERE l.log_index >= $1 ORDER BY l.log_index LIMIT $2
"""
_SHARING: Final = """
SELECT DISTINCT k.kind, k.stream_id, s.kind AS of_kind, s.name, e.event_id
  FROM unnest($1::smallint[], $2::uuid[]) i(kind, key)
  JOIN event_key k ON k.kind = i.kind AND k.key = i.key
  JOIN event e ON e.stream_id = k.stream_id AND e.version = k.version
  JOIN stream s ON s.stream_id = k.stream_id
"""
_TARGETS: Final = """
SELECT body FROM event WHERE stream_id = ANY ($1::uuid[]) AND event_id = ANY ($2::uuid[])
"""
_STANDING: Final = """
SELECT b.name FROM unnest($1::text[], $2::text[]) i(holder, site)
  JOIN battery b ON b.holder = i.holder AND b.site = i.site
 WHERE b.stage IN ('collected', 'at_utilizer', 'assessed')
"""
_SUBJECTS: Final = frozenset((int(Stream.LOT), int(Stream.BATCH)))


@dataclass(slots=True)
class Reach:
    """What is to be looked at again.

    Attributes:
        after: the log index that comes next.
        entries: how many were taken.
        logged_at: of the last one.
        names: of batteries.
        subjects: lots and batches, by stream kind and name.
    """

    after: int
    entries: int = 0
    logged_at: datetime | None = None
    names: set[str] = field(default_factory=set)
    subjects: set[tuple[int, str]] = field(default_factory=set)


async def next_reach(connection: Connection, after: int, most: int) -> Reach:
    """Takes the next entries of the log and finds whom they concern."""
    rows = await connection.fetch(_NEXT, after, most)
    reach = Reach(after)
    if not rows:
        return reach
    reach.after, reach.entries = rows[-1]["log_index"] + 1, len(rows)
    reach.logged_at = rows[-1]["logged_at"]
    events = [open_event(row["body"]) for row in rows]
    for row in rows:
        if row["kind"] == Stream.BATTERY:
            reach.names.add(row["name"])
        elif row["kind"] in _SUBJECTS:
            reach.subjects.add((row["kind"], row["name"]))
    events += await _withdrawn(connection, rows, events)
    await _spread(connection, reach, events)
    return reach


async def _withdrawn(
    connection: Connection, rows: Sequence[Record], events: Sequence[Event]
) -> list[Event]:
    """What the corrections among the events withdrew: whoever shared that is concerned too."""
    corrections = [
        (row["stream_id"], event.data["event_id"])
        for row, event in zip(rows, events, strict=True)
        if event.type == "corrected"
    ]
    if not corrections:
        return []
    streams, targets = (list(set(column)) for column in zip(*corrections, strict=True))
    return [open_event(row["body"]) for row in await connection.fetch(_TARGETS, streams, targets)]


async def _spread(connection: Connection, reach: Reach, events: Iterable[Event]) -> None:
    keys: set[Key] = set()
    sites: set[tuple[str, str]] = set()
    for event in events:
        keys |= _keys(event)
        reach.names.update(modules_in(event))
        reach.subjects.update((int(Stream.LOT), lot) for lot, _ in lots_in(event))
        if event.type == "counted":
            sites.add((event.organisation, event.data["site"]))
    reports = await _share(connection, reach, keys)
    await _share(connection, reach, {Key(KeyKind.REPORT, each) for each in reports})
    if sites:
        holders, numbers = (list(column) for column in zip(*sites, strict=True))
        rows = await connection.fetch(_STANDING, holders, numbers)
        reach.names.update(row["name"] for row in rows)


async def _share(connection: Connection, reach: Reach, keys: Iterable[Key]) -> set[str]:
    """Adds the batteries whose events carry a key; gives the reports that are sides of hand-overs.

    Of a hand-over only one line of each report carries the key; its REPORT key leads to the others.
    """
    pairs = {(int(key.kind), key_id(key.kind, key.value)) for key in keys}
    if not pairs:
        return set()
    kinds, values = (list(column) for column in zip(*pairs, strict=True))
    rows = await connection.fetch(_SHARING, kinds, values)
    reach.names.update(row["name"] for row in rows if row["of_kind"] == Stream.BATTERY)
    return {str(row["event_id"]) for row in rows if row["kind"] == KeyKind.HANDOVER}


def _keys(event: Event) -> set[Key]:
    keys = {Key(KeyKind.CHILD, module) for module in modules_in(event)}
    vin = vin_of(event)
    if vin is not None:
        keys.add(Key(KeyKind.VIN, vin))
    if event.type in HANDOVER_SIDES:
        sender = party_key(event.data.get("sender", event.organisation))
        keys.add(Key(KeyKind.HANDOVER, handover_name(sender, event.data["handover"])))
    return keys


def modules_in(event: Event) -> list[str]:
    """The modules that a report puts into its battery."""
    return [*event.data.get("modules", ()), *event.data.get("modules_in", ())]


def lots_in(event: Event) -> list[tuple[str, str]]:
    """The lots that went into a new battery, by the names of their streams, with their mass."""
    if event.type not in ("produced", "imported"):
        return []
    return [
        (lot_subject(_issuer(line, event), line["lot"]), line["mass_kg"])
        for line in event.data.get("lots", ())
    ]


def _issuer(line: dict[str, Any], event: Event) -> str:
    return party_key(line["issuer"]) if "issuer" in line else event.organisation
