"""Instants and days: read from what people write, kept as UTC microseconds, told in China."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from dianchi.domain.faults import Json, bad, shown
from dianchi.domain.refusals import Malformed

CHINA = timezone(timedelta(hours=8))
_FIRST = "1990-01-01"  # no traction battery is older; guards a typed 0202
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_START = datetime(1970, 1, 1)  # noqa: DTZ001 - UTC without saying so, to be printed with a Z
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,12})?"
    r"(?:[Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)
_WHOLE_SECONDS = len("2026-06-01T09:30:00")
_SHAPE = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def instant(value: Json) -> tuple[str, int, bool]:
    """Reads `occurred_at`: canonical text, UTC microseconds, and whether it names only a day.

    A day (`2026-06-01`) counts from 00:00 in China, so its microseconds are those of that moment.

    Raises:
        Malformed: code `invalid_date`.
    """
    if type(value) is not str or not _RFC3339.fullmatch(value):
        if type(value) is str and _DATE.fullmatch(value):
            return value, _day_start(value), True
        raise _not_a_time(value)
    try:
        passed = datetime.fromisoformat(value.upper()) - _EPOCH
        told = (_START + passed).isoformat()
    except (ValueError, OverflowError):
        raise _impossible(value) from None
    if told < _FIRST:
        raise _impossible(value)
    return _with_fraction(told), _in_microseconds(passed), False


def _with_fraction(told: str) -> str:
    """Six digits of a second, always: `isoformat(timespec=…)` takes four times as long."""
    return f"{told}Z" if len(told) > _WHOLE_SECONDS else f"{told}.000000Z"


def _in_microseconds(passed: timedelta) -> int:
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def _not_a_time(value: Json) -> Malformed:
    if type(value) is str and _SHAPE.match(value) and not _SHAPE.fullmatch(value):
        return _impossible(value)
    return bad(
        f"“{shown(value)}”不是 RFC 3339 时间",
        f"'{shown(value)}' is not an RFC 3339 time",
        "请写成 2026-06-01T09:30:00+08:00 或 2026-06-01",
        "write 2026-06-01T09:30:00+08:00 or 2026-06-01",
        "invalid_date",
    )


def _impossible(value: str) -> Malformed:
    return bad(
        f"“{shown(value)}”不是存在的日期时间",
        f"'{shown(value)}' is not a date and time that exists",
        "请核对年月日和时分秒",
        "check day, month and time",
        "invalid_date",
    )


def _day_start(value: str) -> int:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise _impossible(value) from None
    if value < _FIRST:
        raise _impossible(value)
    return _in_microseconds(datetime(day.year, day.month, day.day, tzinfo=CHINA) - _EPOCH)


def microseconds(stored: str) -> int:
    """UTC microseconds of a canonical instant or day, as `instant` wrote it."""
    if len(stored) == 10:  # noqa: PLR2004 - YYYY-MM-DD
        return _day_start(stored)
    return _in_microseconds(datetime.fromisoformat(stored) - _EPOCH)


def instant_text(moment_us: int) -> str:
    """The canonical text of UTC microseconds."""
    return _with_fraction((_START + timedelta(microseconds=moment_us)).isoformat())


def chinese_day(moment_us: int) -> int:
    """The number of the Chinese calendar day (days since 1970-01-01 at +08:00)."""
    return (moment_us + 28_800_000_000) // 86_400_000_000
