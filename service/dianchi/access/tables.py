"""The tables of the registry; migration 0002 makes them, a test holds the two together."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, DateTime
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
