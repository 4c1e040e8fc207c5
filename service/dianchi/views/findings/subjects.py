"""The findings of lots, batches, sites and organisations, each read by itself and only when due.

Many reports about one lot cost one look: they only mark it `unsettled`. One that thousands of
batteries were made of is looked at again a while later, however fast reports of it come in.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from asyncpg import Connection

from dianchi.domain.batches import batch_findings, lot_findings
from dianchi.domain.findings import Finding
from dianchi.domain.firms import over_stock
from dianchi.domain.indicators.batches import batch_contributions
from dianchi.domain.indicators.lots import lot_contributions, origin_of
from dianchi.domain.life import Event
from dianchi.domain.lines import Key, KeyKind, Stream, organisation_subject, pickup_subject
from dianchi.domain.pickups import silent_from_us, unanswered
from dianchi.domain.working_days import business_date
from dianchi.store.names import key_id, stream_id
from dianchi.views.assessing import Law
from dianchi.views.findings.project import Shown
from dianchi.views.firms.findings import firm_findings
from dianchi.views.indicators.origins import is_input, sources_of
from dianchi.views.indicators.project import count
from dianchi.views.related import life_streams, related_events, standing_events

_MANY: Final = 500
_LARGE_WAIT_US: Final = 60_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MARK: Final = """
INSERT INTO unsettled (stream_id, kind, name, due_us)
SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::text[], $4::bigint[])
    ON CONFLICT (stream_id) DO UPDATE SET due_us = excluded.due_us
 WHERE excluded.due_us < unsettled.due_us
"""
_TAKE: Final = """
DELETE FROM unsettled WHERE stream_id IN (
    SELECT stream_id FROM unsettled WHERE due_us <= $1 ORDER BY due_us LIMIT $2)
RETURNING kind, name
"""
# The lots that more than $2 batteries were made of, without counting them all.
_LARGE: Final = """
SELECT i.key FROM unnest($1::uuid[]) i(key)
 WHERE EXISTS (SELECT FROM event_key k WHERE k.kind = 3 AND k.key = i.key OFFSET $2)
"""
_CHEMISTRIES: Final = """
SELECT stream_id, chemistry FROM battery WHERE stream_id = ANY ($1::uuid[])
"""
_STOCK: Final = """
SELECT i.holder, i.site, sum(b.mass_kg) AS total
  FROM unnest($1::text[], $2::text[]) i(holder, site)
  JOIN battery b ON b.holder = i.holder AND b.stage = 'collected' AND b.site = i.site
 GROUP BY i.holder, i.site
"""

Subject = tuple[int, str]
Facts = Mapping[str, Any]


def site_subject(holder: str, site: str) -> Subject:
    """A site as the subject of findings: its stream's kind and name."""
    return int(Stream.SITE), f"site:{holder}:{site}"


def firm_subject(organisation: str) -> Subject:
    """An organisation as the subject of findings, by its id."""
    return int(Stream.ORGANISATION), organisation_subject(organisation)


async def mark(connection: Connection, subjects: Iterable[Subject], now_us: int) -> None:
    """Notes that these are to be looked at; of two times the earlier one."""
    every = sorted(set(subjects))
    if not every:
        return
    streams = [stream_id(kind, name) for kind, name in every]
    large = await _large(connection, [name for kind, name in every if kind == Stream.LOT])
    due = [now_us + _LARGE_WAIT_US * (name in large) for _, name in every]
    kinds, names = (list(column) for column in zip(*every, strict=True))
    await connection.execute(_MARK, streams, kinds, names, due)


async def _large(connection: Connection, lots: Sequence[str]) -> set[str]:
    """The lots that very many batteries were made of."""
    keys = {key_id(KeyKind.LOT, lot): lot for lot in lots}
    if not keys:
        return set()
    rows = await connection.fetch(_LARGE, list(keys), _MANY)
    return {keys[row["key"]] for row in rows}


async def settle(connection: Connection, law: Law, now_us: int, most: int) -> list[Shown]:
    """Takes at most so many of those that are due; gives all that is found of each."""
    names: defaultdict[int, list[str]] = defaultdict(list)
    for row in await connection.fetch(_TAKE, now_us, most):
        names[row["kind"]].append(row["name"])
    return [
        *await _lots(connection, names[Stream.LOT], law),
        *await _batches(connection, names[Stream.BATCH], law),
        *await _sites(connection, names[Stream.SITE], law, now_us),
        *await firm_findings(connection, names[Stream.ORGANISATION], law, now_us),
    ]


def _shown(kind: Stream, name: str, findings: Sequence[Finding], events: Iterable[Event]) -> Shown:
    stream = stream_id(kind, name)
    seen = {event.event_id: event for event in events}
    return Shown(int(kind), stream, name, findings, (stream,), seen)


