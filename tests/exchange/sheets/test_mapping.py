"""Columns are understood, and cells are read as people mean them."""

import pytest

from dianchi.domain.codes import parse_battery
from dianchi.domain.refusals import Malformed, Refused
from dianchi.exchange.sheets import values
from dianchi.exchange.sheets.headers import Cell
from dianchi.exchange.sheets.kinds import KINDS
from dianchi.exchange.sheets.mapping import (
    Excluded,
    Plan,
    Told,
    check_plan,
    column_of,
    guess,
    told_by,
)
from support.sheets import COLUMNS

RETIRED = KINDS["retired"]
CODE = "001PE0010000BBE610000001"


def test_a_tower_operators_export_is_guessed() -> None:
    assert guess(RETIRED, COLUMNS).columns == {
        "asset": 1,
        "battery": 2,
        "occurred_at": 3,
        "data/reason": 4,
        "data/soh_percent": 5,
        "site": 6,
        "scope": 7,
    }


def test_two_storeys_and_english_are_guessed_too() -> None:
    plan = guess(RETIRED, ["电池信息/国标码", "电池信息/资产卡片编号", "Retired on", "SOH (%)"])
    assert plan.columns == {"battery": 0, "asset": 1, "occurred_at": 2, "data/soh_percent": 3}
    assert plan.fixed == {"data/reason": "capacity_low", "data/host/kind": "base_station"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_the_columns_of_a_template_are_all_guessed(kind: object) -> None:
    assert isinstance(kind, type(RETIRED))
    titles = [f"{column.title.zh}*" for column in kind.columns]
    assert guess(kind, titles).columns == {c.target: at for at, c in enumerate(kind.columns)}
    assert all(parse_battery(c.example) for c in kind.columns if c.target == "battery")


def test_a_plan_that_lacks_the_battery_or_names_nothing_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        check_plan(RETIRED, COLUMNS, Plan({"colour": 1, "occurred_at": 99}, {"data/reason": "x"}))
    assert {(f.code, f.pointer) for f in refused.value.faults} == {
        ("unknown_field", "/columns/colour"),
        ("invalid_value", "/columns/occurred_at"),
        ("missing_field", "/columns/battery"),
    }


def told(*cells: Cell, columns: tuple[str, ...] = COLUMNS) -> Told | Excluded:
    return told_by(RETIRED, guess(RETIRED, columns), cells, "firm")


def test_a_row_becomes_a_report() -> None:
    row = told(
        1,
        "KM-1",
        f" {CODE[:12]} {CODE[12:].lower()}",
        "2026/6/1",
        "容量不足",
        0.725,
        "S-1",
        "LFP",
        None,
    )
    assert row == Told(
        {
            "type": "retired",
            "battery": CODE,
            "occurred_at": "2026-06-01",
            "site": "S-1",
            "data": {"reason": "capacity_low", "soh_percent": "72.5"},
        },
        (),
    )


def test_without_a_code_the_asset_number_names_the_battery() -> None:
    row = told(1, 123, None, "2026-06-01", "容量不足", None, None, None, None)
    assert isinstance(row, Told)
    assert row.report["battery"] == "asset:firm:123"


@pytest.mark.parametrize("kind", ["铅酸蓄电池", "阀控式密封", "VRLA 500Ah", "Lead-acid"])
def test_lead_acid_sets_are_out_of_scope(kind: str) -> None:
    assert told(1, "KM-1", None, "何时?", None, None, None, kind, None) == Excluded()


@pytest.mark.parametrize("cell", [1.23e15, 12345, "1.23E+15", "1.2e23"])
def test_a_code_that_became_a_number_is_refused_with_its_column(cell: Cell) -> None:
    row = told(1, "KM-1", cell, "2026-06-01", None, None, None, None, None)

    assert isinstance(row, Told)
    [fault] = row.faults
    assert (fault.code, fault.pointer) == ("code_as_number", "/battery")
    assert "文本" in fault.way_out.zh
    assert column_of(fault.pointer, guess(RETIRED, COLUMNS)) == 2


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-06-01", "2026-06-01"),
        ("2026/6/1", "2026-06-01"),
        ("2026.6.1", "2026-06-01"),
        ("2026年6月1日", "2026-06-01"),
        ("２０２６年６月１日", "2026-06-01"),
        ("20260601", "2026-06-01"),
        (20260601, "2026-06-01"),
        (46174, "2026-06-01"),
        ("46174", "2026-06-01"),
        (46174.5, "2026-06-01T12:00:00+08:00"),
        ("2026-06-01T00:00:00", "2026-06-01"),
        ("2026-06-01 09:30", "2026-06-01T09:30:00+08:00"),
        ("2026年6月1日9时30分", "2026-06-01T09:30:00+08:00"),
        ("2026-06-01T09:30:00+08:00", "2026-06-01T09:30:00+08:00"),
    ],
    ids=repr,
)
def test_days_are_read_as_they_are_written(cell: Cell, moment: str) -> None:
    assert values.read_moment(cell) == moment


@pytest.mark.parametrize("cell", ["01/06/2026", "2026-13-01", "26-6-1", "6月1日", "昨天", 12, True])
def test_a_day_that_is_not_certain_is_refused(cell: Cell) -> None:
    with pytest.raises(Malformed) as malformed:
        values.read_moment(cell)
    assert malformed.value.code == "invalid_date"


@pytest.mark.parametrize(
    ("cell", "number"), [(72.5, "72.5"), ("72.50%", "72.5"), ("1,200 kg", "1200"), (100, "100")]
)
def test_numbers_lose_unit_and_separators(cell: Cell, number: str) -> None:
    assert values.read_decimal(cell) == number


@pytest.mark.parametrize("cell", ["约70", "nan", "inf", "-", "7O"])
def test_what_is_no_number_is_refused(cell: Cell) -> None:
    with pytest.raises(Malformed):
        values.read_decimal(cell)
