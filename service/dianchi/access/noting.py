"""Registers that authorities note: a note stands on a document, and is never changed."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from asyncpg import Connection
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


def latest_of(table: str, same: str, columns: str) -> str:
    """The SQL of the notes that count, and whether they are `seen`.

    The latest is looked for among all of them: whoever saw the one before, and does not see what
    took its place, is not told that it still holds.

    Args:
        table: of the notes.
        same: the columns in which notes agree that take each other's place.
        columns: that are read.
    """
    return f"""
SELECT DISTINCT ON ({same}) {columns}, $1::text[] IS NULL OR seen_by && $1::text[] AS seen
  FROM {table} ORDER BY {same}, noted_at DESC, id DESC
"""  # noqa: S608 - made of constants


async def notes(
    connection: Connection, latest: str, seers: Collection[str] | None
) -> list[tuple[dict[str, Any], bool]]:
    """The notes that count, each with whether it is shown.

    Args:
        connection: reads all notes, whoever asks: what took the place of a note may lie elsewhere.
        latest: the SQL that reads them (`latest_of`).
        seers: to whom they are shown; None for who may read all.
    """
    rows = await connection.fetch(latest, None if seers is None else list(seers))
    told = [dict(row) for row in rows]
    return [(row, row.pop("seen")) for row in told]
