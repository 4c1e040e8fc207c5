"""Letters: which characters can be printed, by which font, and how much room they take.

Two fonts come with the service (`fonts/`, made by `tests/support/make_fonts.py`): Chinese and Latin
letters, and a monospace with a slash through the zero. A character that both lack is taken from
Noto Sans CJK where the machine has it; elsewhere its code point is printed, as `[U+35C2]`, never an
empty box.
"""

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

Face = Literal["text", "mono"]
"""What a line asks for; a character that the monospace lacks is set in the other."""
Source = Literal["sans", "mono", "whole"]
"""A font file; `whole` is the machine's."""

ASCENT: Final = 0.88
"""From the top of the em box down to the baseline, in ems."""
WHOLE: Final = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc"),
)
"""Where Debian, Arch and Fedora put the whole font."""
SIMPLIFIED: Final = 2
"""The face of simplified Chinese in the collection."""
_CUT: Final = "…"


class Run(NamedTuple):
    """Characters of one font."""

    text: str
    source: Source


class Letters(NamedTuple):
    """A font read for measuring: glyph names by code point, and the advances by glyph name."""

    font: Any
    names: dict[int, str]
    advances: dict[str, tuple[int, int]]
    em: int


def file_of(source: Source) -> Path | None:
    """Where a font stands; None where the machine has no whole one."""
    if source == "whole":
        return next((path for path in WHOLE if path.is_file()), None)
    return Path(str(files("dianchi.exchange").joinpath(f"fonts/{source}.otf")))


def collection_number(source: Source) -> int:
    """Which font of its file it is."""
    return SIMPLIFIED if source == "whole" else 0


@lru_cache(maxsize=3)
def letters(source: Source) -> Letters | None:
    """A font as fontTools reads it; None where the machine has no whole one."""
    path = file_of(source)
    if path is None:
        return None
    # From memory: a lazy font would keep its file open.
    font = TTFont(BytesIO(path.read_bytes()), fontNumber=collection_number(source), lazy=True)
    return Letters(font, font.getBestCmap(), font["hmtx"].metrics, font["head"].unitsPerEm)


def runs(text: str, face: Face) -> list[Run]:
    """The text in runs of one font each, with code points for what no font has."""
    pieces = [piece for character in text for piece in _placed(character, face)]
    by_source = groupby(pieces, key=lambda piece: piece.source)
    return [Run("".join(piece.text for piece in group), source) for source, group in by_source]


@lru_cache(maxsize=20_000)
def _placed(character: str, face: Face) -> tuple[Run, ...]:
    order: tuple[Source, ...] = ("mono", "sans", "whole") if face == "mono" else ("sans", "whole")
    for source in order:
        known = letters(source)
        if known is not None and ord(character) in known.names:
            return (Run(character, source),)
    if character.isspace():
        return _placed(" ", face)
    shown = f"[U+{ord(character):04X}]" if character.isprintable() else ""
    return (Run(shown, order[0]),) if shown else ()


def width(text: str, face: Face) -> float:
    """How wide a text is printed, in ems."""
    return sum(_breadth(character, face) for character in text)


@lru_cache(maxsize=20_000)
def _breadth(character: str, face: Face) -> float:
    return sum(run_width(run) for run in _placed(character, face))


def run_width(run: Run) -> float:
    """How wide a run is, in ems."""
    return sum(advance(each, run.source) for each in run.text)


def advance(character: str, source: Source) -> float:
    """How far a character of a font moves on, in ems."""
    known = letters(source)
    assert known is not None  # noqa: S101 - runs name fonts that are there
    return known.advances[known.names[ord(character)]][0] / known.em


def cut(text: str, face: Face, most: float) -> str:
    """The text, or as much of its beginning as fits into so many ems, with an ellipsis."""
    if width(text, face) <= most:
        return text
    kept = text
    while kept and width(kept + _CUT, face) > most:
        kept = kept[:-1]
    return kept.rstrip() + _CUT


def wrapped(text: str, face: Face, most: float) -> list[str]:
    """The text in lines of at most so many ems; Latin words stay whole where they fit."""
    lines, line, used = [], "", 0.0
    for word in _words(text):
        for piece in (word,) if width(word.rstrip(), face) <= most else word:
            if line and used + width(piece.rstrip(), face) > most:
                lines.append(line.rstrip())
                line, used = "", 0.0
            line += piece
            used += width(piece, face)
    return [*lines, line.rstrip()]


def _words(text: str) -> Iterator[str]:
    """Pieces that a line may end after: a Chinese character, a word with its spaces."""
    word = ""
    for character in text:
        wide = ord(character) > 0x2E7F  # noqa: PLR2004 - where Chinese begins
        if word and (wide or (word[-1].isspace() and not character.isspace())):
            yield word
            word = ""
        word += character
        if wide:
            yield word
            word = ""
    if word:
        yield word


def outline(run: Run, x: float, baseline: float, em: float) -> str:
    """The run as the `d` of an SVG path, y downwards."""
    known = letters(run.source)
    assert known is not None  # noqa: S101 - runs name fonts that are there
    glyphs, scale = known.font.getGlyphSet(), em / known.em
    pen = SVGPathPen(glyphs, ntos=lambda value: f"{value:.3f}".rstrip("0").rstrip("."))
    for character in run.text:
        name = known.names[ord(character)]
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, -scale, x, baseline)))
        x += known.advances[name][0] * scale
    drawn: str = pen.getCommands()
    return drawn
