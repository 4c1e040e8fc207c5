"""The tables of devices and their photos (migrations 0017, 0020); a test holds them together."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


def _moment(*, nullable: bool = True) -> Any:  # noqa: ANN401 - a column
    return Column(DateTime(timezone=True), nullable=nullable)


class DeviceRow(SQLModel, table=True):
    """A phone that reports for an organisation.

    `code` is the keyed hash of its enrolment code, `claimant` of what the phone claimed it with.
    """

    __tablename__ = "device"
    __table_args__ = (
        Index("device_code", "code", unique=True),
        Index("device_organisation", "organisation"),
    )

    id: str = Field(primary_key=True)
    organisation: str
    role: str
    site: str | None = None
    name: str
    code: bytes
    code_ends: datetime = Field(sa_column=_moment(nullable=False))
    made_at: datetime = Field(sa_column=_moment(nullable=False))
    claimant: bytes | None = None
    claimed_at: datetime | None = Field(default=None, sa_column=_moment())
    revoked_at: datetime | None = Field(default=None, sa_column=_moment())
    revoked_why: str | None = None
    told_at: datetime | None = Field(default=None, sa_column=_moment())
    app: str | None = None
    offset_ms: int | None = Field(default=None, sa_column=Column(BigInteger))
    unsent: int | None = None
    refused: int | None = None
    tested_at: datetime | None = Field(default=None, sa_column=_moment())
    test: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))


class BlockRow(SQLModel, table=True):
    """A block of temporary names that a device got; `asked` tells a repeat from another asking."""

    __tablename__ = "device_block"
    __table_args__ = (Index("device_block_asked", "device", "asked", unique=True),)

    block: str = Field(primary_key=True)
    device: str
    asked: bytes
    made_at: datetime = Field(sa_column=_moment(nullable=False))


class ToldRow(SQLModel, table=True):
    """What a device was told under a cursor: by name, what stands for the row that was sent."""

    __tablename__ = "device_told"

    device: str = Field(primary_key=True)
    cursor: str = Field(primary_key=True)
    told: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    told_at: datetime = Field(sa_column=_moment(nullable=False))


class PhotoRow(SQLModel, table=True):
    """A photo by its hash; erased, the row stays as a tombstone."""

    __tablename__ = "photo"

    organisation: str = Field(primary_key=True)
    sha256: bytes = Field(primary_key=True)
    type: str
    size: int
    parts: int
    made_at: datetime = Field(sa_column=_moment(nullable=False))
    erased_at: datetime | None = Field(default=None, sa_column=_moment())


class PhotoPartRow(SQLModel, table=True):
    """A part of a photo, whole or still being sent."""

    __tablename__ = "photo_part"
    __table_args__ = (Index("photo_part_made_at", "organisation", "made_at"),)

    organisation: str = Field(primary_key=True)
    sha256: bytes = Field(primary_key=True)
    part: int = Field(primary_key=True)
    size: int
    body: bytes
    made_at: datetime = Field(sa_column=_moment(nullable=False))
