"""The tables of uploads, of migrations 0023 and 0027; a test holds them together."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE
from sqlmodel import Field, SQLModel


def _moment(*, nullable: bool = True) -> Any:  # noqa: ANN401 - a column
    return Column(DateTime(timezone=True), nullable=nullable)


class UploadRow(SQLModel, table=True):
    """A file and how far it is; `lease_by` has it in hand until `lease_until`."""

    __tablename__ = "upload"
    __table_args__ = (
        Index(
            "upload_same",
            "organisation",
            "sha256",
            "type",
            unique=True,
            postgresql_where=text("state NOT IN ('failed', 'cancelled')"),
        ),
        Index(
            "upload_waiting",
            "turn_at",
            postgresql_where=text("state IN ('reading', 'checking', 'committing')"),
        ),
        Index("upload_listed", "organisation", "made_at"),
    )

    id: UUID = Field(primary_key=True)
    organisation: str
    reporter: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    type: str
    name: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: bytes
    parts: int
    state: str
    family: UUID | None = None
    opened: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))
    plan: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))
    plan_from: str | None = None
    mode: str | None = None
    row_count: int = 0
    done: int = 0
    checked: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))
    committed: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))
    problem: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))
    made_at: datetime = Field(sa_column=_moment(nullable=False))
    asked_at: datetime | None = Field(default=None, sa_column=_moment())
    ended_at: datetime | None = Field(default=None, sa_column=_moment())
    turn_at: datetime | None = Field(default=None, sa_column=_moment())
    lease_by: UUID | None = None
    lease_until: datetime | None = Field(default=None, sa_column=_moment())


class PartRow(SQLModel, table=True):
    """A part of a file; gone once the file was read."""

    __tablename__ = "upload_part"

    upload: UUID = Field(primary_key=True)
    part: int = Field(primary_key=True)
    size: int
    body: bytes


class SliceRow(SQLModel, table=True):
    """Some hundred rows, packed, with what a dry run and the record made of them."""

    __tablename__ = "upload_slice"

    upload: UUID = Field(primary_key=True)
    slice: int = Field(primary_key=True)
    organisation: str
    row_count: int
    rows: bytes
    checked: bytes | None = None
    committed: bytes | None = None
    known: list[UUID] | None = Field(default=None, sa_column=Column(ARRAY(UUID_TYPE)))
    tallies: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))


class KeyRow(SQLModel, table=True):
    """The first row of a file that makes a report; rows that make the same are its repeats."""

    __tablename__ = "upload_key"

    upload: UUID = Field(primary_key=True)
    event_id: UUID = Field(primary_key=True)
    digest: bytes
    place: int


class PlanRow(SQLModel, table=True):
    """How a firm's columns were read last time."""

    __tablename__ = "upload_plan"

    organisation: str = Field(primary_key=True)
    type: str = Field(primary_key=True)
    header: bytes = Field(primary_key=True)
    plan: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    made_at: datetime = Field(sa_column=_moment(nullable=False))


class ReceiptRow(SQLModel, table=True):
    """The receipt of an upload, as it was first given."""

    __tablename__ = "upload_receipt"

    upload: UUID = Field(primary_key=True)
    number: str = Field(unique=True)
    organisation: str
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    issued_at: datetime = Field(sa_column=_moment(nullable=False))
