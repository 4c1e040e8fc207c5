"""Steps of a case: checked by its state, kept with their letter, written into the log."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from dianchi.access.case_reading import Whole, find_case
from dianchi.access.cases import (
    ChangedError,
    Taking,
    take_step,
)
from dianchi.access.keys import now_of
from dianchi.api.bodies.cases import ItemNow, ReplyNew, StepNew
from dianchi.api.case_acts import (
    acts_of,
    check_set_aside,
    mend_acts,
    must_be_recordable,
    record_acts,
)
from dianchi.api.case_answers import is_officer
from dianchi.api.case_checks import attached_of, check_days, check_hearing, no_item
from dianchi.api.case_letters import letter_for, ordered_places
from dianchi.api.case_once import Wanted, hand_of, taken_once
from dianchi.api.casing import standing_now
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.cases import INTERNAL, LEFT_OUT, State, Step, after, must_be_whole
from dianchi.domain.refusals import Refused
from dianchi.store.names import new_id

_BESIDE: Final = frozenset(("id", "version", "step"))
_OUTCOMES: Final[Mapping[Step, str]] = {
    Step.ACCEPT: "accepted",
    Step.ORDER: "ordered",
    Step.REFER: "referred",
    Step.SET_ASIDE: "set_aside",
}


async def seen_case(services: Services, reporter: Reporter, named: UUID) -> Whole:
    """A case that the caller is shown; for an officer with its acts in the record (`mend_acts`).

    Raises:
        Refused: `not_found`: another's case is answered like none at all.
    """
    told = await find_case(services.seeing(reporter), named)
    if told is None:
        raise refuse(
            "not_found",
            ("没有这个案件", "there is no such case"),
            ("编号见 GET /v1/cases；他处的案件由当地办理", "see GET /v1/cases for yours"),
            pointer="/id",
            value=str(named),
        )
    if is_officer(reporter):
        await mend_acts(services, reporter, told)
    return told


def wanted_of(told: StepNew | ReplyNew) -> Wanted:
    """What was asked for, checked as far as it needs no case.

    Raises:
        Refused: it lacks something, or says too much.
    """
    step = Step.REPLY if isinstance(told, ReplyNew) else Step(told.step)
    members = told.model_dump(mode="json", exclude_none=True, exclude=set(_BESIDE))
    must_be_whole(step, members)
    attached = tuple(told.attachments or ())
    members.pop("attachments", None)
    return Wanted(told.id or new_id(), step, told.version, members, attached)


async def step_taken(
    services: Services, reporter: Reporter, named: UUID, told: StepNew | ReplyNew
) -> tuple[Whole, bool]:
    """Takes a step; the case behind it, and whether the step is new.

    Raises:
        Refused: what is wrong with it; `case_changed` where the case went on meanwhile.
    """
    whole, wanted = await seen_case(services, reporter, named), wanted_of(told)

    async def take() -> None:
        await _take(services, reporter, whole, wanted, told, now_of(services.clock))

    # Where it is reopened, another case may have taken up something meanwhile.
    is_new = await taken_once(services, named, wanted, take, {})
    return await seen_case(services, reporter, named), is_new


async def _take(
    services: Services,
    reporter: Reporter,
    whole: Whole,
    wanted: Wanted,
    told: StepNew | ReplyNew,
    now: datetime,
) -> None:
    if whole.case.version != wanted.version:
        raise ChangedError
    places, state = _decided(whole, wanted)
    check_hearing(services, whole, wanted.step)
    check_days(services, told)
    attached = await attached_of(services, reporter, whole.case.id, wanted.attachments)
    refs = {item.ref: item.kind for item in whole.items}
    standing = await standing_now(services, refs) if isinstance(told, StepNew) else {}
    letter = (
        letter_for(services, reporter, whole, told, standing, now)
        if isinstance(told, StepNew)
        else None
    )
    if wanted.step is Step.ORDER:
        places = ordered_places(whole.items, standing, wanted.told.get("items"))
    items = [item for item in whole.items if item.place in places]
    document = {"document": letter.number if letter else whole.case.number}
    reports = acts_of(whole.case.number, items, wanted.step, document | wanted.told, wanted.id, now)
    await must_be_recordable(services, reporter, reports)
    members = wanted.told | ({"attachments": attached} if attached else {})
    members |= {"reports": reports} if reports else {}
    members |= _seen_at_recheck(wanted.step, whole, standing)
    if wanted.step is Step.SET_ASIDE:
        members["decisions"] = await check_set_aside(services, whole, wanted.told)
    taking = Taking(
        id=wanted.id,
        step=wanted.step,
        state=state,
        version=wanted.version,
        hand=hand_of(reporter),
        internal=wanted.step in INTERNAL,
        told=members,
        said=wanted.said,
        assignee=_assignee(whole, wanted),
        due_on=_day(wanted, "due_on") or (whole.case.due_on if state == whole.case.state else None),
        recheck_on=_recheck_on(whole, wanted, state),
        places=places,
        outcome=_outcome(wanted),
        release=_released(whole, wanted, places, state),
        letter=letter,
    )
    await take_step(services.registrar, whole.case.id, taking, now)
    await record_acts(services, reporter, reports)


def _decided(whole: Whole, wanted: Wanted) -> tuple[list[int], State]:
    """The items that a step decides, and the state behind it."""
    left = [item.place for item in whole.items if item.outcome not in LEFT_OUT]
    dismissed = wanted.step is Step.DISMISS
    places: list[int] = (dismissed and wanted.told.get("items")) or left
    unknown = sorted(set(places) - set(left))
    if unknown:
        raise Refused(*(no_item(place) for place in unknown))
    state = after(
        whole.case.state,
        wanted.step,
        settled=wanted.told.get("settled"),
        all_out=set(left) <= set(places),
    )
    return places, state


def _outcome(wanted: Wanted) -> str | None:
    if wanted.step is Step.DISMISS:
        return "false_alarm" if wanted.told["false_alarm"] else "dismissed"
    return _OUTCOMES.get(wanted.step)


def _released(whole: Whole, wanted: Wanted, places: list[int], state: State) -> list[int]:
    """What other cases may take up: all of a closed case, and what was dismissed."""
    if state is State.CLOSED:
        return [item.place for item in whole.items]
    return places if wanted.step is Step.DISMISS else []


def _assignee(whole: Whole, wanted: Wanted) -> UUID | None:
    if wanted.step is not Step.ASSIGN:
        return whole.case.assignee
    told = wanted.told.get("assignee")
    return UUID(told) if told else None


def _recheck_on(whole: Whole, wanted: Wanted, state: State) -> date | None:
    """When to look again: as told; after an order, when its time is over."""
    told = _day(wanted, "recheck_on")
    if wanted.step is Step.ORDER:
        return told or _day(wanted, "due_on")
    if state in (State.RECHECKED, State.CLOSED, State.OPENED):
        return told
    return told or whole.case.recheck_on


def _day(wanted: Wanted, name: str) -> date | None:
    told = wanted.told.get(name)
    return date.fromisoformat(told) if told else None


def _seen_at_recheck(step: Step, whole: Whole, standing: Mapping[UUID, ItemNow]) -> dict[str, Any]:
    """What had closed by itself when somebody looked again."""
    if step is not Step.RECHECK:
        return {}
    left = [item for item in whole.items if item.outcome not in LEFT_OUT]
    done = sum(standing[item.ref].settled for item in left)
    return {"seen": {"settled": done, "of": len(left)}}
