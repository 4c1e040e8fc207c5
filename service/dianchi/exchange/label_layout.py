"""Where everything stands on a label of 60 x 40 mm: the symbol, what the battery is, its name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Final, NamedTuple

from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode

from dianchi.domain.vocabulary import label as words
from dianchi.exchange.lettering import UNKNOWN, Face, Line, drawable, width

WIDTH_MM: Final = 60.0
HEIGHT_MM: Final = 40.0
MODULE_MM: Final = 0.625
"""Five dots of a 203 dpi thermal head, which has eight dots to the millimetre."""
QUIET_MODULES: Final = 4

_MARGIN_MM: Final = QUIET_MODULES * MODULE_MM
_RIGHT_MM: Final = WIDTH_MM - _MARGIN_MM
_BOTTOM_MM: Final = HEIGHT_MM - _MARGIN_MM
_LARGEST_SIDE_MM: Final = 41 * MODULE_MM
"""Version 6 is the last with full modules: it leaves 7 mm below for the name."""
_ROOMY_VERSION: Final = 6
_LEVELS: Final = (ERROR_CORRECT_H, ERROR_CORRECT_Q, ERROR_CORRECT_M, ERROR_CORRECT_L)
_LARGEST_NAME_EM: Final = 6.2
_LEADING: Final = 1.14
_MOST_LINES: Final = 4
_GROUP: Final = 4


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says.

    Attributes:
        name: the canonical name of the battery.
        url: what the symbol holds, made by `label_url`.
        chemistry: a word of the list of chemistries.
        capacity_ah: rated capacity, a decimal string, like the other ratings; None if unknown.
        voltage_v: nominal voltage.
        energy_kwh: rated energy.
        revision: 0 for the first label, then the number of the replacement.
        second_life: the battery is a second-life product (梯次利用): its parents' codes stay on it.
    """

    name: str
    url: str
    chemistry: str | None = None
    capacity_ah: str | None = None
    voltage_v: str | None = None
    energy_kwh: str | None = None
    revision: int = 0
    second_life: bool = False


class Symbol(NamedTuple):
    """A QR symbol: its dark modules row by row, its corner and the size of a module in mm."""

    rows: Sequence[Sequence[bool]]
    x: float
    y: float
    module: float

    @property
    def side(self) -> float:
        """The side of the symbol without its quiet zone, in mm."""
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


class Drawing(NamedTuple):
    """A label ready to be painted."""

    symbol: Symbol
    lines: tuple[Line, ...]


def lay_out(label: Label) -> Drawing:
    """Place a label's symbol and lines; every line is measured and shrunk until it fits."""
    symbol = _symbol(label.url)
    below = symbol.y + symbol.side + _MARGIN_MM
    beside = symbol.x + symbol.side + _MARGIN_MM
    facts = _stack(_facts(label), beside, symbol.side)
    return Drawing(symbol, (*facts, *_name_lines(label.name, below)))


def _symbol(url: str) -> Symbol:
    rows = _matrix(url)
    module = min(MODULE_MM, _LARGEST_SIDE_MM / len(rows))
    return Symbol(rows, _MARGIN_MM, _MARGIN_MM, module)


def _matrix(url: str) -> Sequence[Sequence[bool]]:
    """The symbol at level Q or better; at M or L only where that would make its modules small."""
    version = next(
        (v for level in _LEVELS[1:] if (v := _version(url, level)) and v <= _ROOMY_VERSION),
        _version(url, ERROR_CORRECT_L),
    )
    level = next(level for level in _LEVELS if _version(url, level) == version)
    code = QRCode(version=version, error_correction=level, border=0)
    code.add_data(url)
    code.make(fit=False)
    return [[bool(module) for module in row] for row in code.modules]


def _version(url: str, level: int) -> int | None:
    code = QRCode(error_correction=level)
    code.add_data(url)
    try:
        return code.best_fit()
    except (DataOverflowError, ValueError):
        return None


def _facts(label: Label) -> list[str]:
    chemistry = label.chemistry and " ".join(
        dict.fromkeys(words(label.chemistry, language) for language in ("zh", "en"))
    )
    charge = [_with_unit(label.capacity_ah, "Ah"), _with_unit(label.voltage_v, "V")]
    marks = [
        "原编码保留" if label.second_life else "",
        f"标签第{label.revision}版" if label.revision else "",
    ]
    facts = [
        "滇池 dianchi",
        chemistry,
        "  ".join(filter(None, charge)),
        _with_unit(label.energy_kwh, "kWh"),
        "  ".join(filter(None, marks)),
        f"{UNKNOWN} 见二维码" if UNKNOWN in drawable(label.name, "mono") else "",
    ]
    return [drawable(fact, "text") for fact in facts if fact]


def _with_unit(value: str | None, unit: str) -> str:
    return f"{Decimal(value).normalize():f} {unit}" if value else ""


def _stack(texts: Sequence[str], x: float, height: float) -> Iterator[Line]:
    """Lines from the top down, the first larger, spread over no more than the height."""
    pitch = min(4.6, height / (len(texts) + 0.3))
    y = _MARGIN_MM
    for number, text in enumerate(texts):
        em = pitch * (0.96 if number == 0 else 0.78)
        yield Line(text, x, y, min(em, (_RIGHT_MM - x) / width(text, "text")))
        y += pitch * (1.3 if number == 0 else 1.0)


def _name_lines(name: str, top: float) -> Iterator[Line]:
    face: Face = "mono"
    shown = drawable(name, face)
    room = _BOTTOM_MM - top
    broken = [_break(shown, count) for count in range(1, _MOST_LINES + 1)]
    lines, em = max(((lines, _largest_em(lines, room)) for lines in broken), key=lambda x: x[1])
    y = top + (room - len(lines) * em * _LEADING) / 2
    for number, line in enumerate(lines):
        yield Line(line, _MARGIN_MM, y + number * em * _LEADING, em, face)


def _break(name: str, count: int) -> list[str]:
    """A GB/T 34014 code in groups of four, another name anywhere, over so many lines."""
    size, glue = (1, "") if ":" in name or UNKNOWN in name else (_GROUP, " ")
    groups = [name[i : i + size] for i in range(0, len(name), size)]
    each = ceil(len(groups) / count)
    return [glue.join(groups[i : i + each]) for i in range(0, len(groups), each)]


def _largest_em(lines: Sequence[str], room: float) -> float:
    widest = max(width(line, "mono") for line in lines)
    across = (_RIGHT_MM - _MARGIN_MM) / widest
    return min(_LARGEST_NAME_EM, across, room / len(lines) / _LEADING)
