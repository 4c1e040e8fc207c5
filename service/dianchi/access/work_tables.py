"""The tables of work lists and transfers, made by migration 0026."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

HELD: Final = "work_row_held"
"""The index by which a battery stands on one open list only."""


class WorkListRow(SQLModel, table=True):
    """A work list: whose, for which crew, until when, since which place in the log.

    `report` is the type that scanning reports, `reason` what it says as one.
    """

    __tablename__ = "work_list"
    __table_args__ = (
        UniqueConstraint("organisation", "number", name="work_list_number"),
        Index("work_list_organisation", "organisation", "made_at"),
        Index("work_list_crew", "crew", "made_at"),
    )

    id: UUID = Field(primary_key=True)
    organisation: str
    number: str
    name: str
    crew: str
    due: date
    report: str
    reason: str
    since: int = Field(sa_column=Column(BigInteger, nullable=False))
    said: bytes
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    closed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    closed_why: str | None = None


class WorkRow(SQLModel, table=True):
    """A row of a work list: one battery, or so many expected at a station.

    `released_at` is since when another list may name the battery.
    """

    __tablename__ = "work_row"
    __table_args__ = (
        Index(
            HELD,
            "organisation",
            "battery",
            unique=True,
            postgresql_where=text("battery IS NOT NULL AND released_at IS NULL"),
        ),
    )

    list: UUID = Field(primary_key=True)
    place: int = Field(sa_column=Column(BigInteger, primary_key=True))
    organisation: str
    station: str
    battery: str | None = None
    expected: int | None = Field(default=None, sa_column=Column(BigInteger))
    host_kind: str
    released_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class WorkNoteRow(SQLModel, table=True):
    """That a crew did not find what a row names, and why; told once, under an id of its own."""

    __tablename__ = "work_note"
    __table_args__ = (Index("work_note_list", "list"),)

    id: UUID = Field(primary_key=True)
    list: UUID
    place: int = Field(sa_column=Column(BigInteger, nullable=False))
    organisation: str
    device: str | None = None
    why: str
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    told_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class TransferRow(SQLModel, table=True):
    """A transfer between sites of one organisation, with the reports that it is made of.

    `recorded_at` is None until all of them are in the record.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        UniqueConstraint("number", name="transfer_number"),
        Index("transfer_organisation", "organisation", "made_at"),
    )

    id: UUID = Field(primary_key=True)
    organisation: str
    number: str
    source: str
    target: str
    day: date
    reason: str
    count: int = Field(sa_column=Column(BigInteger, nullable=False))
    form: bytes
    reports: bytes
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    recorded_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
