"""Obligations as rows."""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Final

from asyncpg import Record

from dianchi.domain.deadlines import Standing, article_text
from dianchi.domain.rule_set import OWED_TO, STATES
from dianchi.domain.sight import eyes_of
from dianchi.exchange.tables.cells import Row
from dianchi.exports.reading import Listing, Reading, Rows, columns, pages
from dianchi.views.obligations.query import NOWHERE, Wish, list_obligations
from dianchi.views.obligations.telling import binding_of, days_of, duty_title, rule_of
from dianchi.views.pages import Page

_COLUMNS: Final = columns("""
battery | 电池编码 | Battery
duty | 义务代码 | Duty code
duty_text | 义务 | Duty
state | 状态 | State
due_on | 到期日 | Due on
days | 天数 | Days | count
unit | 天数单位 | Unit
bearer_name | 责任单位 | Answers
reporter_name | 上报单位 | Reports
prefecture | 州市代码 | Prefecture code
prefecture_name | 州市 | Prefecture
binding | 约束力 | Binding
owed_to | 报送 | Owed to
started_on | 起算日 | Started on
met_on | 完成日 | Met on
regime | 制度 | Regime
article | 条款 | Article
mark | 依据 | Mark
""")
_BINDING: Final = {
    "zh": {"statutory": "法定", "house": "平台约定"},
    "en": {"statutory": "statutory", "house": "house"},
}
_UNITS: Final = {
    "zh": {"working_days": "工作日", "calendar_days": "日"},
    "en": {"working_days": "working days", "calendar_days": "days"},
}


def wish_of(filters: Mapping[str, str], reading: Reading) -> Wish:
    """What is asked for, by whom."""
    eyes, told = eyes_of(reading.reporter), filters.get("state")
    binding, place = filters.get("binding"), filters.get("prefecture")
    due = [filters.get(name) for name in ("due_from", "due_to")]
    first, last = (date.fromisoformat(day) if day else None for day in due)
    return Wish(
        Standing(told) if told else None,
        filters.get("duty"),
        filters.get("bearer"),
        "" if place == NOWHERE else place,
        None if binding is None else binding == "statutory",
        filters.get("battery"),
        None if eyes.everything else eyes.of,
        (first or date.min, last or date.max) if first or last else None,
        "reckoned" in filters,
    )


def obligation_pages(reading: Reading, wish: Wish) -> AsyncIterator[Page[Record]]:
    """All pages of a wish."""
    return pages(
        lambda limit, cursor: list_obligations(
            reading.seeing, wish, reading.today, limit=limit, after=cursor
        )
    )


async def _rows(reading: Reading) -> Rows:
    async for page in obligation_pages(reading, wish_of(reading.filters, reading)):
        yield [_row(row, reading) for row in page.items]


def _row(row: Record, reading: Reading) -> Row:
    language, rule = reading.language, rule_of(row, reading.rules)
    days = days_of(row, rule, reading.calendar, reading.today)
    regime = next((one for one in reading.rules.regimes if one.id == row["regime"]), None)
    return (
        row["battery"],
        row["duty"],
        reading.say(duty_title(row["duty"], reading.rules)),
        reading.say(STATES[Standing(row["state"])]),
        str(row["due_day"]),
        days.number if days else None,
        _UNITS[language][days.unit.value] if days else None,
        reading.registry.names.get(row["bearer"], row["bearer_told"]),
        reading.name(row["reporter"]),
        row["prefecture"] or None,
        reading.place(row["prefecture"]),
        _BINDING[language][binding_of(row["statutory"])],
        reading.say(OWED_TO[row["owed_to"]]),
        str(row["start_day"]),
        str(row["met_day"]) if row["met_day"] else None,
        reading.say(regime.title) if regime else row["regime"],
        reading.say(article_text(rule.article)) if rule else None,
        rule.mark if rule else None,
    )


OBLIGATIONS: Final = Listing(_COLUMNS, _rows)
