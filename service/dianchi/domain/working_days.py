"""Working days of China and the counting of terms in civil law.

The day of the trigger is not counted; a term ends at 24:00 +08:00 of its last day; a last day that
is no working day moves to the next one (Civil Code Art. 201-203, R-m).
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum
from functools import lru_cache
from typing import Final, Literal

CHINA: Final = timezone(timedelta(hours=8))
_ONE_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_MONTHS: Final = 12
_YEARS_KNOWN: Final = 256

Source = Literal["notice", "provisional", "weekdays"]


class Unit(StrEnum):
    """How a term is counted."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """The public holidays of a year and the weekend days worked in their place (调休).

    Attributes:
        holidays: days off, also those on weekends.
        makeup: Saturdays and Sundays that are worked.
        official: from a notice of the State Council; otherwise computed and provisional.
    """

    holidays: frozenset[date]
    makeup: frozenset[date]
    official: bool


@dataclass(frozen=True, slots=True, eq=False)
class WorkingCalendar:
    """Which days are worked; for a year it does not know, Monday to Friday. Never raises.

    Equal only to itself, so that what follows from it can be remembered.
    """

    years: Mapping[int, CalendarYear] = field(default_factory=dict)

    def is_workday(self, day: date) -> bool:
        """Whether the day is worked."""
        year = self.years.get(day.year)
        if year is not None and day in year.makeup:
            return True
        weekday = day.weekday() < _SATURDAY
        return weekday and (year is None or day not in year.holidays)

    def workdays(self, year: int) -> tuple[date, ...]:
        """The days of a year that are worked, in order."""
        return _workdays(self, year)

    def source(self, year: int) -> Source:
        """Where the working days of a year come from: a finding near a holiday shows it."""
        known = self.years.get(year)
        if known is None:
            return "weekdays"
        return "notice" if known.official else "provisional"

    def workday_from(self, day: date) -> date:
        """The day itself when it is worked, else the next that is."""
        while not self.is_workday(day) and day < date.max:
            day += _ONE_DAY
        return day


@lru_cache(maxsize=_YEARS_KNOWN)
def _workdays(calendar: WorkingCalendar, year: int) -> tuple[date, ...]:
    first, end = date(year, 1, 1).toordinal(), date(year, _MONTHS, 31).toordinal()
    return tuple(filter(calendar.is_workday, map(date.fromordinal, range(first, end + 1))))


def plus(day: date, amount: int, unit: Unit, calendar: WorkingCalendar) -> date:
    """The last day of a term that begins after `day`, before any move for a holiday."""
    match unit:
        case Unit.WORKING_DAYS:
            return _working_days_after(day, amount, calendar)
        case Unit.CALENDAR_DAYS:
            return day + min(timedelta(days=amount), date.max - day)
        case Unit.MONTHS:
            return _months_after(day, amount)


def workdays_between(earlier: date, later: date, calendar: WorkingCalendar) -> int:
    """How many working days come after a day, up to another and with it; negative backwards."""
    if later < earlier:
        return -workdays_between(later, earlier, calendar)
    count = 0
    for year in range(earlier.year, later.year + 1):
        worked = calendar.workdays(year)
        count += bisect_right(worked, later) - bisect_right(worked, earlier)
    return count


def _working_days_after(day: date, amount: int, calendar: WorkingCalendar) -> date:
    if not amount:
        return day
    year, place = day.year, bisect_right(calendar.workdays(day.year), day) + amount - 1
    while place >= len(worked := calendar.workdays(year)):
        if year == date.max.year:
            return date.max
        year, place = year + 1, place - len(worked)
    return worked[place]


def _months_after(day: date, amount: int) -> date:
    years, month = divmod(day.month - 1 + amount, _MONTHS)
    if day.year + years > date.max.year:
        return date.max
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def ends_at(last_day: date) -> datetime:
    """The instant at which a term with this last day is over: 24:00 +08:00."""
    midnight = datetime.combine(last_day, time(), tzinfo=CHINA)
    return midnight + _ONE_DAY if last_day < date.max else midnight


def business_date(instant: datetime) -> date:
    """The Chinese calendar day of an instant with an offset."""
    return instant.astimezone(CHINA).date()
