"""How far the views follow the log, and what they still have to look at."""

from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, SmallInteger
from sqlmodel import Field, SQLModel


class ProjectionRow(SQLModel, table=True):
    """A reader of the log: the next index it takes, and the version of the code that wrote."""

    __tablename__ = "projection"

    name: str = Field(primary_key=True)
    log_index: int = Field(sa_column=Column(BigInteger, nullable=False))
    version: int = Field(sa_column=Column(BigInteger, nullable=False))


class UnsettledRow(SQLModel, table=True):
    """A lot, batch, site or organisation whose findings are to be looked at again."""

    __tablename__ = "unsettled"
    __table_args__ = (Index("unsettled_due", "due_us"),)

    stream_id: UUID = Field(primary_key=True)
    kind: int = Field(sa_column=Column(SmallInteger, nullable=False))
    name: str
    due_us: int = Field(sa_column=Column(BigInteger, nullable=False))
