"""A table as a paper: A4 across, heads on every sheet, in front of the rows what it is."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from dianchi.exchange.language import Language
from dianchi.exchange.lettering import Face, width
from dianchi.exchange.paper import ACROSS, GAP, Paper
from dianchi.exchange.tables.cells import Column, Row, text_of
from dianchi.exchange.tables.telling import About

_EM: Final = 2.6
"""In millimetres: seven points, so that a dozen columns stand beside each other."""
_FACT: Final = 34.0
_CODES: Final = frozenset(("battery", "subject"))
_NUMBERS: Final = frozenset(("count", "amount"))
_FOOT: Final[dict[Language, str]] = {
    "zh": "{title}  日志序号 {log_index}  各行 SHA-256 {rows_sha256}",
    "en": "{title}  log index {log_index}  SHA-256 of the rows {rows_sha256}",
}


class PaperFile:
    """A PDF. Its rows are held until it ends: how wide a column is comes of all of them."""

    def __init__(
        self, path: Path, title: str, columns: Sequence[Column], language: Language
    ) -> None:
        self._path = path
        self._title = title
        self._columns = columns
        self._language = language
        self._rows: list[list[str]] = []

    def write(self, rows: Iterable[Row]) -> None:
        """Adds rows."""
        self._rows += [[text_of(cell) for cell in row] for row in rows]

    def close(self, about: About) -> None:
        """Ends the file, and says in it what it is."""
        told = {fact.name: fact.value for fact in about}
        foot = _FOOT[self._language].format(title=self._title, **told)
        paper = Paper(self._title, ACROSS, foot, _EM)
        paper.heading(self._title)
        for fact in about:
            title = getattr(fact.title, self._language)
            paper.pair(title, fact.shown, indent=_FACT)
        paper.space()
        self._put_rows(paper)
        self._path.write_bytes(paper.pdf())

    def _put_rows(self, paper: Paper) -> None:
        heads = [getattr(column.title, self._language) for column in self._columns]
        mono = [n for n, column in enumerate(self._columns) if column.name in _CODES]
        right = [n for n, column in enumerate(self._columns) if column.kind in _NUMBERS]
        shares = _shares([heads, *self._rows], mono, paper.room)
        paper.table(heads, self._rows, shares, mono, right)


def _shares(rows: Sequence[Sequence[str]], mono: Sequence[int], room: float) -> list[float]:
    """Of the width, for each column: what it needs, where the widest give way to the others."""
    wanted = []
    for place, cells in enumerate(zip(*rows, strict=True)):
        face: Face = "mono" if place in mono else "text"
        wanted.append(max(width(cell, face) for cell in cells) * _EM + GAP)
    widest = _widest(wanted, room)
    given = [each if each <= widest else 0.0 for each in wanted]
    # By the root: a text of many lines gets more than an id of two, and not all there is.
    asked = [0.0 if each <= widest else each**0.5 for each in wanted]
    left = (room - sum(given)) / sum(asked) if any(asked) else 0.0
    told = [each + left * root for each, root in zip(given, asked, strict=True)]
    return [each / sum(told) for each in told]


def _widest(wanted: Sequence[float], room: float) -> float:
    """How wide a column may be, so that all of them have room beside each other."""
    left = room
    for place, each in enumerate(sorted(wanted)):
        most = left / (len(wanted) - place)
        if each > most:
            return most
        left -= each
    return room
