"""One way into every format: a header, then rows, one after the other."""

from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Final

from dianchi.exchange.sheets.faults import no_table, refused_file, too_many_rows
from dianchi.exchange.sheets.guards import Format, format_of
from dianchi.exchange.sheets.headers import LOOKED_AT, Cell, Header, find_header
from dianchi.exchange.sheets.texts import encoding_of, text_rows
from dianchi.exchange.sheets.workbooks import Table, open_workbook, padded

MOST_ROWS: Final = 1_000_000
MOST_COLUMNS: Final = 256
LONGEST_LINE: Final = 1024 * 1024
"""Bytes of one report, as with single reports."""


def open_table(path: Path, name: str, known: Callable[[str], bool]) -> tuple[Format, Table]:
    """The table in a file; its rows are read while they are taken.

    Args:
        path: where the file lies.
        name: as its sender calls it.
        known: whether a text is called like a column that somebody may want.

    Raises:
        Refused: it is not read, and why; while rows are taken, too.
    """
    kind = format_of(path, name)
    match kind:
        case Format.NDJSON:
            return kind, Table(name, Header([], 0, 0), _bounded(_lines(path)))
        case Format.CSV:
            table = _text(path, name, known)
        case _:
            table = open_workbook(path, known)
    width = _width(table.header.columns)
    header = table.header._replace(columns=table.header.columns[:width])
    rows = ((number, padded(cells, width)) for number, cells in table.rows)
    return kind, table._replace(header=header, rows=_bounded(rows))


def _width(columns: list[str]) -> int:
    """Up to the last column with a name."""
    width = max((at for at, column in enumerate(columns, 1) if column), default=0)
    if width > MOST_COLUMNS:
        raise refused_file(
            "too_many_columns",
            (f"有 {width} 列，最多 {MOST_COLUMNS} 列", f"has {width} columns, not {MOST_COLUMNS}"),
            ("请删去不用的列再传", "remove the columns that nobody needs"),
            width,
        )
    return width


def _bounded(rows: Iterator[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    for count, row in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise too_many_rows(MOST_ROWS)
        yield row


def _text(path: Path, name: str, known: Callable[[str], bool]) -> Table:
    rows: Iterator[list[Cell]] = ([cell or None for cell in row] for row in text_rows(path))
    top = list(islice(rows, LOOKED_AT))
    header = find_header(top, (), known)
    if header is None:
        raise no_table()
    numbered = enumerate(chain(top, rows), 1)
    kept = ((number, cells) for number, cells in islice(numbered, header.below, None) if any(cells))
    return Table(name, header, kept)


def _lines(path: Path) -> Iterator[tuple[int, list[Cell]]]:
    """Each line of a file of reports, undecoded: the one cell of its row."""
    encoding = encoding_of(path)
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise refused_file(
                    "body_too_large",
                    (f"第 {number} 行超过 1 MiB", f"line {number} is larger than 1 MiB"),
                    ("每行只放一份上报", "put one report into each line"),
                    number,
                )
            text = line.decode(encoding).strip()
            if text:
                yield number, [text]
