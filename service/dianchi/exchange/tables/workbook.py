"""A table as a workbook, written row by row to the disk; its last sheet says what it is."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from dianchi.exchange.formulas import DANGEROUS
from dianchi.exchange.language import Language
from dianchi.exchange.tables.cells import Cell, Column, Row
from dianchi.exchange.tables.telling import About

ROWS_A_SHEET: Final = 1_000_000
"""Excel takes 1,048,576; what is more goes on on another sheet."""
_WIDTH: Final = 18
_LONGEST: Final = 32_000
"""Characters of a cell; Excel takes 32,767."""
# The same rows are the same bytes: the date of the file would be the only difference.
_UNDATED: Final = {"created": datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)}
_ABOUT: Final[dict[Language, str]] = {"zh": "说明", "en": "About"}
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


class WorkbookFile:
    """A workbook that is being written: one row is in memory at a time."""

    def __init__(
        self, path: Path, title: str, columns: Sequence[Column], language: Language
    ) -> None:
        self._book = xlsxwriter.Workbook(str(path), _OPTIONS)
        self._book.set_properties(_UNDATED)
        self._title = title
        self._language: Language = language
        self._heads = [getattr(column.title, language) for column in columns]
        head = {"bold": True, "bg_color": "#0F766E", "font_color": "#FFFFFF"}
        self._head = self._book.add_format(head)
        self._text = self._book.add_format({"num_format": "@"})
        # The apostrophe stays: no program takes it for a formula.
        self._guarded = self._book.add_format({"num_format": "@", "quote_prefix": True})
        self._sheets = 0
        self._begin()

    def _begin(self) -> None:
        self._sheets += 1
        name = self._title if self._sheets == 1 else f"{self._title} {self._sheets}"
        self._sheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(self._heads) - 1, _WIDTH)
        self._at = 0
        for place, title in enumerate(self._heads):
            self._sheet.write_string(0, place, title, self._head)

    def write(self, rows: Iterable[Row]) -> None:
        """Adds rows."""
        for row in rows:
            if self._at == ROWS_A_SHEET:
                self._end_sheet()
                self._begin()
            self._at += 1
            for place, cell in enumerate(row):
                self._put(self._sheet, self._at, place, cell)

    def _put(self, sheet: Any, at: int, place: int, cell: Cell) -> None:  # noqa: ANN401 - a sheet
        if isinstance(cell, int | Decimal):
            sheet.write_number(at, place, float(cell))
        elif cell is not None:
            style = self._guarded if cell.startswith(DANGEROUS) else self._text
            sheet.write_string(at, place, cell[:_LONGEST], style)

    def _end_sheet(self) -> None:
        self._sheet.autofilter(0, 0, max(self._at, 1), len(self._heads) - 1)

    def close(self, about: About) -> None:
        """Ends the file, and says in it what it is."""
        self._end_sheet()
        told = self._book.add_worksheet(_ABOUT[self._language])
        told.set_column(0, 0, _WIDTH)
        told.set_column(1, 1, 4 * _WIDTH)
        for at, fact in enumerate(about):
            for place, text in enumerate((getattr(fact.title, self._language), fact.shown)):
                self._put(told, at, place, text)
        self._book.close()
