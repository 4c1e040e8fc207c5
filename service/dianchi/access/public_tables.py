"""The tables behind pages that anybody opens, made by migration 0018."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, text
from sqlmodel import Field, SQLModel


class SlipRow(SQLModel, table=True):
    """The number of a slip, and the event that it is about."""

    __tablename__ = "slip"

    number: str = Field(primary_key=True)
    event_id: UUID = Field(unique=True)
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class ComplaintRow(SQLModel, table=True):
    """A complaint; what was written stands in `personal`, under its number."""

    __tablename__ = "complaint"
    __table_args__ = (
        Index("complaint_made_at", "made_at"),
        Index(
            "complaint_open", "prefecture", "made_at", postgresql_where=text("closed_at IS NULL")
        ),
        Index(
            "complaint_closed",
            "prefecture",
            "closed_at",
            postgresql_where=text("closed_at IS NOT NULL"),
        ),
    )

    number: str = Field(primary_key=True)
    kind: str
    battery: str | None = None
    prefecture: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    closed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    closed_by: str | None = None
    reason: str | None = None
