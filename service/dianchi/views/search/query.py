"""Batteries by many names, vehicles or reports at once: few trips, however many are asked for."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from dianchi.domain.identity import union
from dianchi.domain.lines import KeyKind, Stream
from dianchi.domain.sight import Eyes
from dianchi.store.connect import Queryable
from dianchi.store.envelope import open_event, open_json
from dianchi.store.lives import joins_of, withdrawn_among
from dianchi.store.names import key_id, stream_id
from dianchi.store.readers import Lender

MOST_EVENTS: Final = 2_000
"""Of all reports and vehicles that one question names."""
_ROWS: Final = """
SELECT b.stream_id, b.name, b.stage, b.holder, b.prefecture, b.site, b.quarantined, b.last_us,
       b.seen_by,
       array(SELECT f.severity FROM finding f
              WHERE f.subject_id = b.stream_id AND f.is_open) AS findings
  FROM battery b WHERE b.stream_id = ANY ($1::uuid[])
"""
_TOLD: Final = """
SELECT DISTINCT e.stream_id, r.organisation
  FROM event e JOIN report r ON r.event_id = e.event_id WHERE e.stream_id = ANY ($1::uuid[])
"""
_NEAR: Final = "SELECT name, seen_by FROM battery WHERE stream_id = ANY ($1::uuid[])"
# OFFSET 0: by keys alone, whatever the planner thinks of the tables.
_IN_VEHICLES: Final = """
SELECT k.key, f.body FROM event_key k CROSS JOIN LATERAL (
    SELECT e.body FROM event e
     WHERE e.stream_id = k.stream_id AND e.version = k.version OFFSET 0) f
 WHERE k.kind = 2 AND k.key = ANY ($1::uuid[]) LIMIT $2
"""
_REPORTED: Final = """
SELECT e.event_id, e.body, s.seen_by
  FROM (SELECT r.stream_id, r.version FROM report r WHERE r.event_id = ANY ($1::uuid[])
        UNION SELECT k.stream_id, k.version FROM event_key k
               WHERE k.kind = 8 AND k.key = ANY ($2::uuid[])) l
  JOIN event e USING (stream_id, version) LEFT JOIN stream s USING (stream_id) LIMIT $3
"""
REFLECTED: Final = "SELECT log_index FROM projection WHERE name = 'views'"


@dataclass(frozen=True, slots=True)
class Found:
    """A battery as the reader is shown it; all but the name is None for own reports only."""

    battery: str
    whole: bool
    stage: str | None = None
    holder: str | None = None
    prefecture: str | None = None
    site: str | None = None
    quarantined: bool | None = None
    last_us: int | None = None
    findings: tuple[str, ...] = field(default=())
    """The severities of its open findings."""


async def batteries_named(
    connection: Queryable, shown: Lender, names: Collection[str], eyes: Eyes, organisation: str
) -> dict[str, Found]:
    """What the reader is shown of the batteries of these (canonical) names, by the name asked for.

    Args:
        connection: reads every life, to find out which names are one battery.
        shown: reads for the caller.
        names: as they were asked for.
        eyes: of the caller: what the database shows is looked at once more.
        organisation: of the caller, whose own reports it may read in any case.
    """
    found = await _rows(shown, {name: [name] for name in names}, eyes)
    missing = [name for name in names if name not in found]
    if missing and (joins := await joins_of(connection, missing)):
        asked = {name: union(name, joins, {}).names - {name} for name in missing}
        found |= await _rows(shown, {name: more for name, more in asked.items() if more}, eyes)
    missing = [name for name in names if name not in found]
    return found | (await _own(shown, missing, organisation) if missing else {})


async def _rows(shown: Lender, asked: Mapping[str, Iterable[str]], eyes: Eyes) -> dict[str, Found]:
    streams: dict[UUID, list[str]] = {}
    for name, others in asked.items():
        for other in others:
            streams.setdefault(stream_id(Stream.BATTERY, other), []).append(name)
    rows = await shown.fetch(_ROWS, list(streams)) if streams else []
    return {
        name: _found(row)
        for row in rows
        if eyes.see(row["seen_by"])
        for name in streams[row["stream_id"]]
    }


def _found(row: Record) -> Found:
    return Found(
        row["name"],
        whole=True,
        stage=row["stage"],
        holder=row["holder"] or None,
        prefecture=row["prefecture"] or None,
        site=row["site"],
        quarantined=row["quarantined"],
        last_us=row["last_us"],
        findings=tuple(row["findings"]),
    )


async def _own(shown: Lender, names: Iterable[str], organisation: str) -> dict[str, Found]:
    """Batteries that the caller reported of, and no more."""
    streams = {stream_id(Stream.BATTERY, name): name for name in names}
    rows = await shown.fetch(_TOLD, list(streams))
    own = {streams[row["stream_id"]] for row in rows if row["organisation"] == organisation}
    return {name: Found(name, whole=False) for name in own}


async def names_like(shown: Lender, names: Collection[str], eyes: Eyes) -> frozenset[str]:
    """Those of these names that batteries have which the reader is shown."""
    rows = await shown.fetch(_NEAR, [stream_id(Stream.BATTERY, name) for name in names])
    return frozenset(row["name"] for row in rows if eyes.see(row["seen_by"]))


async def batteries_in(
    connection: Queryable, vin_refs: Collection[str]
) -> dict[str, frozenset[str]]:
    """The names of batteries that standing reports put into these vehicles, by `vin_ref`.

    Args:
        connection: reads every life; what of it is shown is decided by `batteries_named`.
        vin_refs: of the vehicles.
    """
    keys = {key_id(KeyKind.VIN, ref): ref for ref in vin_refs}
    rows = await connection.fetch(_IN_VEHICLES, list(keys), MOST_EVENTS)
    told = [(keys[row["key"]], open_event(row["body"])) for row in rows]
    withdrawn = await withdrawn_among(connection, {event.event_id for _, event in told})
    found: dict[str, set[str]] = {}
    for ref, event in told:
        if event.event_id not in withdrawn and not event.subject.startswith("vin:"):
            found.setdefault(ref, set()).add(event.subject)
    return {ref: frozenset(names) for ref, names in found.items()}


async def things_reported(
    shown: Lender, event_ids: Collection[UUID], eyes: Eyes, organisation: str
) -> dict[UUID, list[dict[str, Any]]]:
    """The lines of these reports that the reader may read, by the id of the report."""
    keys = [key_id(KeyKind.REPORT, str(each)) for each in event_ids]
    rows = await shown.fetch(_REPORTED, list(event_ids), keys, MOST_EVENTS)
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        line = open_json(row["body"])
        if eyes.see(row["seen_by"] or ()) or line["organisation"] == organisation:
            found.setdefault(row["event_id"], []).append(line)
    return found
