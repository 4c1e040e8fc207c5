"""Finding the header among titles, merged cells and two-storey column names."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

Cell = str | int | float | bool | None
Merged = tuple[tuple[int, int], tuple[int, int]]
"""First and last cell of a merged range, each as (row, column) from 0."""
LOOKED_AT: Final = 30
"""Rows from the top among which the header must be."""
_LEAST_NAMES: Final = 2


class Header(NamedTuple):
    """The names of the columns, and the number of the first row below them (from 0)."""

    columns: list[str]
    below: int
    known: int


def find_header(
    rows: Sequence[Sequence[Cell]], merged: Sequence[Merged], known: Callable[[str], bool]
) -> Header | None:
    """The row that names most known columns; else the first that names several.

    Args:
        rows: the first of the sheet.
        merged: ranges of merged cells.
        known: whether a text is called like a column that somebody may want.
    """
    grid = _spread(rows, merged)
    width = max(map(len, grid), default=0)
    names = [[_name(cell) for cell in row] for row in grid]
    scores = [sum(map(known, row)) for row in names]
    best = max(range(len(grid)), key=lambda n: (scores[n], -n), default=None)
    if best is None or not scores[best]:
        best = next((n for n, row in enumerate(names) if _is_named(row)), None)
        if best is None:
            return None
    # A merged cell may reach below: the second storey belongs to the header, too.
    below = max([best, *(last[0] for first, last in merged if first[0] <= best <= last[0])]) + 1
    above = [n for n in range(best) if _heads(n, best, merged, width)]
    storeys = [*above, *range(best, below)]
    columns = [
        _joined([names[n][at] for n in storeys if at < len(names[n])]) for at in range(width)
    ]
    return Header(columns, below, scores[best])


def _is_named(row: Sequence[str]) -> bool:
    texts = [text for text in row if text]
    return len(texts) >= _LEAST_NAMES and len(set(texts)) == len(texts)


def _name(cell: Cell) -> str:
    # PostgreSQL keeps no NUL in its JSON.
    return " ".join(cell.replace("\0", " ").split()) if isinstance(cell, str) else ""


def _spread(rows: Sequence[Sequence[Cell]], merged: Sequence[Merged]) -> list[list[Cell]]:
    """Every cell of a merged range says what the first says."""
    grid = [list(row) for row in rows]
    for (top, left), (bottom, right) in merged:
        if top >= len(grid) or left >= len(grid[top]):
            continue
        value = grid[top][left]
        for row in grid[top : bottom + 1]:
            for at in range(left, min(right + 1, len(row))):
                row[at] = value
    return grid


def _heads(row: int, best: int, merged: Sequence[Merged], width: int) -> bool:
    """Whether a row above groups columns: a title over all of them does not."""
    return best - row <= _LEAST_NAMES and any(
        first[0] <= row <= last[0] and first[1] < last[1] and last[1] - first[1] + 1 < width
        for first, last in merged
    )


def _joined(storeys: Sequence[str]) -> str:
    return "/".join(dict.fromkeys(text for text in storeys if text))
