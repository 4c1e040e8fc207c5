"""Sites of organisations: added and changed, one of them whole, or many at once from a file."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from asyncpg import Connection
from sqlalchemy import CursorResult, literal_column
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, or_
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.tables import WRITING, SiteRow
from dianchi.domain.registry import Site
from dianchi.store.readers import Lender

_KEY: Final = frozenset(("organisation", "number"))
_CHANGED: Final = "changed"
_FACTS: Final = (
    *("name", "kind", "prefecture", "county", "functional", "area_m2", "capacity_kg"),
    *("opened_on", "closed_on"),
)
"""What rows of a file may tell; permits and principals stay as they are."""
_NAMED: Final = f"""
SELECT organisation, number, {", ".join(_FACTS)} FROM site
 WHERE organisation = $1 AND number = ANY ($2::text[])
"""  # noqa: S608 - constants
_ARRAYS: Final = ", ".join(
    f"${at}::{'date' if fact.endswith('_on') else 'text'}[]" for at, fact in enumerate(_FACTS, 3)
)
_PUT: Final = f"""
INSERT INTO site (organisation, number, {", ".join(_FACTS)}, permits, principals)
SELECT $1, t.*, '[]', '[]' FROM unnest($2::text[], {_ARRAYS}) t ORDER BY 2
    ON CONFLICT (organisation, number) DO UPDATE SET
       {", ".join(f"{fact} = excluded.{fact}" for fact in _FACTS)}, changed = {WRITING}
"""  # noqa: S608 - constants


async def put_site(session: AsyncSession, site: SiteRow) -> bool:
    """Writes a site with all that is told of it; the last writer wins. Whether it is new.

    The same once more writes nothing. The caller commits.
    """
    told = site.model_dump(exclude={_CHANGED})
    statement = insert(SiteRow).values(**told)
    facts: dict[str, Any] = {name: statement.excluded[name] for name in told.keys() - _KEY}
    differs = or_(
        *[col(getattr(SiteRow, name)).is_distinct_from(fact) for name, fact in facts.items()]
    )
    written: CursorResult[tuple[bool]] = await (await session.connection()).execute(
        statement.on_conflict_do_update(
            index_elements=sorted(_KEY),
            set_=facts | {_CHANGED: literal_column(WRITING)},
            where=differs,
            # Nobody ever locked a row that was inserted just now.
        ).returning(literal_column("xmax = 0"))
    )
    return bool(written.scalar())


async def sites_named(lender: Lender, organisation: str, numbers: Iterable[str]) -> dict[str, Site]:
    """The sites of an organisation with these numbers, without their permits and principals."""
    rows = await lender.fetch(_NAMED, organisation, list(numbers))
    return {row["number"]: Site(**dict(row)) for row in rows}


async def put_sites(connection: Connection, organisation: str, sites: Sequence[Site]) -> None:
    """Writes what files tell of sites of one organisation, each of another number."""
    facts = [[getattr(site, fact) for site in sites] for fact in _FACTS]
    await connection.execute(_PUT, organisation, [site.number for site in sites], *facts)
