"""What letters of cases say: frozen when they are sent, with the rule and its source of each item.

Only statutory duties that were broken are named as violations. What the house asks for, and what
is not checked (待核), is a reminder; a finding is a contradiction in the record, no violation.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from dianchi.access.case_reading import Item, Whole
from dianchi.access.cases import Letter, number_of
from dianchi.api.bodies.cases import ItemNow, StepNew
from dianchi.api.bodies.shared import Told
from dianchi.api.case_answers import LETTERS
from dianchi.api.casing import title_of
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.cases import LEFT_OUT, Step
from dianchi.domain.deadlines import Standing
from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.domain.working_days import business_date
from dianchi.store.envelope import canonical_json

LETTER_PREFIXES: Final = ("DC-", "GZ-")
"""How the numbers of letters begin."""
PREFIXES: Final[Mapping[str, str]] = {"inquiry": "DC", "order": "GZ"}
BREACHES: Final = frozenset((Standing.OVERDUE.value, Standing.LATE.value))
"""The states of a duty that break it by themselves."""
_UNCHECKED: Final = Standing.UNCHECKED.value
_CHECKED: Final = Told(zh="经核查未按期办理", en="found not to be done in time")
_MAY_BE_NAMED: Final = BREACHES | {_UNCHECKED}
"""What is 待核 an officer may name once the firm was heard: then it was checked."""
_KINDS: Final = {Step.ASK: "inquiry", Step.ORDER: "order"}


def letter_for(
    services: Services,
    officer: Reporter,
    told: Whole,
    step: StepNew,
    standing: Mapping[UUID, ItemNow],
    now: datetime,
) -> Letter | None:
    """The letter that goes with a step; None where none does.

    Raises:
        Refused: `no_breach`: nothing of the case may be ordered to be put right.
    """
    kind = _KINDS.get(Step(step.step))
    if kind is None:
        return None
    named = _broken(told.items, standing, step.items)
    about = [item for item in told.items if kind != "order" or not _is_over(item, standing)]
    parts = _parts(services, about, standing, named)
    if kind == "order" and not parts["violations"] and not parts["facts"]:
        raise _no_breach()
    number = number_of(PREFIXES[kind], f"letter:{told.case.id}:{told.case.version}".encode(), now)
    firm = services.registry.now.organisations[told.case.firm]
    authority = services.registry.now.names.get(officer.organisation, officer.organisation)
    body = {
        "number": number,
        "kind": kind,
        "title": LETTERS[kind]._asdict(),
        "case": told.case.number,
        "firm": {"id": firm.id, "name": firm.name, "uscc": firm.uscc},
        "authority": authority,
        "day": str(business_date(now)),
        "due_on": str(step.due_on),
        "text": step.note,
        "basis": step.basis,
        "document": step.document or number,
        "check": f"HTTPS://{services.public_host.upper()}/R/{number}",
        **parts,
    }
    return Letter(number, kind, canonical_json(body))


def _parts(
    services: Services,
    items: Sequence[Item],
    standing: Mapping[UUID, ItemNow],
    named: Collection[int],
) -> dict[str, list[dict[str, Any]]]:
    parts: dict[str, list[dict[str, Any]]] = {"violations": [], "facts": [], "reminders": []}
    for item in items:
        if item.outcome in LEFT_OUT:
            continue
        if item.kind == "finding":
            parts["facts"].append(_fact(services, item, standing[item.ref]))
            continue
        part = "violations" if item.place in named else "reminders"
        state = standing[item.ref]
        text = _CHECKED if part == "violations" and state.state == _UNCHECKED else state.text
        parts[part].append(_owed(services, item, text))
    return parts


def ordered_places(
    items: Sequence[Item], standing: Mapping[UUID, ItemNow], told: Sequence[int] | None
) -> list[int]:
    """The places of what an order is about: named violations, and contradictions of the record.

    Raises:
        Refused: something is told that cannot be named.
    """
    named = _broken(items, standing, told)
    return [
        item.place
        for item in items
        if item.place in named
        or (
            item.kind == "finding" and item.outcome not in LEFT_OUT and not _is_over(item, standing)
        )
    ]


def _is_over(item: Item, standing: Mapping[UUID, ItemNow]) -> bool:
    """Whether a finding closed by itself meanwhile: there is nothing left to be ordered."""
    return item.kind == "finding" and standing[item.ref].settled


def _broken(
    items: Sequence[Item], standing: Mapping[UUID, ItemNow], told: Sequence[int] | None
) -> set[int]:
    """The places of what is named as a violation: as told, else what is known to be broken.

    Raises:
        Refused: something is told that is no statutory duty, or was done in time.
    """
    states = {
        item.place: standing[item.ref].state
        for item in items
        if item.statutory and item.outcome not in LEFT_OUT
    }
    if told is None:
        return {place for place, state in states.items() if state in BREACHES}
    wrong = [place for place in told if states.get(place) not in _MAY_BE_NAMED]
    if wrong:
        raise Refused(*(_no_violation(place) for place in wrong))
    return set(told)


def _no_violation(place: int) -> Fault:
    return Fault(
        "no_breach",
        "/items",
        place,
        Text("这一项不是已超期的法定义务", "this is no statutory duty whose time is over"),
        Text(
            "平台约定和记录矛盾会另列，不作违规",
            "house rules and findings stand apart, not as violations",
        ),
    )


def _fact(services: Services, item: Item, now: ItemNow) -> dict[str, Any]:
    told = item.told["firm"]
    hidden = told != item.told["all"]
    return {
        "title": title_of(services, "finding", item.code).model_dump(),
        "battery": None if hidden else item.battery,
        "text": told.get("text"),
        "closes_when": None if now.settled else told.get("closes_when"),
        "state": now.text.model_dump() if now.settled else None,
        "code": item.code,
    }


def _owed(services: Services, item: Item, state: Told) -> dict[str, Any]:
    told = item.told["all"]
    return {
        "title": title_of(services, "obligation", item.code).model_dump(),
        "battery": item.battery,
        "due_on": told["due_on"],
        "state": state.model_dump(),
        "regime": told["term"]["regime_text"],
        "article": told["term"]["article"],
        "mark": told["term"]["mark"],
        "code": item.code,
    }


def _no_breach() -> Exception:
    return refuse(
        "no_breach",
        (
            "本案只有平台约定或待核的事项，不是违规，不能责令改正",
            "there are only house rules or duties not checked: no breach that could be ordered",
        ),
        ("可发督促函提醒（ask）", "remind the firm with a letter (`ask`)"),
        pointer="/step",
    )
