"""The register of factor tables for savings: noted by the province, never changed."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from asyncpg import Connection
from sqlalchemy import Column, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.powers import moment
from dianchi.domain.savings import SOURCES, Factor, FactorTable
from dianchi.store.names import new_id

# The database keeps members in an order of its own.
_PLACES: Final = {of: place for place, of in enumerate(SOURCES)}
_NOTED: Final = """
SELECT DISTINCT ON (valid_from) name, version, source, valid_from, factors
  FROM factor_table ORDER BY valid_from, noted_at DESC, id DESC
"""


class FactorTableRow(SQLModel, table=True):
    """One table; `factors` by source, as decimal text."""

    __tablename__ = "factor_table"
    __table_args__ = (Index("factor_table_by_day", "valid_from", "noted_at"),)

    id: UUID = Field(primary_key=True)
    name: str
    version: str
    source: str
    valid_from: date
    factors: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    noted_by: str
    noted_at: datetime = Field(sa_column=moment())


async def note_factors(session: AsyncSession, told: FactorTable, by: str, now: datetime) -> None:
    """Adds a table; of tables from the same first day on the latest counts."""
    row = FactorTableRow(
        id=new_id(),
        name=told.name,
        version=told.version,
        source=told.source,
        valid_from=told.valid_from,
        factors={each.of: _json(each) for each in told.factors},
        noted_by=by,
        noted_at=now,
    )
    session.add(row)
    await session.commit()


def _json(factor: Factor) -> dict[str, str | None]:
    told = {"material_kg": factor.material_kg, "co2e_kg": factor.co2e_kg}
    return {name: None if each is None else format(each, "f") for name, each in told.items()}


async def factor_tables(connection: Connection) -> list[FactorTable]:
    """All that are in force from some day on, by that day."""
    return [_table(dict(row)) for row in await connection.fetch(_NOTED)]


def _table(row: dict[str, Any]) -> FactorTable:
    told: Mapping[str, Mapping[str, str | None]] = json.loads(row.pop("factors"))
    factors = tuple(
        Factor(of, _number(each["material_kg"]), _number(each["co2e_kg"]))
        for of, each in sorted(told.items(), key=lambda row: _PLACES.get(row[0], len(_PLACES)))
    )
    return FactorTable(**row, factors=factors)


def _number(told: str | None) -> Decimal | None:
    return None if told is None else Decimal(told)
