"""The databases of a run: a small one, the main one, one for the appends in process."""

from typing import Any, Final

import asyncpg

from dianchi.access.sites import put_sites
from dianchi.bench import material
from dianchi.bench.field import Field
from dianchi.bench.loading import Chunk, chunks, load
from dianchi.domain.registry import Site, organisation_id
from dianchi.views.runner import VERSION

INSIDE: Final = 20_000
"""Packs in the database of the appends in process: nobody but a sequencer follows that one."""
LONG: Final = 9_000_000
"""Where the packs with long histories begin: some of a hundred events, then a very long one."""
HUNDREDS: Final = 40
DEEP: Final = LONG + HUNDREDS
DEEP_EVENTS: Final = 3_000
# The views follow from here on: what was loaded is no news to them.
_FOLLOW: Final = """
INSERT INTO projection (name, log_index, version)
SELECT 'views', coalesce(max(log_index) + 1, 0), $1 FROM log_entry
"""


async def loaded(field: Field, name: str, lives: int, **told: Any) -> str:  # noqa: ANN401 - of Chunk
    """A database with so many lives, loaded when first asked for."""
    made = field.has(name)
    dsn = await field.database(name)
    if not made:
        await load(dsn, list(chunks(lives, **told)), field.say)
    return dsn


async def small(field: Field) -> str:
    """The small database of the growth comparison."""
    return await loaded(field, "small", field.scale.small)


async def views(field: Field) -> str:
    """The database whose views are made again: the officer's, where that has the size."""
    if field.scale.rebuilt == field.scale.shown:
        return await shown(field)
    return await loaded(field, "views", field.scale.rebuilt)


async def shown(field: Field) -> str:
    """The database that an officer asks: lives spread over places, sites and months."""
    scale = field.scale
    return await loaded(field, "shown", scale.shown, checks=scale.shown_checks, spread=True)


async def open_sites(connection: asyncpg.Connection) -> None:
    """Registers the sites of the firms with phones, in all prefectures in turn."""
    for role in material.WITH_PHONES:
        firm = organisation_id(material.name_of(role))
        await put_sites(connection, firm, [_site(firm, n) for n in range(material.SITES)])


def _site(firm: str, number: int) -> Site:
    place = material.PLACES[number % len(material.PLACES)]
    name = material.site(number)
    return Site(firm, name, f"{firm} {name}", "collection", place, capacity_kg="60000")


async def inside(field: Field) -> str:
    """The database of the appends in process."""
    return await loaded(field, "inside", min(INSIDE, field.scale.main))


async def main(field: Field) -> str:
    """The main database, loaded when first asked for."""
    made = field.has("main")
    dsn = await field.database("main")
    if not made:
        wanted = list(chunks(field.scale.main))
        end = wanted[-1].log_index + wanted[-1].events
        hundreds = Chunk(LONG, HUNDREDS, end, told=1, checks=99)
        deep = Chunk(DEEP, 1, end + hundreds.events, told=1, checks=DEEP_EVENTS - 1)
        await load(dsn, [*wanted, hundreds, deep], field.say)
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute(_FOLLOW, VERSION)
        finally:
            await connection.close()
    return dsn
