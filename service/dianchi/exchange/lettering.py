"""Letters as polygons: a label needs no installed font and looks the same in every format.

`outlines.json` holds Latin letters, digits and the Chinese characters of our own phrases, drawn
from Noto Sans CJK SC (SIL Open Font License 1.1, see `outlines.LICENSE`) by
`tests/support/draw_outlines.py`. The zero of the face `mono` has a slash.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal, NamedTuple

Face = Literal["mono", "text"]
Contour = tuple[tuple[float, float], ...]
Glyph = tuple[Contour, ...]
"""Contours from the largest to the smallest; a hole runs the other way round."""

UNKNOWN: Final = "*"
"""Stands for a character that we have no outline of."""

_EM: Final = 1000
_ASCENT: Final = 0.88


class Line(NamedTuple):
    """One line of text: its left end, the top of its em box and the em, in millimetres."""

    text: str
    x: float
    y: float
    em: float
    face: Face = "text"


@lru_cache(maxsize=1)
def _outlines() -> dict[str, dict[str, tuple[int, list[list[int]]]]]:
    text = files("dianchi.exchange").joinpath("outlines.json").read_text(encoding="utf-8")
    outlines: dict[str, dict[str, tuple[int, list[list[int]]]]] = json.loads(text)
    return outlines


def drawable(text: str, face: Face) -> str:
    """The text with every character that has no outline replaced by `UNKNOWN`."""
    known = _outlines()[face]
    return "".join(character if character in known else UNKNOWN for character in text)


def width(text: str, face: Face) -> float:
    """How wide a drawable text is, in ems."""
    known = _outlines()[face]
    return sum(known[character][0] for character in text) / _EM


def glyphs(line: Line) -> Iterator[Glyph]:
    """The glyphs of a line in millimetres, y downwards."""
    known, x, baseline, scale = _outlines()[line.face], line.x, line.y + _ASCENT * line.em, _EM
    for character in line.text:
        advance, contours = known[character]
        if contours:
            yield tuple(
                tuple(
                    (x + px * line.em / scale, baseline - py * line.em / scale)
                    for px, py in zip(contour[::2], contour[1::2], strict=True)
                )
                for contour in contours
            )
        x += advance * line.em / scale


def is_hole(contour: Contour) -> bool:
    """Whether a contour of a glyph is cut out of it."""
    following = contour[1:] + contour[:1]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(contour, following, strict=True)) > 0
