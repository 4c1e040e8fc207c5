"""Tables as files: one text for each cell, whatever the form; more rows than a sheet holds."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Final

import openpyxl
import pytest

from dianchi.domain.refusals import Text
from dianchi.exchange.tables import workbook
from dianchi.exchange.tables.cells import Column, text_of
from dianchi.exchange.tables.files import open_table
from dianchi.exchange.tables.telling import Fact

COLUMN: Final = Column("row", Text("列", "row"))


def test_numbers_have_one_text() -> None:
    cells = (None, 5, Decimal("400.1250"), Decimal("1E+3"), "x")
    assert [text_of(cell) for cell in cells] == ["", "5", "400.125", "1000", "x"]


def test_what_a_sheet_cannot_hold_goes_on_on_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "ROWS_A_SHEET", 3)
    table = open_table("xlsx", tmp_path / "t.xlsx", "清单", [COLUMN], "zh")
    table.write([(f"row {n}",) for n in range(5)])
    table.close([Fact("rows", "5", Text("行数", "Rows"), "5")])

    book = openpyxl.load_workbook(tmp_path / "t.xlsx")

    told = {sheet.title: [row[0] for row in sheet.values] for sheet in book.worksheets[:2]}
    assert told == {
        "清单": ["列", "row 0", "row 1", "row 2"],
        "清单 2": ["列", "row 3", "row 4"],
    }


@pytest.mark.parametrize("sign", [*"=+-@\t\r\n", *"＝＋－＠"])
def test_no_text_of_a_file_begins_as_a_formula_does(tmp_path: Path, sign: str) -> None:
    evil = f"{sign}1+1"
    for form in ("csv", "xlsx"):
        table = open_table(form, tmp_path / f"t.{form}", "清单", [COLUMN], "zh")
        table.write([(evil,)])
        table.close([])

    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    cell = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0]["A2"]
    assert [f"'{evil}"] in rows
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
