"""Savings are estimates by a registered table, month by month; without a table there is none."""

from datetime import date
from decimal import Decimal

from dianchi.domain.savings import Factor, FactorTable, saved, table_of, total


def table(version: str, day: date, co2e: str) -> FactorTable:
    factors = (Factor("recovered_lithium", None, Decimal(co2e)),)
    return FactorTable("表", version, "文件", day, factors)


FIRST = table("1", date(2026, 1, 1), "10")
SECOND = table("2", date(2026, 7, 1), "4")
AMOUNTS = {
    202512: {"recovered_lithium": Decimal(100)},
    202606: {"recovered_lithium": Decimal(3), "second_life": Decimal(50)},
    202607: {"recovered_lithium": Decimal(2)},
}


def co2e(*tables: FactorTable) -> list[tuple[str, str, Decimal | None]]:
    return [(each.of, each.table.version, each.co2e_kg) for each in saved(AMOUNTS, tables)]


def test_without_a_table_nothing_is_saved() -> None:
    assert saved(AMOUNTS, []) == []


def test_another_table_changes_the_months_from_its_day_on_and_none_before() -> None:
    before = co2e(FIRST)
    after = co2e(SECOND, FIRST)

    assert before == [("recovered_lithium", "1", Decimal(50)), ("second_life", "1", None)]
    assert after == [
        ("recovered_lithium", "1", Decimal(30)),
        ("recovered_lithium", "2", Decimal(8)),
        ("second_life", "1", None),
    ]


def test_a_month_before_every_table_is_not_estimated() -> None:
    assert table_of(202512, [FIRST, SECOND]) is None
    assert table_of(202606, [FIRST, SECOND]) == FIRST
    assert table_of(202607, [FIRST, SECOND]) == SECOND


def test_a_source_without_a_factor_is_no_zero() -> None:
    [row] = [row for row in saved(AMOUNTS, [FIRST]) if row.of == "second_life"]

    assert (row.material_kg, row.co2e_kg, row.amount) == (None, None, Decimal(50))
    assert total([None, None]) is None
    assert total([None, Decimal(2)]) == 2
