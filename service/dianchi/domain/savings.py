"""Material and CO2 saved (节材降碳): estimates, by a named table of factors that was registered.

No table, no figure: nothing here assumes a factor. A table holds from the first day of a month,
so that another one changes the figures from that month on and none before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from dianchi.domain.dated import latest
from dianchi.domain.indicators.measure_rows import METALS, Kept
from dianchi.domain.months import first_day
from dianchi.domain.refusals import Text

ESTIMATE: Final = Text("估算", "estimate")
NAME: Final = Text("节材降碳（估算）", "Material and CO2 saved (estimate)")
DEFINITION: Final = Text(
    "节材、减碳 = 再生批次回收的金属量（千克）和梯次产品的额定电量（千瓦时）× 因子表的因子，"
    "按月用当月生效的表；没有登记因子表的月份不估算。估算值，不作核算或核查依据。",
    "Metal recovered by batches (kg) and rated energy of second-life products (kWh), by the factors"
    " of the table that holds in the month; months without a table are not estimated. Estimates,"
    " neither an account nor verified.",
)


class Source(NamedTuple):
    """What saves: its name, the measure that counts it, what of that, and its unit."""

    name: Text
    measure: str
    kept: Kept
    unit: Literal["kg", "kWh"]


SOURCES: Final[Mapping[str, Source]] = {
    **{
        f"recovered_{metal}": Source(
            Text(f"回收的{zh}", f"recovered {en}"), f"recovered_{metal}", "mass_g", "kg"
        )
        for metal, zh, en in METALS
    },
    "second_life": Source(
        Text("梯次产品", "second-life products"), "second_life_made", "energy_wh", "kWh"
    ),
}
"""What tables may have factors for."""


@dataclass(frozen=True, slots=True)
class Factor:
    """What one kilogram or kilowatt-hour saves.

    Attributes:
        of: of `SOURCES`.
        material_kg: primary material that need not be won; None: not told.
        co2e_kg: of carbon dioxide equivalent; None: not told.
    """

    of: str
    material_kg: Decimal | None
    co2e_kg: Decimal | None


@dataclass(frozen=True, slots=True)
class FactorTable:
    """A table of factors, as registered.

    Attributes:
        source: the document that the factors are taken from.
        valid_from: the first day of a month.
    """

    name: str
    version: str
    source: str
    valid_from: date
    factors: tuple[Factor, ...]
    valid_to: date | None = None


class Saved(NamedTuple):
    """What is saved by one source in the months of one table; None: the table has no factor."""

    of: str
    table: FactorTable
    amount: Decimal
    material_kg: Decimal | None
    co2e_kg: Decimal | None


def table_of(month: int, tables: Iterable[FactorTable]) -> FactorTable | None:
    """The table that holds in a month such as 202611; None where there is none."""
    return latest(list(tables), first_day(month))


def saved(
    amounts: Mapping[int, Mapping[str, Decimal]], tables: Sequence[FactorTable]
) -> list[Saved]:
    """What is saved, by source and table, in the order of `SOURCES`.

    Args:
        amounts: by month and source, in its unit.
        tables: all that were registered, in any order.
    """
    sums: dict[tuple[str, FactorTable], Decimal] = {}
    for month, each in amounts.items():
        table = table_of(month, tables)
        for of, amount in each.items():
            if table is not None and amount:
                sums[of, table] = sums.get((of, table), Decimal(0)) + amount
    order = list(SOURCES)
    rows = sorted(sums.items(), key=lambda row: (order.index(row[0][0]), row[0][1].valid_from))
    return [_saved(of, table, amount) for (of, table), amount in rows]


def _saved(of: str, table: FactorTable, amount: Decimal) -> Saved:
    factor = next((each for each in table.factors if each.of == of), Factor(of, None, None))
    return Saved(
        of, table, amount, _times(factor.material_kg, amount), _times(factor.co2e_kg, amount)
    )


def _times(factor: Decimal | None, amount: Decimal) -> Decimal | None:
    return None if factor is None else factor * amount


def total(masses: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is told; None where nothing is."""
    told = [mass for mass in masses if mass is not None]
    return sum(told, Decimal(0)) if told else None
