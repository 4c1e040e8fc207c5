"""The register of demonstration projects: noted by authorities, only added to."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final
from uuid import UUID

from asyncpg import Connection
from sqlalchemy import ARRAY, Column, Index, Text
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.powers import moment
from dianchi.domain.demonstrations import Demonstration
from dianchi.store.names import new_id

_NOTED: Final = """
SELECT DISTINCT ON (organisation, name)
       name, purpose, organisation, sites, document, document_on, valid_from, valid_to
  FROM demonstration
 WHERE $1::text[] IS NULL OR seen_by && $1::text[]
 ORDER BY organisation, name, noted_at DESC, id DESC
"""


class DemonstrationRow(SQLModel, table=True):
    """One note of a project; `seen_by` as rows of views have it."""

    __tablename__ = "demonstration"
    __table_args__ = (Index("demonstration_by_name", "organisation", "name", "noted_at"),)

    id: UUID = Field(primary_key=True)
    name: str
    purpose: str
    organisation: str
    sites: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    document: str
    document_on: date
    valid_from: date
    valid_to: date | None = None
    noted_by: str
    noted_at: datetime = Field(sa_column=moment())
    seen_by: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))


async def note_demonstration(
    session: AsyncSession, told: Demonstration, by: str, seen_by: Collection[str], now: datetime
) -> None:
    """Adds a note; of an organisation's notes of one name the latest counts."""
    facts = {name: getattr(told, name) for name in Demonstration.__dataclass_fields__}
    facts["sites"] = list(told.sites)
    row = DemonstrationRow(id=new_id(), **facts, noted_by=by, noted_at=now, seen_by=sorted(seen_by))
    session.add(row)
    await session.commit()


async def demonstrations(
    connection: Connection, seers: Collection[str] | None
) -> list[Demonstration]:
    """All that is noted, by organisation and name.

    Args:
        connection: reads for whoever asks.
        seers: the same once more; None for who may read all.
    """
    rows = await connection.fetch(_NOTED, None if seers is None else list(seers))
    return [Demonstration(**{**row, "sites": tuple(row["sites"])}) for row in rows]
