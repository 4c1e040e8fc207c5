"""The JSON of obligations."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

import msgspec
from asyncpg import Record

from dianchi.api.services import Services
from dianchi.domain.deadlines import Rule, Standing, article_text
from dianchi.domain.refusals import Text
from dianchi.domain.registry import Registry
from dianchi.domain.rule_set import OWED_TO, STATES
from dianchi.domain.rules import Rules
from dianchi.exchange.json_out import moment
from dianchi.views.obligations.telling import binding_of, days_of, duty_title, rule_of

_PHASES: Final = {"owed": "open"}


def obligation_json(
    row: Record,
    registry: Registry,
    services: Services,
    today: date,
    case: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """An obligation as every answer shows it; `case` is in which it is or was worked."""
    rule = rule_of(row, services.rules)
    state = row["state"]
    return {
        "id": str(row["obligation_id"]),
        "battery": row["battery"],
        "duty": row["duty"],
        "duty_text": duty_text(row["duty"], services.rules),
        "state": state,
        "state_text": STATES[Standing(state)]._asdict(),
        "binding": binding_of(row["statutory"]),
        "owed_to": row["owed_to"],
        "owed_to_text": OWED_TO[row["owed_to"]]._asdict(),
        "bearer": _firm(row["bearer"], row["bearer_told"], registry),
        "reporter": _firm(row["reporter"], row["bearer_told"], registry),
        "prefecture": row["prefecture"] or None,
        "event_id": str(row["event_id"]),
        "event_type": row["event_type"],
        "unreported": row["unreported"],
        "safety_class": row["safety_class"],
        "started_on": str(row["start_day"]),
        "due_on": str(row["due_day"]),
        "days": _days(row, rule, services, today),
        "calendar": services.calendar.source(row["due_day"].year),
        "met_on": _day(row["met_day"]),
        "met_by": str(row["met_by"]) if row["met_by"] else None,
        "lapsed_on": _day(row["ended_day"]),
        "term": _term(row["regime"], rule, services.rules),
        "rule_set": row["rule_set"],
        "judged_from": moment(row["judged_at"]),
        "earlier": [_verdict(told) for told in msgspec.json.decode(row["earlier"] or "[]")],
        "case": case,
    }


def duty_text(duty: str, rules: Rules) -> dict[str, str] | None:
    """What a duty is called."""
    title = duty_title(duty, rules)
    return title._asdict() if title else None


def _firm(firm: str, told: str | None, registry: Registry) -> dict[str, Any] | None:
    if not firm:
        return None
    name = registry.names.get(firm)
    return {"id": firm if name is not None else None, "name": name or told}


def _day(day: date | None) -> str | None:
    return str(day) if day is not None else None


def _days(row: Record, rule: Rule | None, services: Services, today: date) -> dict[str, Any] | None:
    days = days_of(row, rule, services.calendar, today)
    return {"count": days.number, "unit": days.unit.value} if days else None


def _term(regime: str, rule: Rule | None, rules: Rules) -> dict[str, Any]:
    titles: Iterable[Text] = (one.title for one in rules.regimes if one.id == regime)
    title = next(iter(titles), None)
    cited = article_text(rule.article) if rule else None
    return {
        "regime": regime,
        "regime_text": title._asdict() if title else None,
        "amount": rule.amount if rule else None,
        "unit": rule.unit.value if rule else None,
        "moves_to_workday": rule.rolls if rule else None,
        "mark": rule.mark if rule else None,
        "article": cited._asdict() if cited else None,
    }


def _verdict(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rule_set": told["rule_set"],
        "regime": told["regime"],
        "due_on": told["due"],
        "binding": binding_of(told["statutory"]),
        "owed_to": told["owed_to"],
        "state": _PHASES.get(told["phase"], told["phase"]),
        "met_on": told["met"],
        "judged_from": told["from"],
        "judged_until": told["until"],
    }
