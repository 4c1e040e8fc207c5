"""The terms that reports start, counted once for all reports of one kind on one day."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from dianchi.domain.deadlines import Rule, due
from dianchi.domain.life import Event
from dianchi.domain.measures import business_day
from dianchi.domain.rules import Rules
from dianchi.domain.working_days import WorkingCalendar, ends_at

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_DAYS_KNOWN: Final = 4096
_TERMS_KNOWN: Final = 16_384


class Term(NamedTuple):
    """A duty with the last day of its term, which is over at `end_us` (UTC microseconds)."""

    rule: Rule
    last: date
    end_us: int


def terms_of(event: Event, rules: Rules, calendar: WorkingCalendar) -> tuple[Term, ...]:
    """The terms that a report starts on its business date."""
    host = event.data.get("host")
    kind = host.get("kind") if host else None
    return _terms(event.type, event.role, business_day(event), kind, None, rules, calendar)


def report_terms(
    event_type: str, role: str, on: date, rules: Rules, calendar: WorkingCalendar
) -> tuple[Term, ...]:
    """The terms that a report of this type and role would have started on a day."""
    return _terms(event_type, role, on, None, None, rules, calendar)


def storage_terms(
    role: str, since: date, safety_class: str, rules: Rules, calendar: WorkingCalendar
) -> tuple[Term, ...]:
    """The terms that a battery of this class starts where it is taken in store."""
    return _terms("collected", role, since, None, safety_class, rules, calendar)


@lru_cache(maxsize=_TERMS_KNOWN)
def _terms(  # noqa: PLR0913, PLR0917 - by place, to be found again quickly
    event_type: str,
    role: str,
    on: date,
    host_kind: str | None,
    safety_class: str | None,
    rules: Rules,
    calendar: WorkingCalendar,
) -> tuple[Term, ...]:
    started = rules.deadlines(event_type, role, on, host_kind=host_kind, safety_class=safety_class)
    ends = ((rule, due(rule, on, calendar)) for rule in started)
    return tuple(Term(rule, last, end_us(last)) for rule, last in ends)


@lru_cache(maxsize=_DAYS_KNOWN)
def end_us(last_day: date) -> int:
    """24:00 in China of a day, UTC microseconds."""
    return (ends_at(last_day) - _EPOCH) // _MICROSECOND
