"""Indicators as rows: one for each group, with both sides of the line."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from dianchi.domain.indicators.cells import NOTHING, Amount
from dianchi.domain.indicators.rows import Indicator
from dianchi.domain.indicators.values import in_months, measures_of, told, value
from dianchi.domain.sight import seers_of
from dianchi.domain.vocabulary import label
from dianchi.exchange.tables.cells import Row
from dianchi.exports.reading import Listing, Reading, Rows, columns
from dianchi.views.indicators.query import Asked, sums

_COLUMNS: Final = columns("""
indicator | 指标代码 | Indicator code
name | 指标 | Indicator
group | 分组 | Group
group_name | 分组名称 | Name of the group
value | 数值 | Value | amount
unit | 单位 | Unit
numerator | 分子 | Numerator | amount
denominator | 分母 | Denominator | amount
definition | 定义 | Definition
""")
_UNITS: Final = {
    "zh": {"share": "比率", "days": "天", "kg": "千克", "packs": "只"},
    "en": {"share": "share", "days": "days", "kg": "kg", "packs": "packs"},
}


def asked_of(filters: Mapping[str, str], reading: Reading) -> Asked:
    """What of the counts is asked for."""
    return Asked(
        int(filters["from"].replace("-", "")),
        int(filters["to"].replace("-", "")),
        filters.get("prefecture"),
        filters.get("chemistry"),
        filters.get("organisation"),
        seers=seers_of(reading.reporter),
    )


async def _rows(reading: Reading) -> Rows:
    asked, by = asked_of(reading.filters, reading), reading.filters.get("by")
    listed = in_months(asked.first, asked.last)
    which: Any = by
    _, groups = await sums(reading.seeing, asked, measures_of(listed), which)
    shown = groups or ({"": {}} if by is None else {})
    yield [_row(row, group, amounts, reading) for row in listed for group, amounts in shown.items()]


def _row(row: Indicator, group: str, amounts: Mapping[str, Amount], reading: Reading) -> Row:
    counted = value(row, amounts)
    measure, kept = row.counts
    return (
        row.id,
        reading.say(row.name),
        _code(group, reading) or None,
        _group(group, reading),
        Decimal(counted) if counted is not None else None,
        _UNITS[reading.language][row.unit],
        Decimal(told(amounts.get(measure, NOTHING), kept)),
        Decimal(told(amounts.get(row.over[0], NOTHING), row.over[1])) if row.over else None,
        reading.say(row.text),
    )


def _code(group: str, reading: Reading) -> str:
    return f"{group[:4]}-{group[4:]}" if reading.filters.get("by") == "month" else group


def _group(group: str, reading: Reading) -> str | None:
    match reading.filters.get("by"):
        case "prefecture":
            return reading.place(group)
        case "chemistry":
            return label(group, reading.language) if group else None
        case _:
            return _code(group, reading) or None


INDICATOR_TABLE: Final = Listing(_COLUMNS, _rows)
