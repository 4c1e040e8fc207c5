"""How sums become indicators; and the published document of their definitions."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from dianchi.domain import demonstrations, savings
from dianchi.domain.dated import ALWAYS
from dianchi.domain.indicators import content
from dianchi.domain.indicators.cells import NOTHING, Amount
from dianchi.domain.indicators.measure_rows import MEASURES, Kept, Measure
from dianchi.domain.indicators.rows import INDICATORS, Indicator
from dianchi.domain.limits import Floor
from dianchi.domain.rules import Rules

_PLACES: Final = Decimal("0.0001")
_TENTH: Final = Decimal("0.1")
_DAY_S: Final = 86_400
_THOUSANDTH: Final = Decimal("0.001")
MEASURE_OF: Final[Mapping[str, Measure]] = MappingProxyType({each.id: each for each in MEASURES})
_OTHERS: Final = (
    ("recycled_content", content.NAME, content.DEFINITION),
    ("savings", savings.NAME, savings.DEFINITION),
    ("demonstrations", demonstrations.NAME, demonstrations.DEFINITION),
)
"""What is worked out otherwise than one sum over another."""
UNITS: Final[Mapping[Kept, str]] = MappingProxyType(
    {"things": "packs", "mass_g": "kg", "energy_wh": "kWh", "stay_s": "days"}
)


def told(amount: Amount, kept: Kept) -> str:
    """A sum in its unit as decimal text: packs, kg, kWh, or days to a tenth."""
    whole = getattr(amount, kept)
    if kept == "things":
        return str(whole)
    if kept == "stay_s":
        return format((Decimal(whole) / _DAY_S).quantize(_TENTH), "f")
    exact = Decimal(whole) * _THOUSANDTH
    return format(exact.normalize() if whole else Decimal(0), "f")


def value(indicator: Indicator, sums: Mapping[str, Amount]) -> str | None:
    """The indicator from the sums of its measures; None where nothing is below the line."""
    measure, kept = indicator.counts
    above = sums.get(measure, NOTHING)
    if indicator.over is None:
        return told(above, kept)
    below = getattr(sums.get(indicator.over[0], NOTHING), indicator.over[1])
    if not below:
        return None
    share = Decimal(getattr(above, kept)) / below
    if indicator.unit == "days":
        return format((share / _DAY_S).quantize(_TENTH), "f")
    return format(share.quantize(_PLACES), "f")


def in_months(first: int, last: int) -> tuple[Indicator, ...]:
    """The indicators whose definitions hold in some month from `first` to `last` (as 202611)."""
    return tuple(
        row
        for row in INDICATORS
        if _month(row.valid_from) <= last
        and (row.valid_to is None or first <= _month(row.valid_to))
    )


def _month(day: date) -> int:
    return day.year * 100 + day.month


def floors(metal: str, first: int, last: int, rules: Rules) -> list[Floor]:
    """The floors for a metal that hold in some of these months."""
    return [
        row
        for row in rules.floors
        if row.metal == metal
        and _month(row.valid_from) <= last
        and (row.valid_to is None or first <= _month(row.valid_to))
    ]


def indicators_document() -> dict[str, Any]:
    """The definitions of all measures and indicators, as published."""
    return {
        "measures": [_measure(each) for each in MEASURES],
        "indicators": [_indicator(each) for each in INDICATORS],
        "others": [
            {"indicator": word, "name": name._asdict(), "definition": text._asdict(), "mark": "D"}
            for word, name, text in _OTHERS
        ],
    }


def _measure(each: Measure) -> dict[str, Any]:
    return {
        "measure": each.id,
        "name": each.name._asdict(),
        "definition": each.text._asdict(),
        "partner": each.partner or None,
    }


def indicator_head(each: Indicator) -> dict[str, Any]:
    """An indicator with its definition and what it divides by what."""
    return {
        "indicator": each.id,
        "name": each.name._asdict(),
        "definition": each.text._asdict(),
        "unit": each.unit,
        "numerator": side(each.counts),
        "denominator": side(each.over) if each.over else None,
        "source": each.source,
        "mark": each.mark,
    }


def _indicator(each: Indicator) -> dict[str, Any]:
    return indicator_head(each) | {
        "valid_from": None if each.valid_from == ALWAYS else str(each.valid_from),
        "valid_to": str(each.valid_to) if each.valid_to else None,
    }


def side(counted: tuple[str, Kept]) -> dict[str, str]:
    """What stands above or below the line: the measure and its unit."""
    measure, kept = counted
    return {"measure": measure, "unit": unit_of(measure, kept)}


def unit_of(measure: str, kept: Kept) -> str:
    """The unit of what is counted."""
    return "duties" if MEASURE_OF[measure].of_duties else UNITS[kept]


def measures_of(rows: Iterable[Indicator]) -> set[str]:
    """All the measures of lives and batches that these indicators need."""
    told = {each[0] for row in rows for each in (row.counts, row.over) if each is not None}
    return {measure for measure in told if not MEASURE_OF[measure].of_duties}
