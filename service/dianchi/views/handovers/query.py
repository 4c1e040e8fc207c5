"""The batteries of a load as a caller is shown them, and how full stores are: few trips for all."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from asyncpg import Record

from dianchi.domain.admit import Reporter
from dianchi.domain.handover_plan import Cargo, Stock
from dianchi.domain.identity import union
from dianchi.domain.lines import Stream
from dianchi.domain.recalls import Pack, Recall, concerns
from dianchi.domain.sight import Eyes, eyes_of
from dianchi.domain.standing import STORED
from dianchi.store.connect import Queryable
from dianchi.store.lives import joins_of
from dianchi.store.names import stream_id
from dianchi.store.readers import Lender
from dianchi.views.recalls.query import open_recalls

_CARGO: Final = """
SELECT b.stream_id, b.name, b.stage, b.holder, b.chemistry, b.safety_class, b.quarantined,
       b.mass_kg, b.handover, b.seen_by, b.held, b.names, b.maker, b.model, b.made_day,
       b.remedied,
       array(SELECT f.code || ' ' || f.severity FROM finding f
              WHERE f.subject_id = b.stream_id AND f.is_open) AS findings
  FROM battery b WHERE b.stream_id = ANY ($1::uuid[])
"""
_STOCK: Final = """
SELECT holder, site, sum(mass_kg) AS total FROM battery
 WHERE holder = ANY ($1::text[]) AND stage = ANY ($2::text[]) AND site IS NOT NULL
 GROUP BY holder, site
"""
REFLECTED: Final = "SELECT log_index FROM projection WHERE name = 'views'"


async def cargo_of(
    connection: Queryable, shown: Lender, names: Collection[str], reader: Reporter
) -> dict[str, Cargo]:
    """The batteries of these (canonical) names that the caller is shown, by the name asked for.

    Three trips; a few more where some have no row of their own, since they may be joined to others.

    Args:
        connection: reads every life, to find out which names are one battery.
        shown: reads for the caller.
        names: as they were asked for.
        reader: who the caller is; what the database shows is looked at once more.
    """
    eyes, recalls = eyes_of(reader), await open_recalls(connection)
    found = await _rows(shown, {name: [name] for name in names}, eyes, recalls)
    missing = [name for name in names if name not in found]
    if missing and (joins := await joins_of(connection, missing)):
        asked = {name: union(name, joins, {}).names - {name} for name in missing}
        found |= await _rows(
            shown, {name: others for name, others in asked.items() if others}, eyes, recalls
        )
    return found


async def _rows(
    shown: Lender, asked: Mapping[str, Iterable[str]], eyes: Eyes, recalls: Sequence[Recall]
) -> dict[str, Cargo]:
    streams = {
        stream_id(Stream.BATTERY, other): name for name, others in asked.items() for other in others
    }
    rows = await shown.fetch(_CARGO, list(streams)) if streams else []
    return {
        streams[row["stream_id"]]: _cargo(row, recalls) for row in rows if eyes.see(row["seen_by"])
    }


def _cargo(row: Record, recalls: Sequence[Recall]) -> Cargo:
    names = frozenset(row["names"] or (row["name"],))
    pack = Pack(names, row["maker"], row["model"], row["made_day"])
    done = row["remedied"] or ()
    return Cargo(
        row["name"],
        row["stage"],
        row["holder"],
        row["chemistry"] or None,
        row["safety_class"],
        row["quarantined"],
        row["mass_kg"],
        row["handover"],
        [tuple(told.split(" ")) for told in sorted(set(row["findings"]))],
        row["held"],
        [r.number for r in recalls if r.subject not in done and concerns(r, pack)],
    )


async def stock_of(connection: Queryable, organisations: Collection[str]) -> Stock:
    """What the stores of these organisations hold, in one trip."""
    rows: list[Any] = await connection.fetch(_STOCK, list(organisations), sorted(STORED))
    return {(row["holder"], row["site"]): row["total"] or Decimal(0) for row in rows}
