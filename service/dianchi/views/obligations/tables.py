"""The rows of obligations; migration 0030 makes the tables, a test holds them together."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class ObligationRow(SQLModel, table=True):
    """A duty of a battery. What changes with the day alone is not written: a reader compares.

    Attributes:
        phase: `open` and `owed` go on, the latter owed elsewhere as well; `met`, `late`, `lapsed`;
            `unchecked`: met here late, but begun before its reporter was here.
        bearer: id of who answers, empty where unknown; `bearer_told` what the report calls it.
        dropped: no rule asks for it any more; the row is kept for its verdicts.
        rule_set: by which the verdict was first given that still holds.
        earlier: the verdicts that other rule sets gave, oldest first.
    """

    __tablename__ = "obligation"
    __table_args__ = (
        Index("obligation_by_phase", "phase", "due_day", "obligation_id"),
        Index("obligation_by_bearer", "bearer", "phase", "due_day", "obligation_id"),
        Index(
            "obligation_by_reporter",
            "reporter",
            "phase",
            "due_day",
            "obligation_id",
            postgresql_where=text("reporter <> bearer"),
        ),
        Index("obligation_by_prefecture", "prefecture", "phase", "due_day", "obligation_id"),
        Index("obligation_by_duty", "duty", "phase", "due_day", "obligation_id"),
        Index("obligation_by_stream", "stream_id"),
        Index(
            "obligation_going_on",
            "statutory",
            "due_day",
            "soon_day",
            "duty",
            "prefecture",
            "phase",
            postgresql_where=text("phase IN ('open', 'owed')"),
        ),
    )

    obligation_id: UUID = Field(primary_key=True)
    stream_id: UUID
    battery: str
    duty: str
    regime: str
    event_id: UUID
    event_type: str
    unreported: bool
    bearer: str
    bearer_told: str | None = None
    reporter: str
    owed_to: str
    statutory: bool
    prefecture: str
    safety_class: str | None = None
    start_day: date
    soon_day: date
    due_day: date
    met_day: date | None = None
    met_by: UUID | None = None
    ended_day: date | None = None
    phase: str
    dropped: bool
    rule_set: str
    judged_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    earlier: Any = Field(default=None, sa_column=Column(JSONB))
    seen_by: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))


class ObligationTallyRow(SQLModel, table=True):
    """How many obligations are over, by who sees them, by duty and by the month of their due day.

    Those that go on are counted when asked for: they change with the day.
    """

    __tablename__ = "obligation_tally"

    seen_by: list[str] = Field(sa_column=Column(ARRAY(Text), primary_key=True))
    bearer: str = Field(primary_key=True)
    prefecture: str = Field(primary_key=True)
    duty: str = Field(primary_key=True)
    statutory: bool = Field(primary_key=True)
    phase: str = Field(primary_key=True)
    month: date = Field(primary_key=True)
    rows: int = Field(sa_column=Column(BigInteger, nullable=False))
