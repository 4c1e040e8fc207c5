"""The tables of asset packs and of answers from outside, made by migration 0025."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel


class AssetPackRow(SQLModel, table=True):
    """An asset pack: the frozen sheet as canonical JSON, and the organisations that may open it."""

    __tablename__ = "asset_pack"
    __table_args__ = (
        Index("asset_pack_organisation", "organisation"),
        Index("asset_pack_named", "named", postgresql_using="gin"),
    )

    id: UUID = Field(primary_key=True)
    organisation: str
    title: str
    named: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    sheet: bytes
    sha256: bytes
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class OpeningRow(SQLModel, table=True):
    """That an organisation opened a sheet, in which form, when."""

    __tablename__ = "asset_pack_opening"
    __table_args__ = (Index("asset_pack_opening_pack", "pack"),)

    id: UUID = Field(primary_key=True)
    pack: UUID
    organisation: str
    form: str
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class OutsideReceiptRow(SQLModel, table=True):
    """A one-time link for a receiver without an account; only the hash of its secret is kept.

    `claimed` is what was said to come, `answer` what was answered, both as canonical JSON.
    """

    __tablename__ = "outside_receipt"
    __table_args__ = (Index("outside_receipt_organisation", "organisation", "made_at"),)

    id: UUID = Field(primary_key=True)
    digest: bytes = Field(unique=True)
    organisation: str
    event_id: UUID
    claimed: bytes
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    answered_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    answer: bytes | None = None
