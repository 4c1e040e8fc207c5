"""The rows of counts; migrations 0031 and 0038 make the tables, a test holds them together."""

from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Index, Integer
from sqlmodel import Field, SQLModel


def _whole() -> Column[int]:
    return Column(BigInteger, nullable=False)


class ContributionRow(SQLModel, table=True):
    """What one life or batch adds: the numbers of its cells, and four amounts for each of them.

    The amounts are those of `cells.Amount`, in its order.
    """

    __tablename__ = "contribution"
    __table_args__ = (Index("contribution_by_cell", "cells", postgresql_using="gin"),)

    stream_id: UUID = Field(primary_key=True)
    cells: list[int] = Field(sa_column=Column(ARRAY(BigInteger), nullable=False))
    amounts: list[int] = Field(sa_column=Column(ARRAY(BigInteger), nullable=False))


class TallyRow(SQLModel, table=True):
    """The sum of a cell; `contributors` are the lives and batches that add to it, never 0."""

    __tablename__ = "tally"
    __table_args__ = (
        Index(
            "tally_by_measure",
            "measure",
            "month",
            "prefecture",
            "county",
            "functional",
            "chemistry",
            "firm",
            "partner",
        ),
        Index("tally_by_firm", "firm"),
    )

    cell: int = Field(sa_column=Column(BigInteger, primary_key=True))
    measure: str
    month: int = Field(sa_column=Column(Integer, nullable=False))
    prefecture: str
    county: str
    functional: str
    chemistry: str
    firm: str
    partner: str
    contributors: int = Field(sa_column=_whole())
    things: int = Field(sa_column=_whole())
    mass_g: int = Field(sa_column=_whole())
    energy_wh: int = Field(sa_column=_whole())
    stay_s: int = Field(sa_column=_whole())


class PlaceTallyRow(SQLModel, table=True):
    """The sum of all cells that differ by county, firm and other end only.

    Kept by triggers of `tally`. A row may come to have no contributors: it counts as none.
    """

    __tablename__ = "place_tally"

    measure: str = Field(primary_key=True)
    month: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    prefecture: str = Field(primary_key=True)
    chemistry: str = Field(primary_key=True)
    contributors: int = Field(sa_column=_whole())
    things: int = Field(sa_column=_whole())
    mass_g: int = Field(sa_column=_whole())
    energy_wh: int = Field(sa_column=_whole())
    stay_s: int = Field(sa_column=_whole())
