"""The register of capacities: noted by authorities, never changed, the latest note counts."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from asyncpg import Connection
from sqlalchemy import ARRAY, Column, Index, Numeric, Text
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.powers import moment
from dianchi.domain.capacities import Capacity
from dianchi.store.names import new_id

_NOTED: Final = """
SELECT DISTINCT ON (organisation, site, process, valid_from)
       organisation, site, process, permitted_t, built_t, document, document_on, valid_from,
       valid_to
  FROM capacity
 WHERE $1::text[] IS NULL OR seen_by && $1::text[]
 ORDER BY organisation, site, process, valid_from, noted_at DESC, id DESC
"""


class CapacityRow(SQLModel, table=True):
    """One note of what a site may and can treat in a year; `seen_by` as rows of views have it."""

    __tablename__ = "capacity"
    __table_args__ = (Index("capacity_by_site", "organisation", "site", "process", "noted_at"),)

    id: UUID = Field(primary_key=True)
    organisation: str
    site: str
    process: str
    permitted_t: Decimal | None = Field(default=None, sa_column=Column(Numeric))
    built_t: Decimal | None = Field(default=None, sa_column=Column(Numeric))
    document: str
    document_on: date
    valid_from: date
    valid_to: date | None = None
    noted_by: str
    noted_at: datetime = Field(sa_column=moment())
    seen_by: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))


async def note_capacity(
    session: AsyncSession, told: Capacity, by: str, seen_by: Collection[str], now: datetime
) -> None:
    """Adds a note; one from the same first day on takes the place of the one before."""
    facts = {name: getattr(told, name) for name in Capacity.__dataclass_fields__}
    row = CapacityRow(id=new_id(), **facts, noted_by=by, noted_at=now, seen_by=sorted(seen_by))
    session.add(row)
    await session.commit()


async def capacities(connection: Connection, seers: Collection[str] | None) -> list[Capacity]:
    """All that is noted, of each site and process by first day: the last that holds counts.

    Args:
        connection: reads for whoever asks.
        seers: the same once more; None for who may read all.
    """
    rows = await connection.fetch(_NOTED, None if seers is None else list(seers))
    return [Capacity(**dict(row)) for row in rows]
