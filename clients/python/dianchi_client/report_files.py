"""Files of reports: NDJSON, one report a line, or CSV, one member a column."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, TextIO

from dianchi_client.sdk.failures import NotAReport

Report = dict[str, Any]
_FLAGS: Final = {"true": True, "是": True, "false": False, "否": False}


class BadLine(NamedTuple):
    """A line that holds no report.

    Attributes:
        line: its number, from 1.
        zh: what is wrong.
        en: the same in English.
    """

    line: int
    zh: str
    en: str


class _Unreadable(ValueError):  # noqa: N818 - says what is wrong in one cell
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh


def _flag(text: str) -> bool:
    if text.lower() not in _FLAGS:
        raise _Unreadable(f"“{text}”不是 true 或 false", f"'{text}' is neither true nor false")
    return _FLAGS[text.lower()]


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise _Unreadable(f"“{text}”不是整数", f"'{text}' is no whole number") from None


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise _Unreadable(f"不是 JSON：{error}", f"no JSON: {error}") from None


_KINDS: Final[dict[str, Callable[[str], object]]] = {
    "": str,
    "int": _integer,
    "bool": _flag,
    "json": _json,
}


def put(report: Report, name: str, text: str) -> None:
    """Puts a text into a report.

    Args:
        report: to change.
        name: of the member, with dots between levels: `data.host.kind`. Text stays text, which
            is also how decimals are told; `:int`, `:bool` or `:json` at its end reads it so.
        text: its value.

    Raises:
        ValueError: it cannot be read so, or the member is one thing and holds others, too.
    """
    path, _, kind = name.partition(":")
    if kind not in _KINDS:
        raise _Unreadable(
            f"列名 {name}：冒号后只能是 int、bool、json",
            f"column {name}: after the colon only int, bool or json",
        )
    *levels, last = path.split(".")
    for level in levels:
        report = report.setdefault(level, {})
        if not isinstance(report, dict):
            raise _Unreadable(f"{path} 与 {level} 冲突", f"{path} does not fit {level}")
    report[last] = _KINDS[kind](text)


def bad_lines(path: Path) -> tuple[int, list[BadLine]]:
    """How many reports a file holds, and each line that holds none: before anything is sent.

    Raises:
        OSError: it cannot be read.
    """
    count, bad = 0, []
    for found in _lines(path):
        if isinstance(found, BadLine):
            bad.append(found)
        else:
            count += 1
    return count, bad


def reports_of(path: Path) -> Iterator[Report]:
    """The reports of a file, one after the other; it is never in memory as a whole.

    Raises:
        OSError: it cannot be read.
        NotAReport: a line holds no report.
    """
    for found in _lines(path):
        if isinstance(found, BadLine):
            where = f"{path}:{found.line}"
            raise NotAReport(f"{where}：{found.zh}", f"{where}: {found.en}")
        yield found


def _lines(path: Path) -> Iterator[Report | BadLine]:
    is_csv = path.suffix.lower() == ".csv"
    with _opened(path, guess=is_csv) as file:
        yield from _rows(file) if is_csv else _json_lines(file)


@contextmanager
def _opened(path: Path, *, guess: bool) -> Iterator[TextIO]:
    """The file as text. Older systems write GB 18030 (of which GBK is a part), never JSON."""
    encoding = "gb18030" if guess and not _is_utf8(path) else "utf-8-sig"
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        yield file


def _is_utf8(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            for _ in file:
                pass
    except UnicodeDecodeError:
        return False
    return True


def _json_lines(file: Iterable[str]) -> Iterator[Report | BadLine]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            report = json.loads(line)
        except ValueError as error:
            yield BadLine(number, f"不是 JSON：{error}", f"no JSON: {error}")
            continue
        if isinstance(report, dict) and "\ufffd" not in line:
            yield report
        else:
            yield BadLine(number, "不是 UTF-8 的 JSON 对象", "no JSON object in UTF-8")


def _rows(file: Iterable[str]) -> Iterator[Report | BadLine]:
    reader = csv.reader(file)
    header = [name.strip() for name in next(reader, [])]
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield _row(header, cells, reader.line_num)


def _row(header: list[str], cells: list[str], line: int) -> Report | BadLine:
    if len(cells) > len(header):
        return BadLine(line, "单元格多于列名", "more cells than names of columns")
    report: Report = {"data": {}}
    for name, cell in zip(header, cells, strict=False):
        if cell.strip():
            try:
                put(report, name, cell.strip())
            except _Unreadable as error:
                return BadLine(line, f"{name}：{error.zh}", f"{name}: {error}")
    return report
