"""The working days of China: State Council notices where published, computed holidays elsewhere.

`chinesecalendar` holds the notices (放假安排) with their make-up days and raises past its last
year; `holidays` computes the statutory days of any year, which is provisional until the notice.
"""

from datetime import date
from functools import lru_cache
from typing import Final

import chinese_calendar
import holidays

from dianchi.domain.working_days import CalendarYear, WorkingCalendar

_YEARS_BEYOND: Final = 30
_LEAST_DAYS_OFF: Final = 7
"""Fewer in a year are the edge of a neighbour's notice, not a notice of that year."""


@lru_cache(maxsize=1)
def working_calendar() -> WorkingCalendar:
    """The calendar of all years that a term may touch; never raises, computed once."""
    noticed = _noticed_years()
    span = range(min(noticed), max(noticed) + _YEARS_BEYOND + 1)
    years = {year: noticed.get(year) or _computed(year) for year in span}
    return WorkingCalendar({year: known for year, known in years.items() if known is not None})


def _noticed_years() -> dict[int, CalendarYear]:
    off = frozenset(chinese_calendar.holidays)
    worked = frozenset(chinese_calendar.workdays)
    known = {
        year: CalendarYear(_of(year, off), _of(year, worked), official=True)
        for year in sorted({day.year for day in off})
    }
    return {year: days for year, days in known.items() if len(days.holidays) >= _LEAST_DAYS_OFF}


def _of(year: int, days: frozenset[date]) -> frozenset[date]:
    return frozenset(day for day in days if day.year == year)


def _computed(year: int) -> CalendarYear | None:
    days = frozenset(holidays.country_holidays("CN", years=year))
    return CalendarYear(days, frozenset(), official=False) if days else None
