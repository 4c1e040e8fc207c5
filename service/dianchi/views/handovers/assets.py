"""The batteries of an asset pack: what an organisation holds, with what their lives tell."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from dianchi.domain.asset_sheet import Item, Wanted, item_of
from dianchi.domain.handovers import GONE
from dianchi.domain.life import fold
from dianchi.domain.lines import Stream
from dianchi.domain.rules import Rules
from dianchi.store.connect import Queryable
from dianchi.store.names import stream_id
from dianchi.store.readers import Lender
from dianchi.views.assessing import Told
from dianchi.views.reading import read_lives

MOST: Final = 5000
"""Batteries that one sheet may look at."""
OUT_OF_HAND: Final = GONE | {"in_transit"}
_CHUNK: Final = 500
_HELD: Final = """
SELECT name FROM battery
 WHERE holder = $1 AND ($2::text IS NULL OR stage = $2) AND ($3::text IS NULL OR chemistry = $3)
   AND ($4::text IS NULL OR site = $4) AND ($5::text IS NULL OR prefecture = $5)
   AND ($2 IS NOT NULL OR NOT stage = ANY ($7::text[]))
 ORDER BY name LIMIT $6
"""
_PLACES: Final = """
SELECT e.event_id, l.log_index FROM event e JOIN log_entry l USING (stream_id, version)
 WHERE e.stream_id = ANY ($1::uuid[]) AND e.event_id = ANY ($2::uuid[])
"""


async def held(shown: Lender, organisation: str, wanted: Wanted) -> list[str]:
    """The names of what an organisation holds, of `MOST` + 1 at most.

    What is on its way to somebody, or is no more, is left out unless its stage is asked for.
    """
    filters = (organisation, wanted.stage, wanted.chemistry, wanted.site, wanted.prefecture)
    told = (*filters, MOST + 1, sorted(OUT_OF_HAND))
    rows: list[Any] = await shown.fetch(_HELD, *told)
    return [row["name"] for row in rows]


def chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """So many at a time that others are answered meanwhile."""
    return (names[at : at + _CHUNK] for at in range(0, len(names), _CHUNK))


async def places_of(connection: Queryable, items: Sequence[Item]) -> dict[str, int]:
    """Where the log has the newest event of each battery, by its id; one trip."""
    streams = [stream_id(Stream.BATTERY, name) for item in items for name in item.names]
    events = [item.last_event for item in items if item.last_event]
    rows = await connection.fetch(_PLACES, streams, events)
    return {str(row["event_id"]): row["log_index"] for row in rows}


async def lives_of(connection: Queryable, names: Sequence[str]) -> Sequence[Told]:
    """The lives of these batteries; a few trips."""
    return (await read_lives(connection, names)).told


def items_of(lives: Sequence[Told], rules: Rules, now_us: int) -> list[Item]:
    """What the sheet says of each."""
    return [
        item_of(life.union.canonical, life.union.names, fold(life.events, rules), now_us)
        for life in lives
    ]
