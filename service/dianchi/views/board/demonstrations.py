"""What is in use at sites of demonstration projects today, and what was treated there by month."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from asyncpg import Connection

from dianchi.domain.demonstrations import IN_USE
from dianchi.domain.indicators.cells import Amount
from dianchi.views.board.layout import Site
from dianchi.views.indicators.query import SUMS, Asked, amount_of, where_of

TREATED: Final = ("treated", "treated_lots")
_IN_USE: Final = """
SELECT b.holder, b.site, count(*) AS packs, coalesce(sum(b.mass_kg), 0) AS mass_kg,
       coalesce(sum(b.energy_kwh), 0) AS energy_kwh, array_agg(DISTINCT b.stage) AS stages
  FROM unnest($1::text[], $2::text[]) i(holder, site)
  JOIN battery b ON b.holder = i.holder AND b.site = i.site AND b.stage = ANY ($3::text[])
 GROUP BY b.holder, b.site
"""
_BY_MONTH: Final = f"""
SELECT firm, partner, month, measure, {SUMS} FROM tally WHERE {{where}} GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - our own columns


class InUse(NamedTuple):
    """What is in use at a site, in which stages; mass and energy of those where they are known."""

    packs: int = 0
    mass_kg: Decimal = Decimal(0)
    energy_kwh: Decimal = Decimal(0)
    stages: Sequence[str] = ()


class Treated(NamedTuple):
    """What was treated at a site by a process in a month."""

    organisation: str
    site: str
    process: str
    month: int
    measure: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class AtSites:
    """In use by site, and all that was treated."""

    in_use: Mapping[Site, InUse]
    treated: Collection[Treated]


async def read_sites(connection: Connection, asked: Asked, sites: Collection[Site]) -> AtSites:
    """What is at these sites today, and what was treated in the months asked for."""
    columns = [list(column) for column in zip(*sites, strict=True)] or [[], []]
    in_use = {
        (row["holder"], row["site"]): InUse(*[row[name] for name in InUse._fields])
        for row in await connection.fetch(_IN_USE, *columns, list(IN_USE))
    }
    where, values = where_of(asked, TREATED)
    rows = await connection.fetch(_BY_MONTH.format(where=where), *values)
    treated = [
        Treated(row["firm"], *_split(row["partner"]), row["month"], row["measure"], amount_of(row))
        for row in rows
    ]
    return AtSites(in_use, [each for each in treated if (each.organisation, each.site) in sites])


def _split(partner: str) -> tuple[str, str]:
    # The number of a site may hold the sign, a process does not.
    site, _, process = partner.rpartition(">")
    return site, process
