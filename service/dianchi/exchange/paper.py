"""A paper of Chinese and English text, from the top down, on A4 sheets or on a roll.

Blocks are put one under the other; on A4 a block that does not fit begins the next sheet, and every
sheet has its number. A roll is one sheet as long as it needs.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from dianchi.domain.working_days import CHINA
from dianchi.exchange.lettering import Face, cut, width, wrapped
from dianchi.exchange.marks import Box, Line, Mark, Page, Picture, Symbol, moved
from dianchi.exchange.painting import as_pdf, as_png

EM: Final = 3.6
"""Running text, in millimetres: about ten points."""
LEADING: Final = 1.5
_STROKE: Final = 0.25
_WHOLE: Final = 20
"""Lines of a row that stay together; one with more goes on overleaf."""
GAP: Final = 2.0
"""Between columns, and behind pictures and codes."""


def local_text(moment: str) -> str:
    """A moment (RFC 3339) as people here read it, to the minute."""
    return f"{datetime.fromisoformat(moment).astimezone(CHINA):%Y-%m-%d %H:%M} (+08:00)"


class Size(NamedTuple):
    """A sheet: width, height (None on a roll) and margin, in millimetres."""

    across: float
    down: float | None
    margin: float


A4: Final = Size(210, 297, 18)
ACROSS: Final = Size(297, 210, 12)
"""A4, lying."""
ROLL: Final = Size(80, None, 4)


class _Block(NamedTuple):
    """Marks under those before.

    Attributes:
        keep: it stands on the sheet of what follows it: a heading, or the head of a table.
        head: what is said once more where this block begins a sheet.
    """

    height: float
    marks: tuple[Mark, ...]
    keep: bool = False
    head: "tuple[_Block, ...]" = ()


class Paper:
    """Collects blocks; `pages`, `pdf` and `png` give what they make.

    Args:
        title: of the document, as a reader shows it.
        size: `A4`, `ACROSS` or `ROLL`.
        foot: what stands at the foot of every sheet, before its number.
        em: of running text and tables, in millimetres.
    """

    def __init__(self, title: str, size: Size = A4, foot: str = "", em: float = EM) -> None:
        self.size = size
        self.room = size.across - 2 * size.margin
        self._title = title
        self._foot = foot
        self._em = em
        self._blocks: list[_Block] = []

    def heading(self, text: str, em: float = 5.4) -> None:
        """A heading, shrunk to one line, on the sheet of what follows."""
        fitted = min(em, self.room / max(width(text, "text"), 1))
        self._lines([text], fitted)
        self._blocks[-1] = self._blocks[-1]._replace(keep=True)

    def text(self, text: str, em: float | None = None, face: Face = "text") -> None:
        """A paragraph."""
        size = self._em if em is None else em
        self._lines(wrapped(text, face, self.room / size), size, face)

    def pair(
        self, name: str, value: str, *, indent: float | None = None, face: Face = "text"
    ) -> None:
        """A name and what it is, which may take several lines.

        Args:
            name: on the left.
            value: from `indent` on.
            indent: in millimetres; a third of the width by default.
            face: of the value.
        """
        left = self.room * 0.3 if indent is None else indent
        lines = wrapped(value, face, (self.room - left) / self._em)
        marks: list[Mark] = [Line(cut(name, "text", left / self._em), 0, 0, self._em)]
        step = self._em * LEADING
        marks += [Line(each, left, at * step, self._em, face) for at, each in enumerate(lines)]
        self._put(step * len(lines), marks)

    def table(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        shares: Sequence[float],
        mono: Sequence[int] = (),
        right: Sequence[int] = (),
    ) -> None:
        """Rows under a head; a cell that is too long takes several lines.

        The head stands on every sheet on which there are rows.

        Args:
            head: names of the columns.
            rows: as many cells each.
            shares: of the width, one for each column, with a sum of 1.
            mono: the columns in monospace, by place.
            right: the columns that end where others begin: numbers under numbers.
        """
        named = (*self._row(head, shares, (), right), self._rule())
        self._blocks += [block._replace(keep=True) for block in named]
        for row in rows:
            blocks = self._row(row, shares, mono, right)
            self._blocks += [block._replace(head=named) for block in blocks]
        if rows:
            self._blocks[-1] = self._blocks[-1]._replace(keep=True)
        self.rule()

    def picture(self, data: bytes, across: float, down: float) -> None:
        """A PNG or JPEG, fitted into so much room."""
        self._put(down + GAP, [Picture(data, 0, 0, across, down)])

    def symbol(
        self, rows: Sequence[Sequence[bool]], side: float, beside: Sequence[str] = ()
    ) -> None:
        """A code of so many millimetres, with lines of text beside it."""
        left = side + 2 * GAP
        most = (self.room - left) / self._em
        lines = [line for text in beside for line in wrapped(text, "text", most)]
        step = self._em * LEADING
        marks: list[Mark] = [Symbol(rows, GAP, GAP / 2, (side - GAP) / len(rows))]
        marks += [Line(line, left, at * step, self._em) for at, line in enumerate(lines)]
        self._put(max(side + GAP, step * len(lines)), marks)

    def signed(self, lines: Sequence[str], mark: str, room: float) -> None:
        """Lines centred on each other at the right, in the middle of room for a seal.

        Args:
            lines: who signs, and when.
            mark: what is said above them of the seal.
            room: the height, and the least width, in millimetres.
        """
        across = max(room, *(width(line, "text") * self._em for line in lines))
        middle, step = self.room - across / 2, self._em * LEADING
        told = (mark, *lines)
        top = (room - step * len(told)) / 2
        self._put(
            room,
            [
                Line(each, middle - width(each, "text") * self._em / 2, top + at * step, self._em)
                for at, each in enumerate(told)
            ],
        )

    def rule(self) -> None:
        """A thin stroke across."""
        self._blocks.append(self._rule())

    def space(self, height: float = EM) -> None:
        """Empty room."""
        self._put(height, ())

    def pages(self) -> list[Page]:
        """The sheets."""
        margin = self.size.margin
        if self.size.down is None:
            height = _height(self._blocks) + 2 * margin
            return [Page(self.size.across, height, _set(self._blocks, margin, margin), self._title)]
        sheets = _split(self._blocks, self.size.down - 2 * margin - self._em * LEADING)
        return [self._sheet(blocks, n, len(sheets)) for n, blocks in enumerate(sheets, 1)]

    def pdf(self, made_at: datetime | None = None) -> bytes:
        """The document; with `made_at` the same content is the same bytes."""
        return as_pdf(self.pages(), made_at)

    def png(self, dpi: int = 203) -> bytes:
        """The first sheet as a picture: a roll has only one."""
        return as_png(self.pages()[0], dpi)

    def _sheet(self, blocks: Sequence[_Block], number: int, count: int) -> Page:
        margin, down = self.size.margin, self.size.down or 0
        foot = f"{self._foot}  {number} / {count}".strip()
        em = self._em * 0.8
        line = Line(cut(foot, "text", self.room / em), margin, down - margin, em)
        return Page(self.size.across, down, (*_set(blocks, margin, margin), line), self._title)

    def _rule(self) -> _Block:
        return _Block(GAP, (Box(0, GAP / 2, self.room, _STROKE),))

    def _row(
        self,
        cells: Sequence[str],
        shares: Sequence[float],
        mono: Sequence[int],
        right: Sequence[int],
    ) -> list[_Block]:
        """One block; of a row that is tall, one for each line, so that it goes on overleaf."""
        faces: list[Face] = ["mono" if n in mono else "text" for n in range(len(cells))]
        told = [
            wrapped(cell, face, (share * self.room - GAP / 2) / self._em)
            for cell, face, share in zip(cells, faces, shares, strict=True)
        ]
        tallest = max(map(len, told))
        step = tallest if tallest <= _WHOLE else 1
        return [
            self._beside([lines[at : at + step] for lines in told], faces, shares, right)
            for at in range(0, tallest, step)
        ]

    def _beside(
        self,
        told: Sequence[Sequence[str]],
        faces: Sequence[Face],
        shares: Sequence[float],
        right: Sequence[int],
    ) -> _Block:
        marks: list[Mark] = []
        left, step = 0.0, self._em * LEADING
        for place, (lines, face) in enumerate(zip(told, faces, strict=True)):
            across = shares[place] * self.room
            for at, line in enumerate(lines):
                ends = left + across - GAP - width(line, face) * self._em
                x = ends if place in right else left
                marks.append(Line(line, x, at * step, self._em, face))
            left += across
        return _Block(step * max(map(len, told)), tuple(marks))

    def _lines(self, lines: Sequence[str], em: float, face: Face = "text") -> None:
        # One block each: a long paragraph may go on overleaf.
        for line in lines:
            self._put(em * LEADING, [Line(line, 0, 0, em, face)])

    def _put(self, height: float, marks: Sequence[Mark]) -> None:
        self._blocks.append(_Block(height, tuple(marks)))


def _split(blocks: Sequence[_Block], room: float) -> list[list[_Block]]:
    sheets: list[list[_Block]] = [[]]
    used = 0.0
    for bundle in _bundles(blocks):
        if used + _height(bundle) > room and sheets[-1]:
            sheets.append([*bundle[0].head])
            used = _height(sheets[-1])
        sheets[-1] += bundle
        used += _height(bundle)
    return sheets


def _bundles(blocks: Sequence[_Block]) -> Iterator[list[_Block]]:
    """Blocks that stay together: each that keeps to what follows, with that."""
    bundle: list[_Block] = []
    for block in blocks:
        bundle.append(block)
        if not block.keep:
            yield bundle
            bundle = []
    if bundle:
        yield bundle


def _height(blocks: Sequence[_Block]) -> float:
    return sum(block.height for block in blocks)


def _set(blocks: Sequence[_Block], left: float, top: float) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    for block in blocks:
        marks += [moved(mark, left, top) for mark in block.marks]
        top += block.height
    return tuple(marks)
