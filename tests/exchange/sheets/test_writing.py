"""Workbooks that we write: read back whole, and without anything that a program would run."""

import io
import zipfile
from pathlib import Path

import pytest

from dianchi.domain.refusals import Fault, Text
from dianchi.exchange.sheets.kinds import KINDS
from dianchi.exchange.sheets.mapping import ERROR_COLUMNS, guess, is_known
from dianchi.exchange.sheets.reading import open_table
from dianchi.exchange.sheets.writing import Mended, errors_workbook, template

FAULT = Fault(
    "invalid_date", "/occurred_at", "昨天", Text("不是日期", "no day"), Text("改", "mend")
)


def entry(body: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return archive.read(name).decode()


@pytest.mark.parametrize("name", list(KINDS))
def test_a_template_has_lists_to_choose_from_and_its_version(name: str, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(template(name))
    _, found = open_table(path, "t", is_known)

    assert found.sheet == KINDS[name].title.zh
    assert guess(KINDS[name], found.header.columns).columns.keys() == {
        column.target for column in KINDS[name].columns
    }
    assert list(found.rows) == []
    assert found.mark == ("dianchi", name, "template", "1")
    assert '<dataValidation type="list"' in entry(path.read_bytes(), "xl/worksheets/sheet1.xml")


def test_a_list_too_long_for_a_cell_is_offered_all_the_same() -> None:
    body = template("sites")
    assert "_lists!$A$1:$A$129" in entry(body, "xl/worksheets/sheet1.xml")
    assert "双江拉祜族佤族布朗族傣族自治县" in entry(body, "xl/sharedStrings.xml")


@pytest.mark.parametrize(
    "evil",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "＝1", "＋1", "－1", "＠S"],
)
def test_no_cell_becomes_a_formula_and_every_value_comes_back(evil: str, tmp_path: Path) -> None:
    body = errors_workbook(
        ["资产编号", evil], [Mended([evil, 5], [(0, FAULT)])], [[evil, "铅酸"]], "u"
    )
    path = tmp_path / "e.xlsx"
    path.write_bytes(body)

    sheets = [entry(body, f"xl/worksheets/sheet{n}.xml") for n in (1, 2, 3)]
    _, found = open_table(path, "e", is_known)

    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)
    assert 'quotePrefix="1"' in entry(body, "xl/styles.xml")
    [(_, cells)] = list(found.rows)
    assert cells[:2] == [evil, 5]
    assert cells[2:] == ["invalid_date", "不是日期", "改"]
    assert tuple(found.header.columns[2:]) == ERROR_COLUMNS
    assert (found.others, found.mark) == (("铅酸（不在范围）",), ("dianchi", "errors", "u"))
