"""The tables of the registry, as the migrations make them; a test holds them together."""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, Column, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from dianchi.access.powers import ScopedPowers, moment

WRITING: Final = "pg_current_xact_id()::text::bigint"
"""The number of the transaction that writes, as PostgreSQL says it."""


class OrganisationRow(SQLModel, table=True):
    """A registered firm or authority."""

    __tablename__ = "organisation"

    id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    uscc: str | None = Field(default=None, unique=True)
    province: str | None = None
    prefecture: str | None = None
    onboarded_on: date
    permits: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False)
    )


class SiteRow(SQLModel, table=True):
    """A place of an organisation, by the number the organisation gives it."""

    __tablename__ = "site"
    __table_args__ = (Index("site_changed", "changed"),)

    organisation: str = Field(primary_key=True)
    number: str = Field(primary_key=True)
    name: str
    kind: str
    prefecture: str | None = None
    area_m2: str | None = None
    county: str | None = None
    functional: str | None = None
    capacity_kg: str | None = None
    permits: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False)
    )
    principals: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False)
    )
    opened_on: date | None = None
    closed_on: date | None = None
    changed: int | None = Field(
        default=None,
        sa_column=Column(BigInteger, nullable=False, server_default=text(WRITING)),
    )
    """The transaction that wrote it last."""


class VendorRow(SQLModel, table=True):
    """A vendor code of GB/T 34014 that a regulator added or changed; an empty date is open."""

    __tablename__ = "vendor"

    code: str = Field(primary_key=True)
    name: str
    valid_from: date | None = None
    valid_to: date | None = None


class KeyRow(ScopedPowers, table=True):
    """A bearer key, kept as a keyed hash."""

    __tablename__ = "api_key"

    digest: bytes = Field(primary_key=True)
    prefix: str
    made_at: datetime = Field(sa_column=moment())
    revoked_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    expires_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    last_used_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    revoked_by: str | None = None
    revoked_why: str | None = None
    device: str | None = None


class ApplicationRow(SQLModel, table=True):
    """Somebody who asks to be enrolled; their contact is kept apart (`access.named`)."""

    __tablename__ = "application"
    __table_args__ = (Index("application_made_at", "made_at"),)

    number: str = Field(primary_key=True)
    secret: bytes
    told: bytes
    name: str
    uscc: str | None = None
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    province: str | None = None
    prefecture: str | None = None
    county: str | None = None
    made_at: datetime = Field(sa_column=moment())
    decision: str | None = None
    decided_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    decided_by: str | None = None
    reason: str | None = None
    organisation: str | None = None
    handed_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))


class MandateRow(SQLModel, table=True):
    """What one organisation lets another report for it; `said` stands for all that it says."""

    __tablename__ = "mandate"
    __table_args__ = (
        Index("mandate_organisation", "organisation"),
        Index("mandate_agent", "agent"),
    )

    id: str = Field(primary_key=True)
    organisation: str
    agent: str
    role: str
    types: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    sites: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))
    area: str | None = None
    valid_from: date
    valid_to: date
    said: bytes
    made_at: datetime = Field(sa_column=moment())
    revoked_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    revoked_why: str | None = None
