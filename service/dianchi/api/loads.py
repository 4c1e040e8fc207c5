"""A load that is to leave, in requests and in answers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from dianchi.api.bodies.handovers import HandoverWish
from dianchi.api.problems import refuse
from dianchi.domain.dated import ALWAYS
from dianchi.domain.faults import FaultsFound, faults_at
from dianchi.domain.handover_gaps import GAPS
from dianchi.domain.handover_plan import Applied, Cargo, Plan, Receiver, Stock
from dianchi.domain.handover_rows import OUTCOMES, HandoverRule
from dianchi.domain.handover_words import sentence
from dianchi.domain.handovers import HOME, gaps, judge, rules_on, worst
from dianchi.domain.kinds import Reading
from dianchi.domain.members import PARTY
from dianchi.domain.receivers import Lawful, lawful_receivers
from dianchi.domain.refusals import Fault, Malformed, Refused, Text
from dianchi.domain.registry import Registry
from dianchi.domain.vocabulary import APPLICATIONS

Asked = dict[str, str | Fault]
"""By how a battery was written: its canonical name, or what is wrong with it."""
_NO_RECORD = (Applied("record", "none"),)


@dataclass(frozen=True, slots=True)
class Load:
    """The batteries that were asked for, those that are shown, and the rest of the question.

    Attributes:
        cargoes: by canonical name as asked for.
        log_index: up to where the log is reflected.
    """

    plan: Plan
    asked: Asked
    cargoes: Mapping[str, Cargo]
    stock: Stock
    log_index: int


def receiver_of(wish: HandoverWish, registry: Registry) -> Receiver | None:
    """Whom it is for, registered or not.

    Raises:
        Refused: it is no party.
    """
    if wish.receiver is None:
        return None
    try:
        party: Any = PARTY.read(wish.receiver, Reading(str))
    except (Malformed, FaultsFound) as error:
        raise Refused(*faults_at(error, "/receiver", wish.receiver)) from None
    firm = registry.organisation(party)
    told = party if isinstance(party, dict) else {"name": party}
    found = registry.resolve(party)
    number = wish.receiver_site
    return Receiver(
        found,
        firm.name if firm else told["name"],
        firm,
        _province_of(firm.province if firm else None, firm is not None and bool(firm.prefecture))
        or told.get("province"),
        number,
        registry.sites.get((found, number)) if number is not None else None,
    )


def _province_of(told: str | None, in_yunnan: bool) -> str | None:  # noqa: FBT001 - one caller
    return told or (HOME if in_yunnan else None)


def use_of(word: str | None, on: date) -> str | None:
    """What the batteries are for.

    Raises:
        Refused: it is no word of the list on that day.
    """
    if word is None or word in APPLICATIONS.on(on):
        return word
    listed = ", ".join(APPLICATIONS.on(on))
    raise refuse(
        "invalid_value",
        ("没有这种用途", "there is no such use"),
        (f"可用：{listed}", f"one of: {listed}"),
        pointer="/use",
        value=word,
    )


def checked_json(load: Load, site: str | None) -> dict[str, Any]:
    """The answer.

    Args:
        load: with a plan that says neither mass nor stock yet.
        site: of the sender, whence it leaves.
    """
    masses = [cargo.mass_kg for cargo in load.cargoes.values()]
    known = sum((mass for mass in masses if mass is not None), Decimal(0))
    plan = replace(load.plan, load_kg=known, stock=load.stock)
    judged = dict(zip(load.cargoes, judge(load.cargoes.values(), plan), strict=True))
    told = {given: _rules_of(given, name, judged) for given, name in load.asked.items()}
    outcomes = {given: worst(rules) for given, rules in told.items()}
    every = [rule for rules in told.values() for rule in rules]
    counts = Counter(outcomes.values())
    return {
        "sender": plan.sender,
        "receiver": _receiver_json(plan.receiver),
        "date": str(plan.on),
        "outcome": worst(every),
        "counts": {outcome: counts[outcome] for outcome in OUTCOMES},
        "load_kg": format(known.normalize(), "f"),
        "without_mass": masses.count(None),
        "rules": [_rule_json(rule) for rule in _standing(every, plan.on)],
        "items": [
            {
                "battery": given,
                "name": _shown_name(load, given),
                "outcome": outcomes[given],
                "rules": [_applied_json(each) for each in rules],
            }
            for given, rules in told.items()
        ],
        "receivers": None if plan.receiver else _receivers_json(plan, site),
        "not_checked": [{"what": gap, "text": _both(GAPS[gap])} for gap in gaps(plan, every)],
        "log_index": load.log_index,
    }


def _rules_of(
    given: str, name: str | Fault, judged: Mapping[str, list[Applied]]
) -> Iterable[Applied]:
    if isinstance(name, Fault):
        facts = {"battery": given, "fault_zh": name.what.zh, "fault_en": name.what.en}
        return (Applied("name", "malformed", facts),)
    return judged.get(name, _NO_RECORD)


def _shown_name(load: Load, given: str) -> str | None:
    name = load.asked[given]
    cargo = load.cargoes.get(name) if isinstance(name, str) else None
    return cargo.name if cargo is not None else None


def _standing(applied: Iterable[Applied], on: date) -> Iterator[HandoverRule]:
    """The rules that were looked at, in the order of the table."""
    looked_at = {each.rule for each in applied}
    return (rule for code, rule in rules_on(on).items() if code in looked_at)


def _rule_json(rule: HandoverRule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "title": _both(rule.title),
        "source": rule.source,
        "mark": rule.mark,
        "valid_from": None if rule.valid_from == ALWAYS else str(rule.valid_from),
        "valid_to": None if rule.valid_to is None else str(rule.valid_to),
    }


def _applied_json(each: Applied) -> dict[str, Any]:
    saying = each.saying
    fine = saying.outcome == "ok"
    return {
        "code": each.rule,
        "what": each.what,
        "outcome": saying.outcome,
        "facts": each.facts,
        "text": None if fine else _both(sentence(each)),
        "way_out": None if saying.way_out is None else _both(saying.way_out),
    }


def _receiver_json(receiver: Receiver | None) -> dict[str, Any] | None:
    if receiver is None:
        return None
    return {
        "id": receiver.id,
        "name": receiver.name,
        "registered": receiver.known is not None,
        "province": receiver.province,
        "site": receiver.place,
    }


def _receivers_json(plan: Plan, site: str | None) -> list[dict[str, Any]]:
    found = lawful_receivers(plan, plan.registry.prefecture(plan.sender, site))
    return [
        {
            "prefecture": place.code,
            "prefecture_name": {"zh": place.zh, "en": place.en},
            "km": km,
            "items": [_lawful_json(each) for each in near],
        }
        for (km, place), near in groupby(found, key=lambda each: (each.km, each.place))
    ]


def _lawful_json(each: Lawful) -> dict[str, Any]:
    permit, site = each.permit, each.site
    return {
        "organisation": each.firm.id,
        "name": each.firm.name,
        "site": site.number if site else None,
        "site_name": site.name if site else None,
        "permit": {
            "kind": permit.kind,
            "number": permit.number,
            "valid_to": str(permit.valid_to),
        },
        "room": each.room,
    }


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
