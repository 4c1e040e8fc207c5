"""The tables of erasures, made by migration 0012; rows are added, never changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime
from sqlmodel import Field, SQLModel


class ErasureRow(SQLModel, table=True):
    """A request to erase the value behind a reference; `hand` is the key (or person) that asked."""

    __tablename__ = "erasure"

    id: UUID = Field(primary_key=True)
    reference: str = Field(index=True)
    basis: str
    document: str
    organisation: str
    hand: str
    asked_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class DecisionRow(SQLModel, table=True):
    """The one decision on a request: `approved`, which erased, or `declined`."""

    __tablename__ = "erasure_decision"

    erasure: UUID = Field(primary_key=True)
    decision: str
    why: str | None = None
    organisation: str
    hand: str
    decided_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
