"""Workbooks that we write: templates, and rows to mend. Nothing in them is ever a formula."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any, Final, NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from dianchi.domain.refusals import Fault
from dianchi.exchange.formulas import DANGEROUS
from dianchi.exchange.sheets.columns import SCOPE, Kind
from dianchi.exchange.sheets.headers import Cell
from dianchi.exchange.sheets.kinds import KINDS
from dianchi.exchange.sheets.mapping import ERROR_COLUMNS, one_of
from dianchi.exchange.sheets.workbooks import MARK_SHEET

TEMPLATE_VERSION: Final = 1
LISTS_SHEET: Final = "_lists"
_LONGEST_LIST: Final = 255
"""Characters of a drop-down list that stands in the validation itself."""
_ROWS_TO_FILL: Final = 20_000
_WIDTH: Final = 18
_LONGEST: Final = 32_000
"""Characters of a cell; Excel takes 32,767."""
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


class Mended(NamedTuple):
    """A row that has to be mended: what the file said, and by column what is wrong with it."""

    cells: Sequence[Cell]
    faults: Sequence[tuple[int | None, Fault]]


class _Styles:
    """How cells look. Text keeps its leading apostrophe: no program takes it for a formula."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - a workbook
        self.head = book.add_format({"bold": True, "bg_color": "#0F766E", "font_color": "#FFFFFF"})
        self.needed = book.add_format(
            {"bold": True, "bg_color": "#0F766E", "font_color": "#FFFFFF", "underline": 1}
        )
        self.text = book.add_format({"num_format": "@"})
        self.guarded = book.add_format({"num_format": "@", "quote_prefix": True})
        self.wrong = book.add_format({"num_format": "@", "bg_color": "#FECACA"})
        self.wrong_guarded = book.add_format(
            {"num_format": "@", "bg_color": "#FECACA", "quote_prefix": True}
        )
        self.note = book.add_format({"font_color": "#64748B", "text_wrap": True})

    def of(self, text: str, *, wrong: bool = False) -> Format:
        """The style of a text."""
        if text.startswith(DANGEROUS):
            return self.wrong_guarded if wrong else self.guarded
        return self.wrong if wrong else self.text


def template(name: str) -> bytes:
    """A workbook to fill in for one kind of report: drop-down lists, an example, a version.

    Args:
        name: of a kind.
    """
    kind = KINDS[name]
    body = BytesIO()
    with xlsxwriter.Workbook(body, _OPTIONS) as book:
        styles = _Styles(book)
        sheet = book.add_worksheet(kind.title.zh)
        _fill_template(sheet, kind, styles, _Lists(book))
        _explain(book.add_worksheet("说明 Notes"), kind, styles)
        _mark(book.add_worksheet(MARK_SHEET), name, "template", str(TEMPLATE_VERSION))
    return body.getvalue()


