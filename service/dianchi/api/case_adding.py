"""Adding to a case what turned up later: of the same firm, before anything is decided.

A firm that was asked already is asked about what is added too, with a letter of its own and time
to reply: nothing is decided against it unheard.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from dianchi.access.case_reading import Item, Whole
from dianchi.access.cases import ChangedError, ItemNew, Letter, Taking
from dianchi.access.cases import take_step as keep_step
from dianchi.access.keys import now_of
from dianchi.api.bodies.cases import ItemNew as ItemTold
from dianchi.api.bodies.cases import ItemsAdded, StepNew
from dianchi.api.case_checks import check_days
from dianchi.api.case_letters import letter_for
from dianchi.api.case_once import Wanted, hand_of, taken_once
from dianchi.api.case_steps import seen_case
from dianchi.api.casing import ref_of, standing_now, subject_of
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.cases import LEFT_OUT, Step, after, asks, must_be_whole
from dianchi.store.names import new_id


async def items_added(
    services: Services, officer: Reporter, named: UUID, told: ItemsAdded
) -> tuple[Whole, bool]:
    """Adds items; the case behind it, and whether anything is new.

    Raises:
        Refused: what is wrong with them; `case_changed` where the case went on meanwhile.
    """
    whole, wanted = await seen_case(services, officer, named), _wanted(told)
    new = _not_in(whole, told.items)

    async def take() -> None:
        if new:
            await _add(services, officer, whole, wanted, told, new)

    places = {ref_of(one) or named: place for place, one in new.items()}
    is_new = await taken_once(services, named, wanted, take, places) and bool(new)
    return await seen_case(services, officer, named), is_new


def _wanted(told: ItemsAdded) -> Wanted:
    members = told.model_dump(mode="json", exclude_none=True, exclude={"id", "version"})
    return Wanted(told.id or new_id(), Step.ADD, told.version, members, ())


def _not_in(whole: Whole, told: Sequence[ItemTold]) -> dict[int, ItemTold]:
    """What is not worked in this case, by its places in what was asked."""
    here = {item.ref for item in whole.items if item.outcome not in LEFT_OUT}
    return {place: one for place, one in enumerate(told) if ref_of(one) not in here}


async def _add(
    services: Services,
    officer: Reporter,
    whole: Whole,
    wanted: Wanted,
    told: ItemsAdded,
    new: Mapping[int, ItemTold],
) -> None:
    case, now = whole.case, now_of(services.clock)
    if case.version != wanted.version:
        raise ChangedError
    state = after(case.state, Step.ADD)
    said = {name: value for name, value in wanted.told.items() if name != "items"}
    must_be_whole(Step.ADD, said, case.state)
    check_days(services, told)
    subject = await subject_of(services, officer, new, case.firm)
    places = list(range(len(whole.items) + 1, len(whole.items) + len(subject.items) + 1))
    taking = Taking(
        id=wanted.id,
        step=Step.ADD,
        state=state,
        version=wanted.version,
        hand=hand_of(officer),
        # What the firm is not asked about yet, it does not learn of.
        internal=not asks(case.state),
        told=said | {"items": places},
        said=wanted.said,
        assignee=case.assignee,
        due_on=told.due_on or case.due_on,
        recheck_on=case.recheck_on,
        add=subject.items,
        areas=subject.areas,
        letter=await _letter(services, officer, whole, told, subject.items, now),
    )
    await keep_step(services.registrar, case.id, taking, now)


async def _letter(
    services: Services,
    officer: Reporter,
    whole: Whole,
    told: ItemsAdded,
    items: Sequence[ItemNew],
    now: datetime,
) -> Letter | None:
    """The letter about what is added, where the firm was asked about the rest."""
    if not asks(whole.case.state):
        return None
    added = [Item(place, *one, None) for place, one in enumerate(items, len(whole.items) + 1)]
    about = whole._replace(items=added)
    asking = StepNew(version=told.version, step="ask", note=told.note, due_on=told.due_on)
    standing = await standing_now(services, {one.ref: one.kind for one in items})
    return letter_for(services, officer, about, asking, standing, now)
