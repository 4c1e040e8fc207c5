"""What keys, systems and people may: the columns that their tables share."""

from datetime import datetime

from sqlalchemy import ARRAY, Column, DateTime, Text
from sqlmodel import Field, SQLModel


def moment(*, nullable: bool = False) -> Column[datetime]:
    """A column of instants; one for each table."""
    return Column(DateTime(timezone=True), nullable=nullable)


class _Bounds(SQLModel):
    organisation: str
    role: str
    prefecture: str | None = None
    area: str | None = None
    department: str | None = None


class Scoped(_Bounds):
    """Whose it is, as what it acts, where, and what it is narrowed to."""

    scopes: list[str] | None = Field(default=None, sa_type=ARRAY(Text))


class Powers(_Bounds):
    """Whose it is, as what it acts, where, and which organisations it is bound to."""

    names: list[str] | None = Field(default=None, sa_type=ARRAY(Text))


class ScopedPowers(Powers, Scoped):
    """All of these."""
