"""What is told of a row of obligations: its rule, its words, how many days there are."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from asyncpg import Record

from dianchi.domain.deadlines import Rule
from dianchi.domain.refusals import Text
from dianchi.domain.rules import Rules
from dianchi.domain.working_days import Unit, WorkingCalendar, workdays_between

_GOES_ON: Final = frozenset(("due", "due_soon", "overdue", "unchecked"))


class Days(NamedTuple):
    """How many days, and how they are counted."""

    number: int
    unit: Unit


def rule_of(row: Record | Mapping[str, Any], rules: Rules) -> Rule | None:
    """The rule in force that asks for an obligation; None where none does any more."""
    fitting = (
        rule
        for rule in rules.duties
        if (rule.id, rule.regime) == (row["duty"], row["regime"])
        and (not rule.trigger.safety_classes or row["safety_class"] in rule.trigger.safety_classes)
    )
    return next(fitting, None)


def duty_title(duty: str, rules: Rules) -> Text | None:
    """What a duty is called."""
    return next((rule.title for rule in rules.duties if rule.id == duty), None)


def binding_of(statutory: bool) -> str:  # noqa: FBT001 - the column
    """How it binds, in a word."""
    return "statutory" if statutory else "house"


def days_of(row: Record, rule: Rule | None, calendar: WorkingCalendar, today: date) -> Days | None:
    """From today to the due day while it goes on; from the day it was met where that was late."""
    reached = row["met_day"] or today
    if row["state"] not in _GOES_ON and row["state"] != "late":
        return None
    due: date = row["due_day"]
    if rule is not None and rule.unit is Unit.WORKING_DAYS:
        return Days(workdays_between(reached, due, calendar), Unit.WORKING_DAYS)
    return Days((due - reached).days, Unit.CALENDAR_DAYS)
