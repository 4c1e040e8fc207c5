"""What is counted of organisations; migration 0004 makes the tables, a test holds them together."""

from uuid import UUID

from sqlalchemy import BigInteger, Column, Integer
from sqlmodel import Field, SQLModel


class FirmRow(SQLModel, table=True):
    """When an organisation last reported anything."""

    __tablename__ = "firm"

    organisation: str = Field(primary_key=True)
    last_us: int = Field(sa_column=Column(BigInteger, nullable=False))


class DoubtfulRow(SQLModel, table=True):
    """A report that may be part of a burst; it counts once, and not when it was withdrawn."""

    __tablename__ = "doubtful"

    organisation: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    day: int = Field(sa_column=Column(Integer, primary_key=True))
    recorded_us: int = Field(sa_column=Column(BigInteger, primary_key=True))
    event_id: UUID = Field(primary_key=True)


class CrowdRow(SQLModel, table=True):
    """How many doubtful reports an organisation made on a day of recording."""

    __tablename__ = "crowd"

    organisation: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    day: int = Field(sa_column=Column(Integer, primary_key=True))
    reports: int = Field(sa_column=Column(Integer, nullable=False))
