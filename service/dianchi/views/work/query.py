"""What an organisation holds where, and what was reported of it since a place in the log.

Everything is read with the eyes of whose list it is: a crew is told of its own work through the
list, and nothing of a life.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

from asyncpg import Record

from dianchi.domain.identity import pair_of
from dianchi.domain.life_event import WITHDRAWALS
from dianchi.domain.lines import KeyKind, Stream
from dianchi.domain.work_lists import TICKING, Seen
from dianchi.store.connect import Queryable
from dianchi.store.envelope import open_event, open_json
from dianchi.store.lives import SQL, withdrawn_among
from dianchi.store.names import key_id, stream_id
from dianchi.store.readers import Lender

_COLUMNS: Final = "name, names, stage, holder, site, host_kind, host, chemistry, model, quarantined"
# A host that is no vehicle is a station; what is in none stands where it was last reported.
_STATION: Final = "coalesce(CASE WHEN host_kind <> 'vehicle' THEN host END, site)"
_HELD: Final = f"""
SELECT {_COLUMNS} FROM battery
 WHERE holder = $1 AND stage = ANY ($2::text[]) AND ($3::text[] IS NULL OR {_STATION} = ANY ($3))
   AND ($4::text IS NULL OR chemistry = $4) AND {_STATION} IS NOT NULL
 ORDER BY {_STATION}, name LIMIT $5
"""  # noqa: S608 - made of the constants above
_NAMED: Final = f"SELECT {_COLUMNS} FROM battery WHERE name = ANY ($1::text[])"  # noqa: S608
_END: Final = "SELECT coalesce(max(log_index) + 1, 0) FROM log_entry"
# By the log first, which nobody is barred from: what was there before is not looked at.
_SINCE: Final = """
WITH late AS MATERIALIZED (
    SELECT stream_id, version, log_index FROM log_entry
     WHERE stream_id = ANY ($1::uuid[]) AND log_index >= $2)
SELECT e.stream_id, e.body, l.log_index FROM late l JOIN event e USING (stream_id, version)
"""
_MOVED: Final = """
SELECT stream_id, name, names FROM battery WHERE seen_by && $1::text[] AND last_us >= $2
"""
_AT: Final = """
WITH late AS MATERIALIZED (
    SELECT stream_id, version FROM log_entry WHERE stream_id = ANY ($1::uuid[]) AND log_index >= $2)
SELECT DISTINCT stream_id FROM (
    SELECT stream_id, convert_from(body, 'UTF8')::jsonb AS told
      FROM late JOIN event USING (stream_id, version)) e
 WHERE told ->> 'site' = ANY ($3::text[]) OR told -> 'data' -> 'host' ->> 'id' = ANY ($3)
"""


class Standing(NamedTuple):
    """A battery as the record has it.

    Attributes:
        battery: its canonical name; `names` are all of them.
        station: the host that it is in, unless that is a vehicle, else its site.
        host: `{kind, id}` where it is in one.
    """

    battery: str
    names: frozenset[str]
    stage: str
    holder: str
    station: str | None
    host: dict[str, str] | None
    chemistry: str | None
    model: str | None
    quarantined: bool


async def end_of_log(lender: Lender) -> int:
    """The index that the next entry of the log gets."""
    return int(await lender.fetchval(_END))


async def held_at(
    lender: Lender,
    organisation: str,
    stages: Sequence[str],
    stations: Sequence[str] | None,
    chemistry: str | None,
    most: int,
) -> list[Standing]:
    """What an organisation holds in these stages at these stations (None: any), up to `most`."""
    told = sorted(stations) if stations is not None else None
    rows = await lender.fetch(_HELD, organisation, list(stages), told, chemistry, most)
    return [_standing(row) for row in rows]


async def standings(lender: Lender, names: Collection[str]) -> dict[str, Standing]:
    """What the record shows of these names, by the name that was asked for."""
    around = await names_around(lender, names)
    every = sorted({each for some in around.values() for each in some})
    rows = [_standing(row) for row in await lender.fetch(_NAMED, every)]
    known = {name: each for each in rows for name in each.names}
    return {
        name: next(known[each] for each in (name, *sorted(around[name])) if each in known)
        for name in names
        if not around[name].isdisjoint(known)
    }


async def names_around(lender: Lender, names: Collection[str]) -> dict[str, frozenset[str]]:
    """Each name with those that `identified` joins to it directly."""
    around: dict[str, set[str]] = {name: {name} for name in names}
    keys = [key_id(KeyKind.ALIAS, name) for name in names]
    async with lender.acquire() as connection:
        rows = await connection.fetch(SQL["alias_events"], keys)
        joins = [open_event(row["body"]) for row in rows]
        withdrawn = await withdrawn_among(connection, (event.event_id for event in joins))
    for event in joins:
        if event.event_id not in withdrawn:
            for name in around.keys() & set(pair_of(event)):
                around[name].update(pair_of(event))
    return {name: frozenset(some) for name, some in around.items()}


async def seen_since(lender: Lender, names: Iterable[str], since: int) -> list[Seen]:
    """The uncorrected reports about these names that may settle a row, since a log index."""
    streams = [stream_id(Stream.BATTERY, name) for name in names]
    async with lender.acquire() as connection:
        return await _seen(connection, streams, since)


async def seen_at(
    lender: Lender, seers: Sequence[str], stations: Sequence[str], since: int, since_us: int
) -> list[Seen]:
    """The same about whatever was reported at these stations.

    Args:
        lender: reads for whose list it is.
        seers: among whom those must be who see a life.
        stations: numbers of sites.
        since: a log index.
        since_us: a life whose last event lies before it is not looked at.
    """
    async with lender.acquire() as connection:
        moved = await connection.fetch(_MOVED, list(seers), since_us)
        streams = {each for row in moved for each in _streams(row)}
        at = await connection.fetch(_AT, list(streams), since, list(stations))
        return await _seen(connection, [row["stream_id"] for row in at], since)


def _streams(row: Record) -> list[Any]:
    names = row["names"] or [row["name"]]
    return [stream_id(Stream.BATTERY, name) for name in names]


async def _seen(connection: Queryable, streams: Sequence[Any], since: int) -> list[Seen]:
    rows = await connection.fetch(_SINCE, list(streams), since)
    told = [(row["stream_id"], open_json(row["body"]), row["log_index"]) for row in rows]
    withdrawn = {
        (stream, event["data"]["event_id"])
        for stream, event, _ in told
        if event["type"] in WITHDRAWALS
    }
    return [
        _one(event, index)
        for stream, event, index in told
        if event["type"] in TICKING and (stream, event["event_id"]) not in withdrawn
    ]


def _one(event: dict[str, Any], index: int) -> Seen:
    host = event["data"].get("host") or {}
    return Seen(
        event["event_id"],
        event["type"],
        event["reported_as"],
        frozenset(filter(None, (event.get("site"), host.get("id")))),
        event["organisation"],
        event.get("agent"),
        (event.get("device") or {}).get("id"),
        event["occurred_at"],
        index,
    )


def _standing(row: Record) -> Standing:
    hosted = row["host"] is not None and row["host_kind"] != "vehicle"
    return Standing(
        row["name"],
        frozenset(row["names"] or (row["name"],)),
        row["stage"],
        row["holder"],
        row["host"] if hosted else row["site"],
        {"kind": row["host_kind"], "id": row["host"]} if row["host"] is not None else None,
        row["chemistry"] or None,
        row["model"],
        row["quarantined"],
    )