async def _lots(connection: Connection, names: Sequence[str], law: Law) -> list[Shown]:
    own = await standing_events(connection, [stream_id(Stream.LOT, name) for name in names])
    shown, counted = [], {}
    sources = await sources_of(connection, names)
    for name in names:  # one by one: each may have thousands of events
        key = Key(KeyKind.LOT, name)
        used = await related_events(connection, (key,), {})
        events = [*own.get(stream_id(Stream.LOT, name), ()), *used.get(key, ())]
        shown.append(_shown(Stream.LOT, name, lot_findings(name, events, law.rules), events))
        births, origin = used.get(key, ()), origin_of(name, sources)
        counted[stream_id(Stream.LOT, name)] = lot_contributions(name, births, origin, law.registry)
    if counted:
        await count(connection, counted)
    return shown


async def _batches(connection: Connection, names: Sequence[str], law: Law) -> list[Shown]:
    own = await standing_events(connection, [stream_id(Stream.BATCH, name) for name in names])
    keys = {Key(KeyKind.BATCH, name) for name in names}
    sharing = await related_events(connection, keys, {})
    content = await _content(connection, [e for events in sharing.values() for e in events])
    shown, counted = [], {}
    for name in names:
        stream = stream_id(Stream.BATCH, name)
        runs = own.get(stream, [])
        inputs = _inputs(sharing.get(Key(KeyKind.BATCH, name), ()), content)
        shown.append(_shown(Stream.BATCH, name, batch_findings(runs, inputs, law.rules), runs))
        counted[stream] = batch_contributions(runs, inputs, law.registry)
    if counted:
        await count(connection, counted)
    return shown


def _inputs(sharing: Iterable[Event], content: Mapping[str, Facts]) -> dict[str, Facts]:
    masses: defaultdict[str, Decimal] = defaultdict(Decimal)
    for event in sharing:
        if is_input(event):
            masses[event.subject] += Decimal(event.data["mass_kg"])
    return {
        subject: {**content.get(subject, {}), "mass_kg": format(mass, "f")}
        for subject, mass in masses.items()
    }


async def _content(connection: Connection, sharing: Iterable[Event]) -> dict[str, Facts]:
    """What the batteries and lots that went in are made of."""
    subjects = {event.subject for event in sharing if is_input(event)}
    lots = {name for name in subjects if name.startswith("lot:")}
    streams = {stream_id(Stream.LOT, lot): lot for lot in lots}
    content: dict[str, Facts] = {}
    for stream, events in (await standing_events(connection, streams)).items():
        materials = [m for event in events if (m := _material(event)) is not None]
        content[streams[stream]] = {"material": materials[0]} if materials else {}
    return content | await _chemistries(connection, subjects - lots)


async def _chemistries(connection: Connection, names: Collection[str]) -> dict[str, Facts]:
    """The chemistry of batteries, whichever of their names went into a batch."""
    streams = await life_streams(connection, names)
    rows = await connection.fetch(_CHEMISTRIES, list(streams))
    return {
        name: {"chemistry": row["chemistry"]} for row in rows for name in streams[row["stream_id"]]
    }


def _material(event: Event) -> str | None:
    material = (event.data.get("output") or event.data).get("material")
    return str(material) if material else None


async def _unanswered(connection: Connection, sites: Sequence[str]) -> dict[str, list[Event]]:
    """By site, the requests to fetch from it that were not answered."""
    keys = {Key(KeyKind.PICKUP, name): name for name in sites}
    asked = await related_events(connection, keys, {})
    pickups = {
        Key(KeyKind.PICKUP, pickup_subject(event.organisation, event.data["pickup"]))
        for events in asked.values()
        for event in events
    }
    around = (await related_events(connection, pickups, {})).values()
    answers = [e for events in around for e in events if e.type == "pickup_answered"]
    return {keys[key]: unanswered(events, answers) for key, events in asked.items()}


async def _look_again(
    connection: Connection, asked: Mapping[str, Sequence[Event]], law: Law, now_us: int
) -> None:
    """Notes the sites of which time alone will say that somebody is silent."""
    for site, events in asked.items():
        ends = [end for each in events if (end := silent_from_us(each, law.rules)) > now_us]
        if ends:
            await mark(connection, [(int(Stream.SITE), site)], min(ends))


async def _sites(
    connection: Connection, names: Sequence[str], law: Law, now_us: int
) -> list[Shown]:
    today = business_date(_EPOCH + timedelta(microseconds=now_us))
    places = {(holder, site): name for name in names for _, holder, site in [name.split(":", 2)]}
    columns = [list(column) for column in zip(*places, strict=True)] or [[], []]
    stock = {
        (row["holder"], row["site"]): row["total"] or Decimal(0)
        for row in await connection.fetch(_STOCK, *columns)
    }
    open_, shown = await _unanswered(connection, names), []
    await _look_again(connection, open_, law, now_us)
    for (holder, number), name in places.items():
        asked = [each for each in open_.get(name, ()) if silent_from_us(each, law.rules) <= now_us]
        site = law.registry.sites.get((holder, number))
        total = stock.get((holder, number), Decimal(0)).normalize()
        over = site and over_stock(
            site.kind, total, today, law.rules, site.capacity_kg, silent=asked
        )
        stream = stream_id(Stream.SITE, name)
        shown.append(
            Shown(
                int(Stream.SITE),
                stream,
                name,
                [over] if over else [],
                (stream,),
                {event.event_id: event for event in asked},
                law.registry.prefecture(holder, number),
                holder,
            )
        )
    return shown
