"""Where everything stands on a label: two codes at opposite corners, what it is, its name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil
from typing import Final, NamedTuple

from dianchi.domain.vocabulary import label as words
from dianchi.exchange.lettering import Face, cut, runs, width
from dianchi.exchange.marks import Line, Mark, Page, Shape, Symbol
from dianchi.exchange.symbols import Rows, data_matrix, qr

QUIET_MODULES: Final = 4
_EDGE_MM: Final = 1.5
_LARGEST_NAME_EM: Final = 6.2
_SMALLEST_EM: Final = 1.9
_LEADING: Final = 1.14
_MOST_LINES: Final = 5
_GROUP: Final = 4
_DOT_MM: Final = 0.125
"""A dot of a 203 dpi thermal head, which has eight to the millimetre."""
_MATRIX_MM: Final = 14.0
_MATRIX_DOTS: Final = range(10, 2, -1)


class Size(NamedTuple):
    """A label: width, height, the size of a module of the QR code, and of that code at most."""

    across: float
    down: float
    module: float
    largest: float


SIZES: Final = {
    "60x40": Size(60, 40, 0.625, 41 * 0.625),
    "80x50": Size(80, 50, 0.75, 41 * 0.75),
    "70x37": Size(70, 37.125, 0.5, 41 * 0.5),
}
"""By name; the last is that of the sheet of 24."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says.

    Attributes:
        name: the canonical name of the battery.
        url: what the QR code holds, made by `label_url`.
        chemistry: a word of the list of chemistries.
        capacity_ah: rated capacity, a decimal string, like the other ratings; None if unknown.
        voltage_v: nominal voltage.
        energy_kwh: rated energy.
        revision: 0 for the first label, then the number of the replacement.
        second_life: the battery is a second-life product (梯次利用): its parents' codes stay on it.
        stage: its stage on the day of printing.
        outlet: who has it, by name.
        day: of printing, as `2026-11-24`.
        quarantined: it is set apart as dangerous.
    """

    name: str
    url: str
    chemistry: str | None = None
    capacity_ah: str | None = None
    voltage_v: str | None = None
    energy_kwh: str | None = None
    revision: int = 0
    second_life: bool = False
    stage: str | None = None
    outlet: str | None = None
    day: str | None = None
    quarantined: bool = False


class Room(NamedTuple):
    """A rectangle to write in."""

    left: float
    top: float
    right: float
    bottom: float


def lay_out(label: Label, size: str = "60x40") -> Page:
    """Place the codes and lines of a label; every line is measured and shrunk or cut to fit."""
    form = SIZES[size]
    code = _qr(label, form)
    matrix = _matrix(label.name, form)
    below = code.y + code.down + code.x
    beside = code.x + code.across + QUIET_MODULES * code.module
    right, bottom = form.across - _EDGE_MM, form.down - _EDGE_MM
    ceiling = min(matrix.y - _EDGE_MM, below) if matrix else below
    wall = matrix.x - _EDGE_MM if matrix else right
    facts = _facts(label, Room(beside, _EDGE_MM, right, ceiling))
    name = _name(label.name, Room(code.x, below, wall, bottom))
    marks: list[Mark] = [code, *([matrix] if matrix else []), *facts, *name]
    return Page(form.across, form.down, tuple(marks), f"dianchi 滇池 {label.name}")


def _qr(label: Label, form: Size) -> Symbol:
    rows = qr(label.url, "H" if label.revision else "Q")
    corner = QUIET_MODULES * form.module
    return Symbol(rows, corner, corner, min(form.module, form.largest / len(rows)))


def _matrix(name: str, form: Size) -> Symbol | None:
    """The Data Matrix at the lower right; None for a name so long that no printer could draw it."""
    rows: Rows = data_matrix(name)
    sizes = (dots * _DOT_MM for dots in _MATRIX_DOTS)
    module = next((size for size in sizes if len(rows) * size <= _MATRIX_MM), None)
    if module is None:
        return None
    side = len(rows) * module
    margin = max(_EDGE_MM, module)
    return Symbol(rows, form.across - margin - side, form.down - margin - side, module)


def _facts(label: Label, room: Room) -> Iterator[Mark]:
    """Lines from the top down, the first larger and beside the sign of danger."""
    texts = [text for text in _texts(label) if text]
    pitch = min(4.6, (room.bottom - room.top) / (len(texts) + 0.45))
    side = pitch * 1.35
    yield from _danger(room.right - side, room.top, side)
    y = room.top
    for number, text in enumerate(texts):
        first = number == 0
        most = room.right - room.left - (side + 1 if first else 0)
        yield _line(text, room.left, y, pitch * (0.96 if first else 0.8), most)
        y += pitch * (1.4 if first else 1.0)


def _texts(label: Label) -> Iterator[str]:
    yield "滇池 dianchi"
    yield " ".join(dict.fromkeys(_in_both(label.chemistry))) if label.chemistry else ""
    charge = ((label.capacity_ah, "Ah"), (label.voltage_v, "V"), (label.energy_kwh, "kWh"))
    yield "  ".join(filter(None, (_with_unit(*each) for each in charge)))
    yield "已隔离 危险勿动 QUARANTINED" if label.quarantined else _stage(label)
    yield label.outlet or ""
    revision = f"标签第{label.revision}版" if label.revision else ""
    yield "  ".join(filter(None, (label.day, revision)))
    yield "梯次利用 原编码保留" if label.second_life else ""


def _stage(label: Label) -> str:
    return f"状态 {words(label.stage, 'zh')}" if label.stage else ""


def _in_both(word: str) -> tuple[str, str]:
    return words(word, "zh"), words(word, "en")


def _with_unit(value: str | None, unit: str) -> str:
    return f"{Decimal(value).normalize():f} {unit}" if value else ""


def _line(text: str, x: float, y: float, em: float, most: float) -> Line:
    """Shrunk to fit down to what can be read; cut where that is not enough."""
    fitted = min(em, most / width(text, "text"))
    if fitted < _SMALLEST_EM:
        text, fitted = cut(text, "text", most / _SMALLEST_EM), _SMALLEST_EM
    return Line(text, x, y, fitted)


def _danger(x: float, y: float, side: float) -> Iterator[Shape]:
    """The warning triangle of ISO 7010 W001."""
    yield _triangle(x, y, side)
    yield _triangle(x + side * 0.17, y + side * 0.2, side * 0.66)._replace(white=True)
    middle = x + side / 2
    for top, bottom, half in ((0.38, 0.62, 0.055), (0.68, 0.78, 0.055)):
        ends = [(middle - half * side, y + top * side), (middle + half * side, y + top * side)]
        ends += [
            (middle + half * side, y + bottom * side),
            (middle - half * side, y + bottom * side),
        ]
        yield Shape(tuple(ends))


def _triangle(x: float, y: float, side: float) -> Shape:
    return Shape(((x + side / 2, y), (x + side, y + side * 0.9), (x, y + side * 0.9)))


def _name(name: str, room: Room) -> Iterator[Line]:
    face: Face = "mono"
    broken = [_break(name, count) for count in range(1, _MOST_LINES + 1)]
    across, down = room.right - room.left, room.bottom - room.top
    lines, em = max(
        ((lines, _largest_em(lines, across, down)) for lines in broken), key=lambda each: each[1]
    )
    y = room.top + (down - len(lines) * em * _LEADING) / 2
    for number, line in enumerate(lines):
        yield Line(line, room.left, y + number * em * _LEADING, em, face)


def _break(name: str, count: int) -> list[str]:
    """A GB/T 34014 code in groups of four, another name anywhere, over so many lines."""
    shown = "".join(run.text for run in runs(name, "mono"))
    size, glue = (1, "") if ":" in shown else (_GROUP, " ")
    groups = [shown[i : i + size] for i in range(0, len(shown), size)]
    each = ceil(len(groups) / count)
    ends = [*range(0, len(groups), each), len(groups)]
    return [glue.join(groups[start:end]) for start, end in pairwise(ends)]


def _largest_em(lines: Sequence[str], across: float, down: float) -> float:
    widest = max(width(line, "mono") for line in lines)
    return min(_LARGEST_NAME_EM, across / widest, down / len(lines) / _LEADING)
