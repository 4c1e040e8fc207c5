"""Working days of China and the counting of terms."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dianchi.domain.working_days import (
    CHINA,
    CalendarYear,
    Unit,
    WorkingCalendar,
    business_date,
    ends_at,
    plus,
)
from dianchi.exchange.working_calendar import working_calendar

NOTICES = working_calendar()
WEEKDAYS = WorkingCalendar()


@given(st.dates())
def test_no_day_of_any_year_makes_the_calendar_raise(day: date) -> None:
    assert NOTICES.is_workday(day) in {True, False}
    assert NOTICES.source(day.year) in {"notice", "provisional", "weekdays"}
    assert NOTICES.is_workday(NOTICES.workday_from(day)) or day.year == date.max.year


def test_a_worked_saturday_of_the_notice_is_a_working_day() -> None:
    assert NOTICES.is_workday(date(2026, 2, 14))
    assert not WEEKDAYS.is_workday(date(2026, 2, 14))


def test_the_national_day_week_is_off() -> None:
    assert not any(NOTICES.is_workday(date(2025, 10, day)) for day in range(1, 9))
    assert NOTICES.is_workday(date(2025, 10, 9))


def test_a_year_without_notice_is_computed_and_provisional() -> None:
    last = max(year for year in NOTICES.years if NOTICES.source(year) == "notice")
    assert NOTICES.source(last + 1) == "provisional"
    assert not NOTICES.is_workday(date(last + 1, 10, 1))


def test_a_year_that_nobody_knows_has_mondays_to_fridays() -> None:
    assert NOTICES.source(2300) == "weekdays"
    assert NOTICES.is_workday(date(2300, 10, 1)) is (date(2300, 10, 1).weekday() < 5)


def test_the_calendar_is_built_once() -> None:
    assert working_calendar() is NOTICES


@given(st.dates(max_value=date(2060, 1, 1)), st.integers(1, 40))
def test_a_term_of_working_days_counts_exactly_the_days_worked(day: date, amount: int) -> None:
    last = plus(day, amount, Unit.WORKING_DAYS, NOTICES)
    span = (day + timedelta(days=i) for i in range(1, (last - day).days + 1))
    assert sum(NOTICES.is_workday(d) for d in span) == amount
    assert NOTICES.is_workday(last)


@given(st.dates(), st.integers(0, 400), st.sampled_from(Unit))
@example(date.max, 30, Unit.CALENDAR_DAYS)
@example(date.max, 30, Unit.WORKING_DAYS)
@example(date.max, 6, Unit.MONTHS)
def test_no_term_raises_or_ends_before_it_begins(day: date, amount: int, unit: Unit) -> None:
    last = plus(day, amount, unit, WEEKDAYS)
    assert last >= day
    assert ends_at(last).tzinfo is CHINA


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 6, 30), 6, date(2026, 12, 30)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(
    day: date, months: int, last: date
) -> None:
    assert plus(day, months, Unit.MONTHS, WEEKDAYS) == last


def test_a_day_of_a_term_ends_at_midnight_in_china() -> None:
    assert ends_at(date(2026, 5, 1)) == datetime(2026, 5, 2, tzinfo=CHINA)
    assert business_date(datetime.fromisoformat("2026-05-01T17:30:00+00:00")) == date(2026, 5, 2)


def test_a_made_up_calendar_says_where_it_comes_from() -> None:
    known = CalendarYear(
        frozenset({date(2026, 5, 1)}), frozenset({date(2026, 5, 9)}), official=True
    )
    calendar = WorkingCalendar({2026: known})
    assert (calendar.source(2026), calendar.source(2027)) == ("notice", "weekdays")
    assert not calendar.is_workday(date(2026, 5, 1))
    assert calendar.is_workday(date(2026, 5, 9))
