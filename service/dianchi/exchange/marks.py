"""What a sheet of paper holds: lines of text, symbols, strokes and pictures, in millimetres."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from dianchi.exchange.lettering import Face, width


class Line(NamedTuple):
    """One line of text: its left end, the top of its em box and the em."""

    text: str
    x: float
    y: float
    em: float
    face: Face = "text"

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.x + width(self.text, self.face) * self.em


class Symbol(NamedTuple):
    """A two-dimensional code: its dark modules row by row, its corner, the size of a module."""

    rows: Sequence[Sequence[bool]]
    x: float
    y: float
    module: float

    @property
    def across(self) -> float:
        """Its width without the quiet zone."""
        return len(self.rows[0]) * self.module

    @property
    def down(self) -> float:
        """Its height without the quiet zone."""
        return len(self.rows) * self.module

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Column, row and length of every horizontal run of dark modules."""
        for y, row in enumerate(self.rows):
            start = None
            for x, dark in enumerate((*row, False)):
                if dark and start is None:
                    start = x
                elif not dark and start is not None:
                    yield start, y, x - start
                    start = None


class Box(NamedTuple):
    """A filled rectangle; a stroke is a thin one."""

    x: float
    y: float
    across: float
    down: float


class Shape(NamedTuple):
    """A filled polygon, or a white one over what was drawn before."""

    points: tuple[tuple[float, float], ...]
    white: bool = False


class Picture(NamedTuple):
    """A PNG or JPEG, fitted into a rectangle."""

    data: bytes
    x: float
    y: float
    across: float
    down: float


Mark = Line | Symbol | Box | Shape | Picture


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet and what stands on it."""

    across: float
    down: float
    marks: tuple[Mark, ...]
    title: str = ""


def moved(mark: Mark, right: float, down: float) -> Mark:
    """The same mark elsewhere."""
    if isinstance(mark, Shape):
        return replace_points(mark, right, down)
    return mark._replace(x=mark.x + right, y=mark.y + down)


def replace_points(shape: Shape, right: float, down: float) -> Shape:
    """A polygon elsewhere."""
    return shape._replace(points=tuple((x + right, y + down) for x, y in shape.points))


def placed(page: Page, right: float, down: float) -> tuple[Mark, ...]:
    """What stands on a page, as part of a larger one."""
    return tuple(moved(mark, right, down) for mark in page.marks)


def titled(page: Page, title: str) -> Page:
    """The page under another title."""
    return replace(page, title=title)
