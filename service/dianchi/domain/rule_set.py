"""The duties as one published document, and the name of the set that judged a verdict.

A verdict names its rule set, so that it can be told years later what it was judged by.
"""

import json
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from dianchi.domain.dated import ALWAYS
from dianchi.domain.deadlines import Rule, Standing
from dianchi.domain.refusals import Text
from dianchi.domain.rules import Rules
from dianchi.domain.working_days import WorkingCalendar

_DIGITS: Final = 12

OWED_TO: Final[dict[str, Text]] = {
    "national": Text("全国平台", "the national platform"),
    "province": Text("本平台", "this platform"),
    "house": Text("平台约定", "a convention of this platform"),
}
STATES: Final[dict[Standing, Text]] = {
    Standing.DUE: Text("未到期", "due"),
    Standing.DUE_SOON: Text("即将到期", "due soon"),
    Standing.OVERDUE: Text("超期未办", "overdue"),
    Standing.UNCHECKED: Text("待核", "to be checked"),
    Standing.LATE: Text("超期已办", "late"),
    Standing.MET: Text("按期", "in time"),
    Standing.LAPSED: Text("已终止", "lapsed"),
}
MEANINGS: Final[dict[Standing, Text]] = {
    Standing.DUE: Text("期限未到", "the term goes on"),
    Standing.DUE_SOON: Text("剩余期限不足两成", "a fifth of the term is left, or less"),
    Standing.OVERDUE: Text("应在本平台办理，期限已过", "to be done here, and the term is over"),
    Standing.UNCHECKED: Text(
        "期限已过，本平台没有按期记录；但应报全国平台，或发生在单位入驻以前，尚未向对方核对：不作违规",
        "the term is over and nothing was recorded here in time; but it is owed elsewhere, or began"
        " before the firm was here, and nobody asked there: no breach",
    ),
    Standing.LATE: Text("期限过后才办理", "done after the term"),
    Standing.MET: Text("期限内办理", "done within the term"),
    Standing.LAPSED: Text(
        "所要求的事已不能办，或规则不再要求", "it can no longer be done, or no rule asks for it"
    ),
}


def duty_rows(rules: Rules) -> list[dict[str, Any]]:
    """The duties of these rules as JSON, in the order of their table."""
    return [_row(rule) for rule in rules.duties]


def _row(rule: Rule) -> dict[str, Any]:
    trigger = {name: sorted(words) for name, words in asdict(rule.trigger).items()}
    return {
        "id": rule.id,
        "title": rule.title._asdict(),
        "regime": rule.regime,
        "valid_from": _day(rule.valid_from),
        "valid_to": _day(rule.valid_to),
        "starts_with": trigger if rule.trigger.types else None,
        "term": {"amount": rule.amount, "unit": rule.unit.value, "moves_to_workday": rule.rolls},
        "met_by": sorted(rule.met_by) or ["recording"],
        "bearer": rule.bearer,
        "reporter": rule.reporter,
        "owed_to": rule.owed_to,
        "binding": rule.binding,
        "mark": rule.mark,
        "article": rule.article or None,
        "when_over": _when_over(rule).value,
    }


def _when_over(rule: Rule) -> Standing:
    """What it is called when its term is over and nothing here says that it was met."""
    return Standing.UNCHECKED if rule.owed_to == "national" else Standing.OVERDUE


def _day(day: date | None) -> str | None:
    return None if day in (None, ALWAYS) else str(day)


def obligations_document(rules: Rules) -> dict[str, Any]:
    """All that is published of duties: `schemas/obligations.json`."""
    return {
        "duties": duty_rows(rules),
        "regimes": [
            {
                "id": one.id,
                "title": one.title._asdict(),
                "valid_from": _day(one.valid_from),
                "valid_to": _day(one.valid_to),
            }
            for one in rules.regimes
        ],
        "states": [
            {"state": state.value, "title": text._asdict(), "meaning": MEANINGS[state]._asdict()}
            for state, text in STATES.items()
        ],
        "owed_to": {word: text._asdict() for word, text in OWED_TO.items()},
    }


@lru_cache(maxsize=16)
def rule_set(rules: Rules, calendar: WorkingCalendar) -> str:
    """The name of what obligations are judged by: duties, and the working days of every year."""
    worked = {
        year: [sorted(map(str, known.holidays)), sorted(map(str, known.makeup))]
        for year, known in sorted(calendar.years.items())
    }
    soon = [str(row.value) for row in rules.numbers if row.id == "due_soon_share"]
    said = json.dumps([duty_rows(rules), worked, soon], sort_keys=True)
    return sha256(said.encode()).hexdigest()[:_DIGITS]
