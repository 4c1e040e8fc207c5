"""Terms counted once: remembered or not, they are what the rules and the calendar say."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from dianchi.domain.clock import openings
from dianchi.domain.deadlines import due
from dianchi.domain.registry import NOBODY
from dianchi.domain.rules import RULES, Rules
from dianchi.domain.terms import end_us, storage_terms, terms_of
from dianchi.domain.working_days import CalendarYear, Unit, WorkingCalendar, plus
from domain.givens import collected, life_of, received

CALENDAR = WorkingCalendar()


def test_a_report_starts_the_terms_of_its_business_date() -> None:
    event = received("2026-05-04")
    day = date(2026, 5, 4)
    terms = terms_of(event, RULES, CALENDAR)
    assert terms == terms_of(received("2026-05-04"), RULES, CALENDAR)
    assert [term.rule for term in terms] == list(RULES.deadlines(event.type, event.role, day))
    assert [term.last for term in terms] == [due(term.rule, day, CALENDAR) for term in terms]
    assert [term.end_us for term in terms] == [end_us(term.last) for term in terms]


def test_other_rules_and_another_calendar_start_terms_of_their_own() -> None:
    event, day = collected("2025-06-02"), date(2025, 6, 2)
    off = frozenset(date(2025, 6, day) for day in range(3, 20))
    holidays = WorkingCalendar({2025: CalendarYear(off, frozenset(), official=True)})
    (usual,) = terms_of(event, RULES, CALENDAR)
    (later,) = terms_of(event, RULES, holidays)
    assert (usual.rule, usual.last < later.last) == (later.rule, True)
    assert terms_of(event, Rules(duties=()), CALENDAR) == ()
    assert storage_terms("outlet", day, "A", Rules(duties=()), CALENDAR) == ()


def test_a_store_starts_the_term_of_its_class() -> None:
    a, b = (
        {term.rule.id: term.last for term in storage_terms("outlet", day, safety, RULES, CALENDAR)}
        for day, safety in ((date(2026, 5, 4), "A"), (date(2026, 5, 4), "B"))
    )
    assert b["OUTLET_STORAGE"] < a["OUTLET_STORAGE"]


@given(st.dates(date(2019, 12, 1), date(2021, 2, 1)), st.integers(0, 600))
def test_a_year_without_a_working_day_is_passed_over(day: date, amount: int) -> None:
    every = frozenset(date.fromordinal(date(2020, 1, 1).toordinal() + n) for n in range(366))
    calendar = WorkingCalendar({2020: CalendarYear(every, frozenset(), official=True)})
    stepped = day
    for _ in range(amount):
        stepped = calendar.workday_from(date.fromordinal(stepped.toordinal() + 1))
    assert plus(day, amount, Unit.WORKING_DAYS, calendar) == stepped


def test_openings_do_not_depend_on_what_was_asked_before() -> None:
    life = life_of(collected("2026-05-04"))
    first = openings(life, NOBODY, RULES, CALENDAR)
    openings(life, NOBODY, Rules(duties=()), CALENDAR)
    assert openings(life, NOBODY, RULES, WorkingCalendar()) == first
