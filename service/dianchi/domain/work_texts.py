"""What planners paste or send as a table: stations, batteries and numbers, in lines of cells."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from dianchi.domain.codes import parse_battery
from dianchi.domain.refusals import Malformed

MOST_EXPECTED: Final = 1000
"""Sets that one row may ask for."""
_SPLIT: Final = re.compile(r"[\t,;，；、]")
_BLANKS: Final = re.compile(r"\s{2,}")
_LEAST_CODE: Final = 19
_CALLED: Final[dict[str, tuple[str, ...]]] = {
    "station": ("station", "site", "站点编号", "站址编码", "站点编码", "基站编号", "基站编码",
                "站号", "站点", "站址", "基站", "场所编号", "物理站编码"),
    "battery": ("battery", "code", "电池编码", "编码", "电池编号", "资产编号", "资产编码",
                "序列号"),
    "expected": ("expected", "count", "sets", "数量", "组数", "套数", "应拆数量"),
}  # fmt: skip
_COLUMNS: Final = {word: column for column, words in _CALLED.items() for word in words}


class Told(NamedTuple):
    """A line: what it says, and where it stands.

    Attributes:
        line: from 1, among the lines that say something.
        fault: a cell that is neither a station, a battery nor a number, as it was told.
    """

    line: int
    station: str | None = None
    battery: str | None = None
    expected: int | None = None
    fault: str | None = None


def read_text(text: str) -> list[Told]:
    """The rows of pasted lines: cells stand apart by tabs, commas or two blanks."""
    return read_cells([_cells(line) for line in text.splitlines() if line.strip()])


def read_cells(lines: Sequence[Sequence[str]]) -> list[Told]:
    """The rows of a table.

    With a header that names the columns, others are left out; without one each cell is taken for
    what it looks like: a name of a battery, a number up to `MOST_EXPECTED`, else a station.
    """
    header = _header(lines[0]) if lines else {}
    below = lines[1:] if header else lines
    first = 2 if header else 1
    read = (
        _by_column(number, cells, header) if header else _by_look(number, cells)
        for number, cells in enumerate(below, first)
    )
    return [told for told in read if told[1:] != (None,) * 4]


def _cells(line: str) -> list[str]:
    if _SPLIT.search(line):
        return [cell.strip() for cell in _SPLIT.split(line)]
    told = _BLANKS.split(line.strip())
    # One blank stands in names of stations, too: it parts cells only where one is the name of a
    # battery or the last is a number.
    parts = told[0].split() if len(told) == 1 else []
    apart = len(parts) > 1 and (any(map(_battery, parts)) or _count(parts[-1]) is not None)
    return parts if apart else told


def _header(cells: Iterable[str]) -> dict[int, str]:
    named: dict[int, str] = {}
    for at, cell in enumerate(cells):
        column = _COLUMNS.get(_plain(cell).casefold())
        if column is not None and column not in named.values():
            named[at] = column
    return named


def _by_column(line: int, cells: Sequence[str], header: dict[int, str]) -> Told:
    told = {column: cells[at] for at, column in header.items() if at < len(cells) and cells[at]}
    battery, number = told.get("battery"), told.get("expected")
    name = None if battery is None else _battery(battery)
    if battery is not None and name is None:
        return Told(line, told.get("station"), fault=battery)
    count = None if number is None else _count(number)
    if number is not None and count is None and name is None:
        return Told(line, told.get("station"), fault=number)
    return Told(line, told.get("station"), name, count)


def _by_look(line: int, cells: Sequence[str]) -> Told:
    station = battery = expected = None
    for cell in filter(None, cells):
        name = _battery(cell)
        number = _count(cell)
        if name is not None:
            battery = name
        elif number is not None and station is not None:
            expected = number
        elif station is None and not _like_code(cell):
            station = cell
        elif _like_code(cell):
            return Told(line, station, fault=cell)
    return Told(line, station, battery, expected)


def _plain(cell: str) -> str:
    return "".join(unicodedata.normalize("NFKC", cell).split())


def _battery(cell: str) -> str | None:
    """The cell, where it is the name of a battery."""
    told = _plain(cell) if ":" not in cell else cell.strip()
    if ":" not in told and len(told) < _LEAST_CODE:
        return None
    try:
        parse_battery(told)
    except Malformed:
        return None
    return told


def _like_code(cell: str) -> bool:
    """Whether it was meant as a code: long, of letters and digits alone."""
    told = _plain(cell)
    return len(told) >= _LEAST_CODE and told.isascii() and told.isalnum()


def _count(cell: str) -> int | None:
    told = re.fullmatch(r"(\d{1,4})(?:\.0+)?\s*[组套只]?", _plain(cell))
    number = int(told[1]) if told else 0
    return number if 1 <= number <= MOST_EXPECTED else None