class _Lists:
    """What drop-down lists offer; Excel takes long ones from a sheet only, here a hidden one."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - a workbook
        self._book = book
        self._sheet: Any = None
        self._count = 0

    def source(self, choices: Sequence[str]) -> Sequence[str] | str:
        """What a validation names: the choices themselves, or where they stand."""
        if len(",".join(choices)) <= _LONGEST_LIST:
            return choices
        if self._sheet is None:
            self._sheet = self._book.add_worksheet(LISTS_SHEET)
            self._sheet.hide()
        for row, choice in enumerate(choices):
            self._sheet.write_string(row, self._count, choice)
        column = xl_col_to_name(self._count, col_abs=True)
        self._count += 1
        return f"={LISTS_SHEET}!{column}$1:{column}${len(choices)}"


def _fill_template(sheet: Worksheet, kind: Kind, styles: _Styles, lists: _Lists) -> None:
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(kind.columns):
        title = f"{column.title.zh}{'*' if column.needed else ''}"
        sheet.write_string(0, at, title, styles.needed if column.needed else styles.head)
        sheet.set_column(at, at, _WIDTH, styles.text)
        if column.offered:
            source = lists.source(column.offered)
            sheet.data_validation(
                1,
                at,
                _ROWS_TO_FILL,
                at,
                {"validate": "list", "source": source, "error_type": "warning"},
            )


def _explain(sheet: Worksheet, kind: Kind, styles: _Styles) -> None:
    sheet.set_column(0, 3, 32, styles.text)
    for at, title in enumerate(("列 column", "English", "示例 example", "可选 choices")):
        sheet.write_string(0, at, title, styles.head)
    for row, column in enumerate(kind.columns, 1):
        choices = "、".join(column.offered)
        for at, text in enumerate((column.title.zh, column.title.en, column.example, choices)):
            sheet.write_string(row, at, text, styles.text)
    last = len(kind.columns) + 2
    either = f"{one_of(kind).zh}至少填一个。" if kind.either else ""
    sheet.write_string(last, 0, f"带 * 的列必填；{either}", styles.text)
    scope = "铅酸电池不在本平台范围。" if kind.column(SCOPE) else "没有的列保持原样。"
    sheet.write_string(last + 1, 0, f"编码列请保持“文本”格式。{scope}", styles.text)


def _mark(sheet: Worksheet, *marks: str) -> None:
    sheet.very_hidden()
    for at, mark in enumerate(("dianchi", *marks)):
        sheet.write_string(0, at, mark)


def errors_workbook(
    columns: Sequence[str], rows: Iterable[Mended], excluded: Iterable[Sequence[Cell]], mark: str
) -> bytes:
    """The refused rows, to be mended and sent back; beside them, what is not traced here.

    Args:
        columns: of the file that was sent.
        rows: refused.
        excluded: rows of lead-acid sets.
        mark: by which the workbook is known again.
    """
    body = BytesIO()
    with xlsxwriter.Workbook(body, _OPTIONS) as book:
        styles = _Styles(book)
        sheet = book.add_worksheet("待改正")
        _heads(sheet, (*columns, *ERROR_COLUMNS), styles)
        for number, row in enumerate(rows, 1):
            _write_mended(sheet, number, row, len(columns), styles)
        left_out = list(excluded)
        if left_out:
            other = book.add_worksheet("铅酸（不在范围）")
            _heads(other, columns, styles)
            for number, cells in enumerate(left_out, 1):
                for at, cell in enumerate(cells):
                    _write(other, number, at, cell, styles)
        _mark(book.add_worksheet(MARK_SHEET), "errors", mark)
    return body.getvalue()


def _heads(sheet: Worksheet, columns: Sequence[str], styles: _Styles) -> None:
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, _WIDTH, styles.text)
        sheet.write_string(0, at, column, styles.head)


def _write_mended(sheet: Worksheet, number: int, row: Mended, width: int, styles: _Styles) -> None:
    wrong = {at: fault for at, fault in row.faults if at is not None}
    for at, cell in enumerate(row.cells):
        _write(sheet, number, at, cell, styles, wrong=at in wrong)
    told = (
        "; ".join(dict.fromkeys(fault.code for _, fault in row.faults)),
        "；".join(fault.what.zh for _, fault in row.faults),
        "；".join(dict.fromkeys(fault.way_out.zh for _, fault in row.faults)),
    )
    for at, text in enumerate(told, width):
        _write(sheet, number, at, text, styles)


def _write(
    sheet: Worksheet, row: int, at: int, cell: Cell, styles: _Styles, *, wrong: bool = False
) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(row, at, cell, styles.of("", wrong=wrong))
    elif isinstance(cell, int | float):
        sheet.write_number(row, at, cell, styles.of("", wrong=wrong))
    elif cell is not None:
        sheet.write_string(row, at, cell[:_LONGEST], styles.of(cell, wrong=wrong))
    elif wrong:
        sheet.write_blank(row, at, None, styles.wrong)
