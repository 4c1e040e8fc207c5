"""The id of a report that was sent without one: made of whose it is and of what it says.

The service gives rows of files the same id, so that the same content counts once, whichever way it
comes. Test vectors: schemas/examples/row-ids-v1.json; the rule in words: docs/reference/row-ids.md.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid5

_ROWS: Final = UUID("3c8d0a9e-57f1-4b6c-8e21-d94b7a60f5c2")
# Only what has a point: `007` and `7` are two numbers of sites.
_POINTED: Final = re.compile(r"-?(?:0|[1-9]\d*)\.\d+", re.ASCII)
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ].*(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_MOST_DIGITS: Final = 40
"""From here on a number stays as it is written: its digits may fill the memory."""
_EMPTY: Final[tuple[object, ...]] = (None, "", {}, [])


def report_id(organisation: str, report: Mapping[str, Any]) -> UUID:
    """The id of a report, a version 5 UUID; an `event_id` in it does not matter.

    Args:
        organisation: the id of who reports.
        report: as JSON has it.

    Raises:
        TypeError: it holds something that JSON does not have.
    """
    return uuid5(_ROWS, f"{organisation}\n{row_text(report)}")


def row_text(report: Mapping[str, Any]) -> str:
    """What of a report makes its id: the same for every way of writing the same thing.

    Raises:
        TypeError: it holds something that JSON does not have.
    """
    told = {name: _plain(value) for name, value in report.items() if name != "event_id"}
    if isinstance(name := told.get("battery"), str):
        told["battery"] = _battery(name)
    if isinstance(moment := told.get("occurred_at"), str):
        told["occurred_at"] = _moment(moment)
    kept = {name: value for name, value in told.items() if value not in _EMPTY}
    return json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float | Decimal):
        return _digits(Decimal(repr(value) if isinstance(value, float) else value))
    if isinstance(value, Mapping):
        inner = {str(name): _plain(each) for name, each in value.items()}
        return {name: each for name, each in inner.items() if each not in _EMPTY}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    raise TypeError(f"{type(value).__name__} is no JSON")


def _text(told: str) -> str:
    told = told if told.isascii() else unicodedata.normalize("NFKC", told)
    told = told.strip()
    return _digits(Decimal(told)) if _POINTED.fullmatch(told) else told


def _digits(number: Decimal) -> str:
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        return str(number)
    told = f"{number:f}"
    told = told.rstrip("0").rstrip(".") if "." in told else told
    return "0" if told == "-0" else told


def _battery(name: str) -> str:
    return (name if ":" in name else "".join(name.split())).upper()


def _moment(told: str) -> str:
    """An instant in UTC with its microseconds; a day stays a day."""
    if not _INSTANT.fullmatch(told):
        return told
    try:
        moment = datetime.fromisoformat(told.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return told
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
