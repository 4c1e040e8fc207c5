"""The register of capacities: noted by authorities, never changed, the latest note counts."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Final

from asyncpg import Connection
from sqlalchemy import Column, Index, Numeric
from sqlmodel import Field
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.noting import Noted, add_note, notes
from dianchi.domain.capacities import Capacity

_NOTED: Final = """
SELECT DISTINCT ON (organisation, site, process, valid_from)
       organisation, site, process, permitted_t, built_t, document, document_on, valid_from,
       valid_to
  FROM capacity
 WHERE $1::text[] IS NULL OR seen_by && $1::text[]
 ORDER BY organisation, site, process, valid_from, noted_at DESC, id DESC
"""


class CapacityRow(Noted, table=True):
    """One note of what a site may and can treat in a year."""

    __tablename__ = "capacity"
    __table_args__ = (Index("capacity_by_site", "organisation", "site", "process", "noted_at"),)

    site: str
    process: str
    permitted_t: Decimal | None = Field(default=None, sa_column=Column(Numeric))
    built_t: Decimal | None = Field(default=None, sa_column=Column(Numeric))


async def note_capacity(
    session: AsyncSession, told: Capacity, by: str, seen_by: Collection[str], now: datetime
) -> None:
    """Adds a note; one from the same first day on takes the place of the one before."""
    await add_note(session, CapacityRow, asdict(told), by, seen_by, now)


async def capacities(connection: Connection, seers: Collection[str] | None) -> list[Capacity]:
    """All that is noted (`notes`), by first day: of those that hold the last counts."""
    return [Capacity(**row) for row in await notes(connection, _NOTED, seers)]
