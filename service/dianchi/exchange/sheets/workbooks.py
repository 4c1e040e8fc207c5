"""Workbooks: what stands in their cells. Formulas are never computed: the stored value counts."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import python_calamine as calamine

from dianchi.exchange.sheets.faults import damaged, encrypted, no_table, unknown_format
from dianchi.exchange.sheets.headers import LOOKED_AT, Cell, Header, find_header

MARK_SHEET: Final = "_dianchi"
"""The hidden sheet by which our own workbooks are known again."""
_MOST_MERGED: Final = 1000
_WHOLE: Final = 1e15
"""From here on a float is no longer exact to one."""


class Table(NamedTuple):
    """The sheet that looks most like the table that is meant, and which others there are."""

    sheet: str
    header: Header
    rows: Iterator[tuple[int, list[Cell]]]
    left: int = 0
    """How many columns before the first are empty."""
    others: tuple[str, ...] = ()
    mark: tuple[str, ...] = ()


def open_workbook(path: Path, known: Callable[[str], bool]) -> Table:
    """The table in a workbook; its rows come with their numbers in the sheet, from 1.

    Raises:
        Refused: `file_damaged`, `file_encrypted`, `no_header`.
    """
    try:
        book = calamine.CalamineWorkbook.from_path(path)
        found = [_looked_at(book, name, known) for name in _visible(book)]
        mark = _mark(book)
    except calamine.PasswordError:
        raise encrypted() from None
    except calamine.CalamineError as error:
        raise damaged(str(error)) from None
    except OSError:
        raise unknown_format(path.name) from None
    tables = [(name, header) for name, header in found if header is not None]
    if not tables:
        raise no_table()
    name, header = max(tables, key=lambda table: table[1].known)
    others = tuple(other for other, _ in tables if other != name)
    sheet = book.get_sheet_by_name(name)
    left = (sheet.start or (0, 0))[1]
    return Table(name, header, _rows(sheet, header.below), left, others, mark)


def _visible(book: calamine.CalamineWorkbook) -> list[str]:
    return [
        each.name
        for each in book.sheets_metadata
        if each.visible == calamine.SheetVisibleEnum.Visible
        and each.typ == calamine.SheetTypeEnum.WorkSheet
        and each.name != MARK_SHEET
    ]


def _looked_at(
    book: calamine.CalamineWorkbook, name: str, known: Callable[[str], bool]
) -> tuple[str, Header | None]:
    sheet = book.get_sheet_by_name(name)
    top = [[cell_of(value) for value in row] for row in islice(sheet.iter_rows(), LOOKED_AT)]
    merged = [
        each for each in (sheet.merged_cell_ranges or ())[:_MOST_MERGED] if each[0][0] < LOOKED_AT
    ]
    left = (sheet.start or (0, 0))[1]
    moved = [((a, b - left), (c, d - left)) for (a, b), (c, d) in merged if b >= left]
    return name, find_header(top, moved, known)


def _mark(book: calamine.CalamineWorkbook) -> tuple[str, ...]:
    if MARK_SHEET not in book.sheet_names:
        return ()
    rows = book.get_sheet_by_name(MARK_SHEET).to_python(nrows=1)
    return tuple(str(value) for value in rows[0]) if rows else ()


def _rows(sheet: calamine.CalamineSheet, below: int) -> Iterator[tuple[int, list[Cell]]]:
    for number, row in enumerate(islice(sheet.iter_rows(), below, None), below + 1):
        cells = [cell_of(value) for value in row]
        if any(cell is not None for cell in cells):
            yield number, cells


def cell_of(value: Any) -> Cell:  # noqa: ANN401 - whatever a cell may hold
    """A cell as JSON: text, number or truth; dates as ISO 8601 text, nothing as None."""
    match value:
        case bool():
            return value
        case str():
            return value if value.strip() else None
        case float():
            return int(value) if value.is_integer() and abs(value) < _WHOLE else value
        case datetime():
            return value.replace(microsecond=0).isoformat()
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case int():
            return value
        case _:
            return None


def padded(cells: Sequence[Cell], width: int) -> list[Cell]:
    """As many cells as there are columns."""
    return [*cells[:width], *([None] * (width - len(cells)))]
