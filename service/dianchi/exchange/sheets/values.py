"""Cells into values of a report: what people type and programs export, or why not."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from dianchi.domain.refusals import Malformed, Text
from dianchi.exchange.sheets.headers import Cell

_MANGLED: Final = re.compile(r"[+-]?\d(?:\.\d+)?[eE][+]?\d{2,3}", re.ASCII)
_DAY: Final = re.compile(
    r"(\d{4}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2})(?: ?日)?"
    r"(?:[T ]?(\d{1,2}) ?[:时点] ?(\d{1,2})(?: ?[:分] ?(\d{1,2}))?(?: ?[分秒])?)?",
    re.ASCII,
)
_COMPACT: Final = re.compile(r"(19[89]\d|20\d\d)(\d\d)(\d\d)", re.ASCII)
_WITH_OFFSET: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt].*(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_SERIAL_DAYS: Final = range(32_000, 65_000)
"""Days since 1899-12-30, as Excel counts them: 1987 to 2077."""
_EXCEL_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a day on the wall
_MOST_WHOLE: Final = 10**15
_LEAD: Final = ("铅酸", "铅蓄", "阀控", "胶体电池", "铅炭", "铅碳")
_LEAD_EN: Final = re.compile(r"lead[- ]?acid|vrla|agm|\bpb\b|lead[- ]?carbon", re.IGNORECASE)


def text_of(cell: Cell) -> str:
    """A cell as a person sees it."""
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return f"{cell:.15g}".upper()
        case _:
            told = str(cell)
            return (told if told.isascii() else unicodedata.normalize("NFKC", told)).strip()


def is_lead_acid(cell: Cell) -> bool:
    """Whether the cell says that the set is a lead-acid one."""
    told = text_of(cell)
    return any(word in told for word in _LEAD) or bool(_LEAD_EN.search(told))


def read_code(cell: Cell) -> str:
    """A battery's name.

    Raises:
        Malformed: `code_as_number` where the program took it for a number, and digits are lost.
    """
    if isinstance(cell, int | float) or _MANGLED.fullmatch(text_of(cell)):
        raise _as_number()
    told = text_of(cell)
    return told if ":" in told else "".join(told.split()).upper()


def read_number(cell: Cell) -> str:
    """A number of a thing, as printed on it: text, whatever it looks like.

    Raises:
        Malformed: `code_as_number` where it was longer than a number in Excel may be.
    """
    whole = isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) < _MOST_WHOLE
    if (isinstance(cell, int | float) and not whole) or _MANGLED.fullmatch(text_of(cell)):
        raise _as_number()
    return text_of(cell)


def read_text(cell: Cell) -> str:
    """Any text."""
    return text_of(cell)


def read_decimal(cell: Cell) -> str:
    """A number with its unit or separators taken off, in canonical digits.

    Raises:
        Malformed: `invalid_value`.
    """
    told = text_of(cell).replace(",", "").replace(" ", "")
    told = re.sub(r"(?i)(kwh|kg|ah|v|%)$", "", told)
    try:
        value = Decimal(told)
    except InvalidOperation:
        raise _no_number(cell) from None
    if not value.is_finite():
        raise _no_number(cell)
    return _plain(value)


def read_percent(cell: Cell) -> str:
    """A percentage: `72.5`, `72.5%`, or 0.725 as Excel keeps `72.5%`.

    Raises:
        Malformed: `invalid_value`.
    """
    told = read_decimal(cell)
    if isinstance(cell, int | float) and 0 < cell <= 1:
        return _plain(Decimal(told) * 100)
    return told


def _plain(value: Decimal) -> str:
    told = f"{value.normalize():f}"
    return "0" if told == "-0" else told


def read_moment(cell: Cell) -> str:
    """A day (`2026-06-01`), or a moment with the offset of China where none was told.

    Raises:
        Malformed: `invalid_date`.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _of_number(cell)
    told = text_of(cell)
    if _WITH_OFFSET.fullmatch(told):
        return told
    found = _DAY.fullmatch(" ".join(told.split()))
    if found:
        return _of_parts(told, *(int(part) if part else None for part in found.groups()))
    compact = _COMPACT.fullmatch(told)
    if compact:
        return _of_parts(told, *(int(part) for part in compact.groups()))
    if told.isascii() and told.isdigit():
        return _of_number(int(told[:9]))
    raise _no_day(told)


def _of_number(value: float) -> str:
    compact = _COMPACT.fullmatch(str(value))
    if compact:
        return _of_parts(str(value), *(int(part) for part in compact.groups()))
    if int(value) not in _SERIAL_DAYS:
        raise _no_day(text_of(value))
    moment = _EXCEL_ZERO + timedelta(seconds=round(value * 86_400))
    return _told(moment, with_time=value != int(value))


def _of_parts(told: str, *parts: int | None) -> str:
    year, month, day, hour, minute, second = (*parts, None, None, None)[:6]
    try:
        moment = datetime(year or 0, month or 0, day or 0, hour or 0, minute or 0, second or 0)  # noqa: DTZ001 - on the wall
    except ValueError:
        raise _no_day(told) from None
    return _told(moment, with_time=hour is not None)


def _told(moment: datetime, *, with_time: bool) -> str:
    """Midnight is how exports write a day."""
    if not with_time or moment.time() == datetime.min.time():
        return date.isoformat(moment.date())
    return f"{moment.isoformat(timespec='seconds')}+08:00"


READERS: Final[Mapping[str, Callable[[Cell], str]]] = {
    "code": read_code,
    "number": read_number,
    "text": read_text,
    "decimal": read_decimal,
    "percent": read_percent,
    "moment": read_moment,
}


def word_of(cell: Cell, words: Mapping[str, Text]) -> str:
    """The word that a label stands for; open text stays as it is."""
    told = text_of(cell)
    folded = told.casefold().replace(" ", "").replace("-", "_")
    for word, label in words.items():
        names = (word, label.zh, label.en.casefold().replace("-", "_"))
        if folded in (name.replace(" ", "") for name in names):
            return word
    return told


def _as_number() -> Malformed:
    return Malformed(
        "code_as_number",
        Text(
            "编码被表格软件当成了数字，位数已丢失",
            "the program took it for a number: digits are lost",
        ),
        Text(
            "请把该列设为“文本”格式，再从原系统重新粘贴编码",
            "format the column as text, then paste the codes from their source again",
        ),
    )


def _no_number(cell: Cell) -> Malformed:
    told = text_of(cell)[:40]
    return Malformed(
        "invalid_value",
        Text(f"“{told}”不是数字", f"'{told}' is no number"),
        Text("请只填数字，单位见列名", "give the number only; the column names the unit"),
    )


def _no_day(told: str) -> Malformed:
    return Malformed(
        "invalid_date",
        Text(f"“{told[:40]}”不是确定的日期", f"'{told[:40]}' is not certainly a day"),
        Text("请写成 2026-06-01 或 2026年6月1日", "write 2026-06-01, the year first"),
    )
