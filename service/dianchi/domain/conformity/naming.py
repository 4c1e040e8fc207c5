"""Names that are made for one run: codes that nobody else has, so that every run starts clean."""

from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any, Final

from dianchi.domain import code_tables as tables
from dianchi.domain.identifiers import vin_check

_VENDOR: Final = "9Y1"
"""Of the synthetic province's first maker: no real one has it."""
_SERIALS: Final = 10**7
_VINS: Final = 10**6
_YEARS: Final = {year: symbol for symbol, year in tables.YEARS.items()}
_MONTHS: Final = {month: symbol for symbol, month in tables.MONTHS.items()}
_DAYS: Final = {day: symbol for symbol, day in tables.DAYS.items()}


def names_of(wanted: Mapping[str, Any], run: str, made: date) -> dict[str, str]:
    """What a run calls things.

    Args:
        wanted: of the scenario: for each name how it is made.
        run: the number of the run.
        made: the day that codes tell as the one of manufacture.
    """
    told: dict[str, str] = {"run": _mark(run), "day": made.isoformat()}
    for name, how in wanted.items():
        told[name] = _MADE[how["make"]](f"{run}/{name}", how, made, told)
    return told


def lives_in(wanted: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    """The lives that are there when a run begins: the stage of each, by name of the battery."""
    return {names[name]: how["stage"] for name, how in wanted.items() if how["make"] == "life"}


def _mark(run: str) -> str:
    return run.rpartition("-")[2]


def _number(key: str) -> int:
    return int.from_bytes(sha256(key.encode()).digest()[:8])


def _code(key: str, _how: Any, made: date, _told: dict[str, str]) -> str:  # noqa: ANN401 - JSON
    """A GB/T 34014 code of a pack that was made on a day."""
    day = f"{_YEARS[made.year]}{_MONTHS[made.month]}{_DAYS[made.day]}"
    return f"{_VENDOR}PB1A00DZ5K2{day}{_number(key) % _SERIALS:07d}"


def _mistyped(_key: str, how: Any, _made: date, told: dict[str, str]) -> str:  # noqa: ANN401 - JSON
    """A code in which somebody typed the letter O for a zero, which no code has."""
    right = told[how["of"]]
    return f"{right[:-1]}O"


def _serials(_key: str, _how: Any, _made: date, told: dict[str, str]) -> str:  # noqa: ANN401 - JSON
    """How the names of many begin."""
    return f"serial:SANDBOX:{told['run']}-"


def _vin(key: str, _how: Any, _made: date, _told: dict[str, str]) -> str:  # noqa: ANN401 - JSON
    number = f"LSVAA418{{}}E2{_number(key) % _VINS:06d}"
    return number.format(vin_check(number.format("0")))


_MADE: Final[Mapping[str, Callable[[str, Any, date, dict[str, str]], str]]] = {
    "pack": _code,
    "life": _code,
    "mistyped": _mistyped,
    "many": _serials,
    "vin": _vin,
}
