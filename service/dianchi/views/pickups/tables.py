"""The list of pickups; migration 0020 makes the table, a test holds them together."""

from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Index, Text
from sqlmodel import Field, SQLModel


class PickupRow(SQLModel, table=True):
    """A request to fetch batteries, and what whoever was asked answered.

    `addressee` is the id of whom was asked, `addressee_told` what the request calls it.
    """

    __tablename__ = "pickup"
    __table_args__ = (
        Index("pickup_asked", "asked_us", "stream_id"),
        Index("pickup_by_seer", "seen_by", postgresql_using="gin"),
    )

    stream_id: UUID = Field(primary_key=True)
    number: str
    event_id: UUID
    requester: str
    site: str | None = None
    addressee: str
    addressee_told: str
    batteries: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    asked_us: int = Field(sa_column=Column(BigInteger, nullable=False))
    silent_us: int = Field(sa_column=Column(BigInteger, nullable=False))
    answer: str | None = None
    reason: str | None = None
    answered_us: int | None = Field(default=None, sa_column=Column(BigInteger))
    seen_by: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
