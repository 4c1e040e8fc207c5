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
_LEAST_LEFT: Final = 0.5
"""Of what the other columns need, the least that words which are kept whole must leave them."""
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
    """Of the width, for each column: what it needs, where texts give way to codes, ids and times.

    `rows` begin with the heads. Where words would leave too little, all give way.
    """
    wanted = []
    for place, cells in enumerate(zip(*rows, strict=True)):
        face: Face = "mono" if place in mono else "text"
        wanted.append(max(width(cell, face) for cell in cells) * _EM + GAP)
    words = [place for place, cells in enumerate(zip(*rows[1:], strict=True)) if _is_whole(cells)]
    kept = {place: wanted[place] for place in words}
    needed = sum(wanted) - sum(kept.values())
    if room - sum(kept.values()) < _LEAST_LEFT * needed:
        kept = {}
    others = [place for place in range(len(wanted)) if place not in kept]
    left = _fitted([wanted[place] for place in others], room - sum(kept.values()))
    told = kept | dict(zip(others, left, strict=True))
    return [told[place] / sum(told.values()) for place in range(len(wanted))]


def _is_whole(cells: Iterable[str]) -> bool:
    """Whether these are single words, of which nobody can read a half."""
    return all(cell.isascii() and " " not in cell for cell in cells)


def _fitted(wanted: Sequence[float], room: float) -> list[float]:
    """What each gets of a room: what it needs, where the widest give way to the others."""
    widest = _widest(wanted, room)
    given = [each if each <= widest else 0.0 for each in wanted]
    # By the root: a text of many lines gets more than an id of two, and not all there is.
    asked = [0.0 if each <= widest else each**0.5 for each in wanted]
    left = (room - sum(given)) / sum(asked) if any(asked) else 0.0
    return [each + left * root for each, root in zip(given, asked, strict=True)]


def _widest(wanted: Sequence[float], room: float) -> float:
    """How wide a column may be, so that all of them have room beside each other."""
    left = room
    for place, each in enumerate(sorted(wanted)):
        most = left / (len(wanted) - place)
        if each > most:
            return most
        left -= each
    return room
