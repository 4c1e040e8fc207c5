"""The register of demonstration projects: noted by authorities, only added to."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Final

from asyncpg import Connection
from sqlalchemy import ARRAY, Index, Text
from sqlmodel import Field
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.noting import Noted, add_note, latest_of, notes
from dianchi.domain.demonstrations import Demonstration

_NOTED: Final = latest_of(
    "demonstration",
    "organisation, name",
    "name, purpose, organisation, sites, document, document_on, valid_from, valid_to",
)


class DemonstrationRow(Noted, table=True):
    """One note of a project."""

    __tablename__ = "demonstration"
    __table_args__ = (Index("demonstration_by_name", "organisation", "name", "noted_at"),)

    name: str
    purpose: str
    sites: list[str] = Field(sa_type=ARRAY(Text))


async def note_demonstration(
    session: AsyncSession, told: Demonstration, by: str, seen_by: Collection[str], now: datetime
) -> None:
    """Adds a note; of an organisation's notes of one name the latest counts."""
    facts = asdict(told) | {"sites": list(told.sites)}
    await add_note(session, DemonstrationRow, facts, by, seen_by, now)


async def demonstrations(
    connection: Connection, seers: Collection[str] | None
) -> list[Demonstration]:
    """All that is noted (`notes`), by organisation and name."""
    rows = await notes(connection, _NOTED, seers)
    return [Demonstration(**{**row, "sites": tuple(row["sites"])}) for row, seen in rows if seen]
