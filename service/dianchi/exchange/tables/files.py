"""The forms of a table's file, behind one interface."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from dianchi.domain.exports import Form
from dianchi.exchange.formulas import DANGEROUS
from dianchi.exchange.language import Language
from dianchi.exchange.tables.cells import Column, Row, text_of
from dianchi.exchange.tables.parquet import ParquetFile, is_parquet_there
from dianchi.exchange.tables.telling import About
from dianchi.exchange.tables.workbook import WorkbookFile

MEDIA: Final[Mapping[Form, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
}


class TableFile(Protocol):
    """A file that is being written. What it holds in memory is bounded, whatever its rows."""

    def write(self, rows: Iterable[Row]) -> None:
        """Adds rows."""

    def close(self, about: About) -> None:
        """Ends the file, and says in it what it is."""


class CsvFile:
    """UTF-8 with a mark that Excel knows it by. Behind the rows, each with `#` first, what it is.

    A text that a spreadsheet would take for a formula has an apostrophe before it.
    """

    def __init__(self, path: Path, _: str, columns: Sequence[Column], language: Language) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([getattr(column.title, language) for column in columns])

    def write(self, rows: Iterable[Row]) -> None:
        """Adds rows."""
        self._writer.writerows([_guarded(cell) for cell in row] for row in rows)

    def close(self, about: About) -> None:
        """Ends the file, and says in it what it is."""
        self._writer.writerows(["#", fact.name, _guarded(fact.value)] for fact in about)
        self._file.close()


def _guarded(cell: object) -> str:
    text = text_of(cell)  # type: ignore[arg-type]  # the cells of a row
    return f"'{text}" if isinstance(cell, str) and text.startswith(DANGEROUS) else text


def _paper(path: Path, title: str, columns: Sequence[Column], language: Language) -> TableFile:
    """Loads what draws only once a paper is wanted: it takes memory."""
    from dianchi.exchange.tables.sheets import PaperFile  # noqa: PLC0415

    return PaperFile(path, title, columns, language)


Make = Callable[[Path, str, Sequence[Column], Language], TableFile]
_MAKERS: Final[Mapping[Form, Make]] = {
    "xlsx": WorkbookFile,
    "csv": CsvFile,
    "parquet": ParquetFile,
    "pdf": _paper,
}


def forms_here() -> tuple[Form, ...]:
    """The forms that this installation can write."""
    return tuple(form for form in _MAKERS if form != "parquet" or is_parquet_there())


def open_table(
    form: Form, path: Path, title: str, columns: Sequence[Column], language: Language
) -> TableFile:
    """A file to write rows to.

    Args:
        form: one of `forms_here`.
        path: of the file to be.
        title: of the table, at most 28 characters.
        columns: in their order.
        language: of titles.
    """
    return _MAKERS[form](path, title, columns, language)
