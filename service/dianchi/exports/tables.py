"""The tables of exports and saved queries, of migration 0035; a test holds them together."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


def _moment(*, nullable: bool = True) -> Any:  # noqa: ANN401 - a column
    return Column(DateTime(timezone=True), nullable=nullable)


class ExportRow(SQLModel, table=True):
    """A file that somebody asked for, and how far it is.

    `owner` is who may fetch it (`access.owners`); `lease_by` has it in hand until `lease_until`.
    What was asked for stays when the file is deleted.
    """

    __tablename__ = "export"
    __table_args__ = (
        Index(
            "export_waiting",
            "turn_at",
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
        Index("export_listed", "owner", "asked_at", "id"),
        Index("export_ended", "expires_at", postgresql_where=text("state = 'done'")),
    )

    id: UUID = Field(primary_key=True)
    owner: str
    organisation: str
    reporter: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    list: str
    filters: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    form: str
    language: str
    state: str
    rows: int = Field(sa_column=Column(BigInteger, nullable=False))
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    log_index: int | None = Field(default=None, sa_column=Column(BigInteger))
    rows_sha256: bytes | None = None
    sha256: bytes | None = None
    problem: str | None = None
    asked_at: datetime = Field(sa_column=_moment(nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=_moment())
    expires_at: datetime | None = Field(default=None, sa_column=_moment())
    turn_at: datetime = Field(sa_column=_moment(nullable=False))
    lease_by: UUID | None = None
    lease_until: datetime | None = Field(default=None, sa_column=_moment())


class ExportPartRow(SQLModel, table=True):
    """A part of a finished file; gone once it is not kept any more."""

    __tablename__ = "export_part"

    export: UUID = Field(primary_key=True)
    part: int = Field(primary_key=True)
    body: bytes


class SavedQueryRow(SQLModel, table=True):
    """A list with filters under a name; shared ones are seen by the whole authority."""

    __tablename__ = "saved_query"
    __table_args__ = (Index("saved_query_shared", "organisation", "name"),)

    id: UUID = Field(primary_key=True)
    owner: str
    organisation: str
    name: str
    list: str
    filters: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    shared: bool
    made_at: datetime = Field(sa_column=_moment(nullable=False))
