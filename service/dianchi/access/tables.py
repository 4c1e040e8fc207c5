"""The tables of the registry, made by migrations 0002, 0005, 0007; a test holds them together."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, Column, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


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

    organisation: str = Field(primary_key=True)
    number: str = Field(primary_key=True)
    name: str
    kind: str
    prefecture: str | None = None
    area_m2: str | None = None


class VendorRow(SQLModel, table=True):
    """A vendor code of GB/T 34014 that a regulator added or changed; an empty date is open."""

    __tablename__ = "vendor"

    code: str = Field(primary_key=True)
    name: str
    valid_from: date | None = None
    valid_to: date | None = None


class KeyRow(SQLModel, table=True):
    """A bearer key, kept as a keyed hash."""

    __tablename__ = "api_key"

    digest: bytes = Field(primary_key=True)
    prefix: str
    organisation: str
    role: str
    prefecture: str | None = None
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    expires_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    scopes: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))
    last_used_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    revoked_by: str | None = None
    revoked_why: str | None = None
