"""Rows that are valid from one day to another: what the law says changes, so it is data."""

from collections.abc import Iterable
from datetime import date
from typing import Final, Protocol, TypeVar

ALWAYS: Final = date.min
"""For rows of our own that never began."""


class Dated(Protocol):
    """Anything with a first and a last day of validity, both included; no last day: open end."""

    @property
    def valid_from(self) -> date: ...

    @property
    def valid_to(self) -> date | None: ...


Row = TypeVar("Row", bound=Dated)


def in_force(row: Dated, on: date) -> bool:
    """Whether the row holds on this business date."""
    return row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)


def latest(rows: Iterable[Row], on: date) -> Row | None:
    """The row in force on this date; of several the one that began last."""
    holding = [row for row in rows if in_force(row, on)]
    return max(holding, key=lambda row: row.valid_from, default=None)
