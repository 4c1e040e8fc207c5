"""Indicators as rows: one for each group, with both sides of the line."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from dianchi.access.factors import factor_tables
from dianchi.domain.indicators.cells import NOTHING, Amount
from dianchi.domain.indicators.content import CONTENTS, NOTHING_HELD, Held, content
from dianchi.domain.indicators.content import DEFINITION as CONTENT_DEFINITION
from dianchi.domain.indicators.content import NAME as CONTENT_NAME
from dianchi.domain.indicators.rows import Indicator
from dianchi.domain.indicators.values import in_months, measures_of, told, value
from dianchi.domain.refusals import Text
from dianchi.domain.savings import DEFINITION as SAVINGS_DEFINITION
from dianchi.domain.savings import SOURCES, Saved, saved
from dianchi.domain.sight import seers_of
from dianchi.domain.vocabulary import label
from dianchi.exchange.tables.cells import Row
from dianchi.exports.reading import Listing, Reading, Rows, columns
from dianchi.views.board.circle import read_circle
from dianchi.views.indicators.query import Asked, sums
from dianchi.views.obligations.timeliness import merge, timeliness

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

_SAVED: Final = {
    "material_kg": Text("节材（估算）", "material saved (estimate)"),
    "co2e_kg": Text("减碳（估算）", "CO2 saved (estimate)"),
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
    await _add_duties(asked, by, reading, groups)
    shown = groups or ({"": {}} if by is None else {})
    yield [_row(row, group, amounts, reading) for row in listed for group, amounts in shown.items()]
    if by is None:
        yield await _circle(asked, reading)


async def _add_duties(
    asked: Asked, by: str | None, reading: Reading, groups: dict[str, dict[str, Amount]]
) -> None:
    """Adds what was due and met in time; duties have no chemistry."""
    if by == "chemistry" or asked.chemistry is not None:
        return
    async with reading.seeing.acquire() as connection:
        told = await timeliness(connection, asked, reading.today)
    merge(groups, {"month": told.month, "prefecture": told.prefecture, None: told.all}[by])


async def _circle(asked: Asked, reading: Reading) -> list[Row]:
    """The recycled content of new packs; and estimates, where a table of factors holds."""
    async with reading.seeing.acquire() as connection:
        circle = await read_circle(connection, asked)
        tables = await factor_tables(connection)
    held = content(circle.made(), circle.traced())
    rows = [_content(what, held.get((what, 0), NOTHING_HELD), reading) for what in CONTENTS]
    return rows + [
        _estimate(each, kind, reading)
        for each in saved(circle.saving(), tables)
        for kind in ("material_kg", "co2e_kg")
    ]


def _content(what: str, held: Held, reading: Reading) -> Row:
    name = f"{reading.say(CONTENTS[what])} · {reading.say(CONTENT_NAME)}"
    return (
        *(f"recycled_content_{what}", name, None, None, held.share),
        *(_UNITS[reading.language]["share"], held.recycled_kg, held.whole_kg),
        reading.say(CONTENT_DEFINITION),
    )


def _estimate(each: Saved, kind: str, reading: Reading) -> Row:
    """One estimate; its name says so, and by which table."""
    source, table = SOURCES[each.of], f"{each.table.name} {each.table.version}"
    name = f"{reading.say(_SAVED[kind])} · {reading.say(source.name)}"
    return (
        *(f"estimate_{kind}_{each.of}", name, None, table, getattr(each, kind)),
        *(_UNITS[reading.language]["kg"], each.amount, None),
        f"{reading.say(SAVINGS_DEFINITION)} ({table}; {each.table.source})",
    )


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
