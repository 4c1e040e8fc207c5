"""Which lots and batches lie upstream and downstream of a lot, by what was reported of each.

Level by level, with the same two questions for each level however many things lie on it.
"""

from collections.abc import Collection, Iterable
from typing import Final

from asyncpg import Connection
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.indicators.lots import PACKS, batch_source, lot_source
from dianchi.domain.life_event import Event
from dianchi.domain.lines import Key, KeyKind, Stream, batch_subject
from dianchi.domain.materials import LotSource
from dianchi.store.names import stream_id
from dianchi.views.related import life_streams, related_events, standing_events

DEEPEST: Final = 40
"""Steps after which nothing further is looked for: then an origin is not known."""
_LOT, _BATCH = "lot:", "batch:"
_COUNTED_AS: Final = """
SELECT c.stream_id, t.measure
  FROM contribution c CROSS JOIN LATERAL unnest(c.cells) u(cell) JOIN tally t ON t.cell = u.cell
 WHERE c.stream_id = ANY ($1::uuid[]) AND t.measure = ANY ($2::text[])
"""
Subject = tuple[int, str]


async def sources_of(connection: Connection, lots: Iterable[str]) -> dict[str, LotSource]:
    """Where these lots come from, and whatever lies upstream of them, by the names of streams."""
    found: dict[str, LotSource] = {}
    level = set(lots)
    for _ in range(DEEPEST):
        if not level:
            break
        found |= await _packs(connection, [n for n in level if not n.startswith((_LOT, _BATCH))])
        found |= await _lots(connection, [name for name in level if name.startswith(_LOT)])
        found |= await _batches(connection, [name for name in level if name.startswith(_BATCH)])
        parents = {parent for name in level for parent, _ in found[name].parents}
        level = {name for name in parents - found.keys() if not name.startswith("declared:")}
    return found


async def _packs(connection: Connection, names: Collection[str]) -> dict[str, LotSource]:
    streams = await life_streams(connection, names)
    counted = await counted_as(connection, streams)
    told = {name: PACKS[measure] for s, measure in counted.items() for name in streams[s]}
    return {name: told.get(name, LotSource()) for name in names}


async def counted_as(connection: Connection, streams: Collection[UUID]) -> dict[UUID, str]:
    """By which measure of `PACKS` the lives of these streams are counted, where one counts them."""
    rows = await connection.fetch(_COUNTED_AS, list(streams), list(PACKS))
    return {row["stream_id"]: row["measure"] for row in rows}


async def _lots(connection: Connection, names: Collection[str]) -> dict[str, LotSource]:
    own = await standing_events(connection, [stream_id(Stream.LOT, name) for name in names])
    return {name: lot_source(own.get(stream_id(Stream.LOT, name), ())) for name in names}


async def _batches(connection: Connection, names: Collection[str]) -> dict[str, LotSource]:
    sharing = await related_events(connection, {Key(KeyKind.BATCH, name) for name in names}, {})
    lines = {name: sharing.get(Key(KeyKind.BATCH, name), ()) for name in names}
    return {name: batch_source(filter(is_input, lines[name])) for name in names}


def is_input(event: Event) -> bool:
    """Whether an event is the line of what went into a batch."""
    return (
        event.type == "recycled"
        and "output" not in event.data
        and "inputs_mass_kg" not in event.data
    )


async def downstream(connection: Connection, subjects: Collection[Subject]) -> set[Subject]:
    """The lots that came, by whatever way, out of these lots and batches."""
    found: set[Subject] = set()
    level = set(subjects)
    for _ in range(DEEPEST):
        if not level:
            break
        batches = {name for kind, name in level if kind == Stream.BATCH}
        batches |= await _entered(connection, [name for kind, name in level if kind == Stream.LOT])
        level = await _gave(connection, batches) - found
        found |= level
    return found


async def _entered(connection: Connection, lots: Collection[str]) -> set[str]:
    """The batches that some of these lots went into."""
    own = await standing_events(connection, [stream_id(Stream.LOT, name) for name in lots])
    return {
        batch_subject(event.organisation, event.data["batch"])
        for events in own.values()
        for event in events
        if is_input(event)
    }


async def _gave(connection: Connection, batches: Collection[str]) -> set[Subject]:
    keys = {Key(KeyKind.BATCH, name) for name in batches}
    sharing = await related_events(connection, keys, {})
    return {
        (int(Stream.LOT), event.subject)
        for events in sharing.values()
        for event in events
        if event.type == "recycled" and "output" in event.data
    }
