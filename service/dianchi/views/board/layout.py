"""Where batteries are sold, retired, taken in, in store and treated: for the layout of outlets."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, NamedTuple

from asyncpg import Connection

from dianchi.domain.indicators.cells import NOTHING, Amount
from dianchi.store.readers import Lender
from dianchi.views.indicators.query import (
    SUMS,
    Asked,
    AsOf,
    amount_of,
    read_as_of,
    where_of,
)

Site = tuple[str, str]
"""An organisation and the number of its site."""
_BY_PLACE: Final = f"""
SELECT measure, prefecture, {SUMS} FROM tally WHERE {{where}} GROUP BY 1, 2
"""  # noqa: S608 - our own columns
_BY_PARTNER: Final = f"""
SELECT measure, prefecture, partner, {SUMS} FROM tally WHERE {{where}} GROUP BY 1, 2, 3
"""  # noqa: S608 - as above
_BY_SITE: Final = f"""
SELECT firm, partner, {SUMS} FROM tally WHERE {{where}} GROUP BY 1, 2
"""  # noqa: S608 - as above
# What is under way is no longer there, and what was taken in elsewhere is in another's hands.
# The stages as the index `battery_in_store` has them.
_STOCK: Final = """
SELECT holder, site, count(*) AS packs, coalesce(sum(mass_kg), 0) AS mass_kg FROM battery
 WHERE holder = ANY ($1::text[]) AND site IS NOT NULL
   AND stage IN ('collected', 'retired', 'removed', 'at_utilizer', 'assessed')
 GROUP BY holder, site
"""


class Store(NamedTuple):
    """What is in store at a site."""

    packs: int
    mass_kg: Decimal


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was sold by vehicle maker and place, taken in by site, seen by maker."""

    as_of: AsOf
    sold: Mapping[tuple[str, str], int]
    taken_in: Mapping[Site, int]
    makers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Layout:
    """By prefecture what is sold and retired; by site what was taken in and what is in store."""

    as_of: AsOf
    demand: Mapping[tuple[str, str], Amount]
    taken_in: Mapping[Site, Amount]
    stock: Mapping[Site, Store]


def ever(asked: Asked, first: int) -> Asked:
    """The same question from an earlier month on."""
    return replace(asked, first=first)


async def read_coverage(readers: Lender, asked: Asked, first: int) -> Coverage:
    """What the coverage matrix is made of, in three questions; sales since the month `first`."""
    async with (
        readers.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        as_of = await read_as_of(connection)
        where, values = where_of(ever(asked, first), ("sold_of", "seen_of"))
        rows = await connection.fetch(_BY_PARTNER.format(where=where), *values)
        taken_in = await by_site(connection, asked, "taken_in")
    sold: dict[tuple[str, str], int] = {}
    makers: dict[str, int] = {}
    for row in rows:
        if row["measure"] == "sold_of":
            sold[row["partner"], row["prefecture"]] = row["things"]
        else:
            makers[row["partner"]] = makers.get(row["partner"], 0) + row["things"]
    return Coverage(as_of, sold, {site: each.things for site, each in taken_in.items()}, makers)


async def read_layout(
    readers: Lender, asked: Asked, first: int, holders: Collection[str]
) -> Layout:
    """What the layout is made of, in five questions.

    Args:
        readers: read for whoever asks.
        asked: the months of what is retired and taken in.
        first: the month since which sales count.
        holders: whose stores are looked at.
    """
    async with (
        readers.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        as_of = await read_as_of(connection)
        demand = await _by_place(connection, ever(asked, first), "sold")
        demand |= await _by_place(connection, asked, "retired")
        taken_in = await by_site(connection, asked, "taken_in")
        stock = await connection.fetch(_STOCK, list(holders))
    stored = {(r["holder"], r["site"]): Store(r["packs"], r["mass_kg"]) for r in stock}
    return Layout(as_of, demand, taken_in, stored)


async def _by_place(
    connection: Connection, asked: Asked, measure: str
) -> dict[tuple[str, str], Amount]:
    where, values = where_of(asked, (measure,))
    rows = await connection.fetch(_BY_PLACE.format(where=where), *values)
    return {(row["measure"], row["prefecture"]): amount_of(row) for row in rows}


async def by_site(connection: Connection, asked: Asked, *measures: str) -> dict[Site, Amount]:
    """By firm and other end, sums of these measures together."""
    where, values = where_of(asked, measures)
    found: dict[Site, Amount] = {}
    for row in await connection.fetch(_BY_SITE.format(where=where), *values):
        key = row["firm"], row["partner"]
        found[key] = found.get(key, NOTHING).plus(amount_of(row))
    return found
