"""The list of recalls; migration 0032 makes the table, a test holds them together."""

from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Index, Text, text
from sqlmodel import Field, SQLModel


class RecallRow(SQLModel, table=True):
    """A recall: whom it concerns, what to do, and whether it is over.

    `made_from` and `made_to` are Chinese days since 1970.
    """

    __tablename__ = "recall"
    __table_args__ = (
        Index("recall_open", "opened_us", postgresql_where=text("closed_us IS NULL")),
        Index("recall_by_issuer", "issuer"),
    )

    stream_id: UUID = Field(primary_key=True)
    subject: str
    issuer: str
    number: str
    role: str
    event_id: UUID
    maker: str | None = None
    vendor: str | None = None
    model: str | None = None
    made_from: int | None = None
    made_to: int | None = None
    codes_from: str | None = None
    codes_to: str | None = None
    names: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))
    advice: str
    advice_en: str | None = None
    reason: str | None = None
    document: str | None = None
    opened_us: int = Field(sa_column=Column(BigInteger, nullable=False))
    closed_us: int | None = Field(default=None, sa_column=Column(BigInteger))
    closing: str | None = None
