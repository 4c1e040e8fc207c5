"""The register of capacities: noted by authorities, never changed, the latest note counts."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from asyncpg import Connection
from sqlalchemy import Column, Index, Numeric
from sqlmodel import Field
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.noting import Noted, add_note, latest_of, notes
from dianchi.domain.capacities import Capacity, is_current

_NOTED: Final = latest_of(
    "capacity",
    "organisation, site, process, valid_from",
    "organisation, site, process, permitted_t, built_t, document, document_on, valid_from,"
    " valid_to",
)


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


async def capacities(
    connection: Connection, seers: Collection[str] | None, today: date
) -> list[Capacity]:
    """What holds today of what is noted (`notes`): of each site and process one, if it is shown."""
    current: dict[tuple[str, str, str], tuple[Capacity, bool]] = {}
    for row, seen in await notes(connection, _NOTED, seers):
        noted = Capacity(**row)
        if is_current(noted, today):
            current[noted.organisation, noted.site, noted.process] = noted, seen
    return [noted for noted, seen in current.values() if seen]
