"""The part of a store that a device is told next: of what it has not, as much as goes at once."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from dianchi.access.told import Marks, cursor_of, mark
from dianchi.views.stores.query import Row, Store

PART: Final = 5_000
"""Rows of stock in one answer, and hand-overs as many."""
_STOCK: Final = "stock "
_EXPECTED: Final = "expected "
_LISTS: Final = "list "
_OVER: Final = "over"


class Part(NamedTuple):
    """What a device is told: the members of the answer, and what it has with them."""

    told: dict[str, Any]
    marks: Marks
    cursor: str


def part_of(store: Store, known: Marks | None, most: int = PART) -> Part:
    """What a device is told that has what is `known`; None: nothing, it is told the whole.

    What goes beyond `most` rows is left for the next time: the device has it not, so that it is
    then what changed.
    """
    had = known or {}
    stock, stock_marks = _changed(_STOCK, store.stock, had)
    expected, expected_marks = _changed(_EXPECTED, store.expected, had)
    lists, list_marks = _changed(_LISTS, store.lists, had)
    more = len(stock) > most or len(expected) > most
    new = [*stock[:most], *expected[:most], *lists]
    now = stock_marks | expected_marks | list_marks
    marks = {name: had[name] for name in now if name in had} | {name: now[name] for name in new}
    marks[_OVER] = mark(store.over)
    over = store.over
    told = {
        "whole": known is None,
        "more": more,
        "stock": [store.stock[name.removeprefix(_STOCK)] for name in stock[:most]],
        "gone": _gone(_STOCK, had, now),
        "expected": [store.expected[name.removeprefix(_EXPECTED)] for name in expected[:most]],
        "expected_gone": _gone(_EXPECTED, had, now),
        "lists": [store.lists[name.removeprefix(_LISTS)] for name in lists],
        "lists_gone": _gone(_LISTS, had, now),
        "over_stock": {"kg": over["total_kg"], "limit_kg": over["most_kg"]} if over else None,
    }
    return Part(told, marks, cursor_of(marks))


def _changed(kind: str, rows: Mapping[str, Row], had: Marks) -> tuple[list[str], Marks]:
    """The names of rows that a device has not as they are, and what stands for each row."""
    marks = {f"{kind}{name}": mark(row) for name, row in rows.items()}
    return [name for name, told in marks.items() if had.get(name) != told], marks


def _gone(kind: str, had: Marks, now: Marks) -> list[str]:
    names = (name for name in had if name.startswith(kind) and name not in now)
    return sorted(name.removeprefix(kind) for name in names)
