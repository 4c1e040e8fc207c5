"""The JSON of cases, as an officer reads them, and as the firm does: without what is internal."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from dianchi.access.attachments import erased_in
from dianchi.access.case_reading import Case, Item, Sent, Taken, Whole
from dianchi.access.keys import now_of
from dianchi.access.named import opened
from dianchi.access.people import name_of
from dianchi.api.bodies import cases as bodies
from dianchi.api.bodies.shared import Told
from dianchi.api.casing import standing_now, title_of
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.cases import HEARING, STATES, STEPS, is_heard, lawful, needs, takes
from dianchi.domain.refusals import Text
from dianchi.domain.working_days import business_date

LETTERS: Final[Mapping[str, Text]] = {
    "inquiry": Text("督促函", "letter of inquiry"),
    "order": Text("责令改正通知书", "order of correction"),
}
_OFFICERS_ONLY: Final = frozenset(("assignee",))
Names = Mapping[UUID, str]


def is_officer(reporter: Reporter) -> bool:
    """Whether a caller works cases; a firm answers them."""
    return reporter.role == "regulator"


async def names_in(services: Services, reporter: Reporter, people: Collection[UUID]) -> Names:
    """What officers are called: told to officers only."""
    if not is_officer(reporter) or not people:
        return {}
    wanted = {name_of(person): person for person in people}
    found = await opened(services.registrar, services.vault, wanted)
    return {wanted[whose]: name for whose, name in found.items()}


def today_of(services: Services) -> date:
    """The day in China."""
    return business_date(now_of(services.clock))


async def list_of(
    services: Services, reporter: Reporter, cases: Sequence[Case]
) -> list[bodies.CaseRead]:
    """Cases as a list shows them."""
    names = await names_in(services, reporter, {one.assignee for one in cases if one.assignee})
    return [bodies.CaseRead(**_members(services, reporter, one, names)) for one in cases]


async def whole_of(services: Services, reporter: Reporter, told: Whole) -> bodies.CaseWhole:
    """A case with all that its reader is shown."""
    people = {step.person for step in told.steps if step.person}
    people |= {told.case.assignee} if told.case.assignee else set()
    people |= {given for step in told.steps if (given := _given_to(step)) is not None}
    names = await names_in(services, reporter, people)
    now = await standing_now(services, {item.ref: item.kind for item in told.items})
    letters = {letter.version: letter_of(letter) for letter in told.letters}
    steps = await _without_erased(services, told)
    return bodies.CaseWhole(
        **_members(services, reporter, told.case, names),
        things=[_item(services, reporter, one, now[one.ref]) for one in told.items],
        steps=[_step(services, reporter, one, names, letters.get(one.version)) for one in steps],
        next=_next(services, reporter, told.case),
    )


async def _without_erased(services: Services, whole: Whole) -> list[Taken]:
    """The steps; of attachments that were erased, neither file nor name is shown."""
    if not any(step.told.get("attachments") for step in whole.steps):
        return list(whole.steps)
    erased = await erased_in(services.keeper, whole.case.id)

    def shown(one: Mapping[str, Any]) -> dict[str, Any]:
        at = erased.get(one["sha256"])
        return {**one, "erased_at": at, "name": one["name"] if at is None else None}

    return [
        step._replace(
            told={**step.told, "attachments": [shown(a) for a in step.told.get("attachments", ())]}
        )
        for step in whole.steps
    ]


def letter_of(letter: Sent) -> bodies.LetterRead:
    """A letter as a case names it."""
    return bodies.LetterRead(
        number=letter.number,
        kind="order" if letter.kind == "order" else "inquiry",
        title=Told(**LETTERS[letter.kind]._asdict()),
        sha256=letter.sha256.hex(),
        made_at=letter.made_at,
    )


def _next(services: Services, reporter: Reporter, case: Case) -> list[bodies.StepBody]:
    officer = is_officer(reporter)
    if not officer and reporter.organisation != case.firm:
        return []
    heard = is_heard(case.state, case.due_on, today_of(services))
    early = frozenset() if heard else HEARING
    steps = [one for one in lawful(case.state, of_firm=not officer) if one not in early]
    return [
        bodies.StepBody(
            step=each,
            text=_told(STEPS[each]),
            needs=sorted(needs(each, case.state)),
            takes=sorted(takes(each) - needs(each, case.state)),
        )
        for each in steps
    ]


def _members(services: Services, reporter: Reporter, case: Case, names: Names) -> dict[str, Any]:
    registry, today = services.registry.now.names, today_of(services)
    ended = business_date(case.closed_at) if case.closed_at else today
    assignee = case.assignee if is_officer(reporter) else None
    return {
        "id": case.id,
        "number": case.number,
        "firm": case.firm,
        "firm_name": registry.get(case.firm),
        "prefecture": case.prefecture or None,
        "items": case.items,
        "state": case.state,
        "state_text": _told(STATES[case.state]),
        "version": case.version,
        "assignee": _person(assignee, names),
        "due_on": case.due_on,
        "overdue": case.is_overdue(today),
        "recheck_on": case.recheck_on,
        "to_recheck": case.is_to_recheck(today),
        "opened_at": case.opened_at,
        "opened_by": case.opened_by,
        "opened_by_name": registry.get(case.opened_by),
        "asked_at": case.asked_at,
        "closed_at": case.closed_at,
        "age_days": (ended - business_date(case.opened_at)).days,
    }


def _item(
    services: Services, reporter: Reporter, item: Item, now: bodies.ItemNow
) -> bodies.ItemRead:
    shown = item.told["all" if is_officer(reporter) else "firm"]
    hidden = not is_officer(reporter) and item.told["firm"] != item.told["all"]
    return bodies.ItemRead(
        place=item.place,
        kind="finding" if item.kind == "finding" else "obligation",
        ref=item.ref,
        code=item.code,
        title=title_of(services, item.kind, item.code),
        battery=None if hidden else item.battery,
        statutory=item.statutory,
        told=shown,
        now=now,
        outcome=item.outcome,
    )


def _step(
    services: Services,
    reporter: Reporter,
    step: Taken,
    names: Names,
    letter: bodies.LetterRead | None,
) -> bodies.StepRead:
    told = dict(step.told)
    attached, decisions = told.pop("attachments", []), told.pop("decisions", [])
    events = [report["event_id"] for report in told.pop("reports", [])] + decisions
    assignee = _given_to(step) if is_officer(reporter) else None
    if not is_officer(reporter):
        told = {name: value for name, value in told.items() if name not in _OFFICERS_ONLY}
    return bodies.StepRead(
        version=step.version,
        step=step.step,
        text=_told(STEPS[step.step]),
        state=step.state.value,
        state_text=_told(STATES[step.state]),
        organisation=step.organisation,
        organisation_name=services.registry.now.names.get(step.organisation),
        person=_person(step.person, names) if is_officer(reporter) else None,
        at=step.at,
        internal=step.internal,
        told=told,
        assignee=_person(assignee, names),
        attachments=[bodies.AttachmentRead(**each) for each in attached],
        letter=letter,
        events=events,
    )


def _given_to(step: Taken) -> UUID | None:
    """The officer whom a step gave the case to."""
    told = step.told.get("assignee")
    return None if told is None else UUID(str(told))


def _person(person: UUID | None, names: Names) -> bodies.Person | None:
    return None if person is None else bodies.Person(id=person, name=names.get(person))


def _told(text: Text) -> Told:
    return Told(**text._asdict())


def attached_to(steps: Iterable[Taken], digest: str) -> set[str]:
    """The organisations that attached this to a step, among those that are shown."""
    return {
        step.organisation
        for step in steps
        if any(each["sha256"] == digest for each in step.told.get("attachments", []))
    }
