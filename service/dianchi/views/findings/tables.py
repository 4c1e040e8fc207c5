"""The row of a finding; migration 0003 makes the table, a test holds the two together."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Column, Computed, DateTime, Index, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class FindingRow(SQLModel, table=True):
    """A finding of one subject: a battery, lot, batch, site or organisation.

    `said` are the values of its sentence; `organisation` and `prefecture` are those of the report
    that shows it.
    """

    __tablename__ = "finding"
    __table_args__ = (
        Index("finding_by_time", "is_open", "opened_at", "finding_id"),
        Index("finding_by_code", "is_open", "code", "opened_at", "finding_id"),
        Index("finding_by_kind", "is_open", "kind", "opened_at", "finding_id"),
        Index("finding_told", "code", "severity", "opened_at", "closed_at", "prefecture"),
        Index("finding_by_subject", "subject_id", "opened_at", "finding_id"),
        Index("finding_by_seer", "seen_by", postgresql_using="gin"),
    )

    finding_id: UUID = Field(primary_key=True)
    subject_kind: int = Field(sa_column=Column(SmallInteger, nullable=False))
    subject_id: UUID
    subject: str
    code: str
    kind: str
    severity: str
    prefecture: str | None = None
    organisation: str | None = None
    said: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    evidence: list[UUID] = Field(
        default_factory=list, sa_column=Column(ARRAY(Uuid), nullable=False)
    )
    opened_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    closed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    seen_by: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default="{}")
    )
    is_open: bool = Field(
        default=True,
        sa_column=Column(Boolean, Computed("closed_at IS NULL", persisted=True), nullable=False),
    )
