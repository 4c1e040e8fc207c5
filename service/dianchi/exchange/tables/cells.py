"""What a cell holds, and the text by which rows are hashed whatever the form of the file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Literal

from dianchi.domain.refusals import Text
from dianchi.store.envelope import canonical_json

Cell = str | int | Decimal | None
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name for machines, its title for people, what its cells are."""

    name: str
    title: Text
    kind: Literal["text", "count", "amount"] = "text"


def text_of(cell: Cell) -> str:
    """A cell as text: nothing is empty, numbers have no exponent and no trailing zeros."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f")
    return str(cell)


class RowsHash:
    """SHA-256 over the rows: each as a JSON array of its cells' texts, with a line feed behind.

    The same for every form of a file, so that one may be compared with another.
    """

    def __init__(self) -> None:
        self._digest = sha256()
        self.rows = 0

    def take(self, rows: Iterable[Row]) -> None:
        """Adds rows."""
        for row in rows:
            self._digest.update(canonical_json([text_of(cell) for cell in row]) + b"\n")
            self.rows += 1

    def hex(self) -> str:
        """The hash of all rows so far."""
        return self._digest.hexdigest()
