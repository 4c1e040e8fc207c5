"""Registers that authorities note: a note stands on a document, and is never changed."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from asyncpg import Connection, Record
from sqlalchemy import ARRAY, DateTime, Text
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.store.names import new_id


class Noted(SQLModel):
    """What each note has: its document, the days for which it holds, and who noted it."""

    id: UUID = Field(primary_key=True)
    organisation: str
    document: str
    document_on: date
    valid_from: date
    valid_to: date | None = None
    noted_by: str
    noted_at: datetime = Field(sa_type=DateTime(timezone=True))
    seen_by: list[str] = Field(sa_type=ARRAY(Text))


async def add_note(
    session: AsyncSession,
    kind: type[Noted],
    facts: Mapping[str, Any],
    by: str,
    seen_by: Collection[str],
    now: datetime,
) -> None:
    """Adds a note.

    Args:
        session: writes it at once.
        kind: the table.
        facts: what is noted, by the names of its columns.
        by: the person or organisation that notes it.
        seen_by: organisations and areas that see it, as rows of views have them.
        now: when it is noted.
    """
    row = kind(id=new_id(), **facts, noted_by=by, noted_at=now, seen_by=sorted(seen_by))
    session.add(row)
    await session.commit()


async def notes(connection: Connection, latest: str, seers: Collection[str] | None) -> list[Record]:
    """The notes that count.

    Args:
        connection: reads for whoever asks.
        latest: the SQL that reads them, of `seers`.
        seers: the same once more; None for who may read all.
    """
    rows: list[Record] = await connection.fetch(latest, None if seers is None else list(seers))
    return rows
