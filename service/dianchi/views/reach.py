"""Which lives, lots, batches and sites a piece of the log bears upon."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from asyncpg import Connection, Record

from dianchi.domain.life import HANDOVER_SIDES, Event, party_key
from dianchi.domain.life_event import WITHDRAWALS
from dianchi.domain.lines import Key, KeyKind, Stream, handover_name, lot_subject, pickup_subject
from dianchi.domain.told import vin_of
from dianchi.store.envelope import open_event
from dianchi.store.names import key_id, stream_id
from dianchi.views.indicators.origins import downstream

_NEXT: Final = """
SELECT l.log_index, l.logged_at, s.kind, s.name, l.stream_id, e.body
  FROM log_entry l
  JOIN event e ON e.stream_id = l.stream_id AND e.version = l.version
  JOIN stream s ON s.stream_id = l.stream_id
 WHERE l.log_index >= $1 ORDER BY l.log_index LIMIT $2
"""
_SHARING: Final = """
SELECT k.kind, k.key, s.kind AS of_kind, s.name, e.event_id
  FROM unnest($1::smallint[], $2::uuid[]) i(kind, key)
  JOIN event_key k ON k.kind = i.kind AND k.key = i.key
  JOIN event e ON e.stream_id = k.stream_id AND e.version = k.version
  JOIN stream s ON s.stream_id = k.stream_id
"""
_TARGETS: Final = """
SELECT stream_id, body FROM event WHERE stream_id = ANY ($1::uuid[]) AND event_id = ANY ($2::uuid[])
"""
_STANDING: Final = """
SELECT b.name, b.holder, b.site FROM unnest($1::text[], $2::text[]) i(holder, site)
  JOIN battery b ON b.holder = i.holder AND b.site = i.site
 WHERE b.stage IN ('collected', 'at_utilizer', 'assessed')
