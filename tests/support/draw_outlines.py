"""Draws `service/dianchi/exchange/outlines.json`: the letters of the labels, as polygons.

Run by hand when a label needs another character:

    python tests/support/draw_outlines.py /usr/share/fonts/opentype/noto

The folder holds NotoSansCJK-Regular.ttc and -Bold.ttc (Debian fonts-noto-cjk 1:20220127, OFL-1.1).
"""

import json
import sys
from pathlib import Path

from fontTools.pens.recordingPen import (  # type: ignore[import-untyped]  # ships no types
    DecomposingRecordingPen,
)
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]  # ships no types

from dianchi.domain.vocabulary import CHEMISTRIES, LABELS

SIMPLIFIED, SIMPLIFIED_MONO = 2, 7
NAMES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_./#()+&,':* abegilmprst"
LATIN = "".join(map(chr, range(0x20, 0x7F)))
PHRASES = "滇池动力电池原编码保留梯次利用标签第版额定容量电压能量见二维码·×"
TOLERANCE = 8
SLASH = [205, 190, 262, 190, 295, 545, 238, 545]
OUTLINES = Path(__file__).parents[2] / "service/dianchi/exchange/outlines.json"

Point = tuple[float, float]


def flatten(a: Point, b: Point, c: Point, d: Point) -> list[Point]:
    """A cubic curve as points, without its first, in steps fine enough for a label."""
    bend = max(abs(a[i] - 2 * b[i] + c[i]) + abs(b[i] - 2 * c[i] + d[i]) for i in (0, 1))
    steps = max(1, round((bend / TOLERANCE) ** 0.5))
    return [between((a, b, c, d), (n + 1) / steps) for n in range(steps)]


def between(curve: tuple[Point, Point, Point, Point], t: float) -> Point:
    """The point of a cubic curve at t, from 0 to 1."""
    weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    x, y = (sum(w * point[i] for w, point in zip(weights, curve, strict=True)) for i in (0, 1))
    return x, y


def contours(font: TTFont, name: str) -> list[list[int]]:
    """The closed contours of a glyph, each as x, y, x, y and so on."""
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(pen)
    found: list[list[Point]] = []
    for verb, points in pen.value:
        match verb:
            case "moveTo":
                found.append([points[0]])
            case "lineTo":
                found[-1].append(points[0])
            case "curveTo":
                found[-1] += flatten(found[-1][-1], *points)
            case _:
                pass
    found.sort(key=lambda contour: -abs(area(contour)))
    return [[round(axis) for point in contour for axis in point] for contour in found]


def area(contour: list[Point]) -> float:
    """Twice the signed area: that of a hole has the other sign."""
    following = contour[1:] + contour[:1]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(contour, following, strict=True))


def face(font: TTFont, characters: str) -> dict[str, list[object]]:
    """Advance and contours of each character, in thousandths of the em."""
    table = font.getBestCmap()
    names = {character: table[ord(character)] for character in sorted(set(characters))}
    return {c: [font["hmtx"][name][0], contours(font, name)] for c, name in names.items()}


def main(folder: Path) -> None:
    """Write the outlines of both faces, one character per line."""
    thin = TTCollection(folder / "NotoSansCJK-Regular.ttc").fonts
    bold = TTCollection(folder / "NotoSansCJK-Bold.ttc").fonts
    words = "".join(LABELS[word][0] for word in CHEMISTRIES)
    faces = {
        "mono": face(thin[SIMPLIFIED_MONO], NAMES),
        "text": face(bold[SIMPLIFIED], LATIN + PHRASES + words),
    }
    faces["mono"]["0"][1].append(SLASH)  # type: ignore[attr-defined]
    OUTLINES.write_text(as_text(faces), encoding="utf-8")


def as_text(faces: dict[str, dict[str, list[object]]]) -> str:
    """JSON with one character per line."""
    parts = []
    for name, glyphs in faces.items():
        lines = (
            f"{json.dumps(c, ensure_ascii=False)}:{json.dumps(glyph, separators=(',', ':'))}"
            for c, glyph in glyphs.items()
        )
        parts.append(f'"{name}":{{\n' + ",\n".join(lines) + "\n}")
    return "{" + ",\n".join(parts) + "}\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