"""
_END: Final = "SELECT max(log_index) + 1 FROM log_entry"
_SEEN: Final = "SELECT stream_id, log_index FROM battery WHERE stream_id = ANY ($1::uuid[])"
_SUBJECTS: Final = frozenset((int(Stream.LOT), int(Stream.BATCH)))


@dataclass(slots=True)
class Reach:
    """What is to be looked at again.

    Attributes:
        after: the log index that comes next.
        entries: how many were taken.
        logged_at: of the last one.
        end: the end of the whole log; whatever is read from now on has seen all before it.
        names: of batteries, each with the index of the last entry that concerns it.
        subjects: lots and batches, by stream kind and name.
        pickups: by the names of their streams.
        recalls: the same.
        reporters: the ids of the organisations that reported what was taken.
    """

    after: int
    entries: int = 0
    logged_at: datetime | None = None
    end: int = 0
    names: dict[str, int] = field(default_factory=dict)
    subjects: set[tuple[int, str]] = field(default_factory=set)
    pickups: set[str] = field(default_factory=set)
    recalls: set[str] = field(default_factory=set)
    reporters: set[str] = field(default_factory=set)

    def add(self, name: str, index: int) -> None:
        """A battery that an entry concerns."""
        self.names[name] = max(index, self.names.get(name, -1))


Placed = tuple[int, Event]
"""An event with the index of the entry because of which it is looked at."""


async def next_reach(connection: Connection, after: int, most: int) -> Reach:
    """Takes the next entries of the log and finds whom they concern.

    Left out are batteries whose rows have seen these entries already: a row is made of all that is
    on record, and where much waits to be taken, each is made once and not once for each entry.
    """
    rows = await connection.fetch(_NEXT, after, most)
    reach = Reach(after)
    if not rows:
        return reach
    reach.after, reach.entries = rows[-1]["log_index"] + 1, len(rows)
    reach.logged_at = rows[-1]["logged_at"]
    reach.end = await connection.fetchval(_END)
    placed = [(row["log_index"], open_event(row["body"])) for row in rows]
    reach.reporters = {event.organisation for _, event in placed}
    for row in rows:
        if row["kind"] == Stream.BATTERY:
            reach.add(row["name"], row["log_index"])
        elif row["kind"] in _SUBJECTS:
            reach.subjects.add((row["kind"], row["name"]))
        elif row["kind"] == Stream.PICKUP:
            reach.pickups.add(row["name"])
        elif row["kind"] == Stream.RECALL:
            reach.recalls.add(row["name"])
    reach.subjects |= await downstream(connection, reach.subjects)
    placed += await _withdrawn(connection, rows, placed)
    await _spread(connection, reach, placed)
    await _leave_out_seen(connection, reach)
    return reach


async def _leave_out_seen(connection: Connection, reach: Reach) -> None:
    streams = {stream_id(Stream.BATTERY, name): name for name in reach.names}
    for row in await connection.fetch(_SEEN, list(streams)):
        name = streams[row["stream_id"]]
        if row["log_index"] > reach.names[name]:
            del reach.names[name]


async def _withdrawn(
    connection: Connection, rows: Sequence[Record], placed: Sequence[Placed]
) -> list[Placed]:
    """What the corrections among the events withdrew: whoever shared that is concerned too."""
    corrections = {
        (row["stream_id"], event.data["event_id"]): index
        for row, (index, event) in zip(rows, placed, strict=True)
        if event.type in WITHDRAWALS
    }
    if not corrections:
        return []
    streams, targets = (list(set(column)) for column in zip(*corrections, strict=True))
    found = await connection.fetch(_TARGETS, streams, targets)
    opened = ((row["stream_id"], open_event(row["body"])) for row in found)
    return [
        (corrections[stream, event.event_id], event)
        for stream, event in opened
        if (stream, event.event_id) in corrections
    ]


async def _spread(connection: Connection, reach: Reach, placed: Iterable[Placed]) -> None:
    keys: dict[Key, int] = {}
    sites: dict[tuple[str, str], int] = {}
    for index, event in placed:
        for key in _keys(event):
            keys[key] = max(index, keys.get(key, -1))
        for module in modules_in(event):
            reach.add(module, index)
        reach.subjects.update((int(Stream.LOT), lot) for lot, _ in lots_in(event))
        if event.type == "counted":
            sites[event.organisation, event.data["site"]] = index
    reports = await _share(connection, reach, keys)
    await _share(connection, reach, {Key(KeyKind.REPORT, each): at for each, at in reports.items()})
    if sites:
        holders, numbers = (list(column) for column in zip(*sites, strict=True))
        for row in await connection.fetch(_STANDING, holders, numbers):
            reach.add(row["name"], sites[row["holder"], row["site"]])


async def _share(connection: Connection, reach: Reach, keys: Mapping[Key, int]) -> dict[str, int]:
    """Adds the batteries whose events carry a key; gives the reports that are sides of hand-overs.

    Of a hand-over only one line of each report carries the key; its REPORT key leads to the others.
    """
    pairs = {(int(key.kind), key_id(key.kind, key.value)): at for key, at in keys.items()}
    if not pairs:
        return {}
    kinds, values = (list(column) for column in zip(*pairs, strict=True))
    reports: dict[str, int] = {}
    for row in await connection.fetch(_SHARING, kinds, values):
        index = pairs[row["kind"], row["key"]]
        if row["of_kind"] == Stream.BATTERY:
            reach.add(row["name"], index)
        if row["kind"] == KeyKind.HANDOVER:
            event_id = str(row["event_id"])
            reports[event_id] = max(index, reports.get(event_id, -1))
    return reports


def _keys(event: Event) -> set[Key]:
    keys = {Key(KeyKind.CHILD, module) for module in modules_in(event)}
    vin = vin_of(event)
    if vin is not None:
        keys.add(Key(KeyKind.VIN, vin))
    if event.type in HANDOVER_SIDES:
        sender = party_key(event.data.get("sender", event.organisation))
        keys.add(Key(KeyKind.HANDOVER, handover_name(sender, event.data["handover"])))
    if event.type == "pickup_answered":
        requester = party_key(event.data["requester"])
        keys.add(Key(KeyKind.PICKUP, pickup_subject(requester, event.data["pickup"])))
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
