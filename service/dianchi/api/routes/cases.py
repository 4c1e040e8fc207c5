"""Cases (案件): opened by officers, worked step by step, answered by firms."""

from typing import Annotated, Literal
from uuid import UUID

from asyncpg import Record
from fastapi import APIRouter, Path, Query, Response

from dianchi.access.case_reading import (
    Place,
    Wish,
    count_cases,
    count_outcomes,
    list_cases,
    place_of,
)
from dianchi.access.cases import Opening, said_of
from dianchi.api.bodies import cases as bodies
from dianchi.api.bodies.shared import problems
from dianchi.api.case_adding import items_added
from dianchi.api.case_answers import list_of, names_in, today_of, whole_of
from dianchi.api.case_opening import assigned, officers_of, opened_case
from dianchi.api.case_steps import hand_of, seen_case, step_taken
from dianchi.api.casing import subject_of, title_of
from dianchi.api.cursors import page_place
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.routes.batteries import area_of
from dianchi.domain.admit import Reporter
from dianchi.domain.cases import State
from dianchi.store.names import new_id
from dianchi.views.pages import cursor_of

router = APIRouter(prefix="/v1/cases", tags=["cases"])
_GOING_ON = [each.value for each in State if each is not State.CLOSED]
_GROUPS = {"open": _GOING_ON, "all": None} | {each.value: [each.value] for each in State}


@router.get("", responses=problems(401, 403, 422), summary="List cases")
async def get_cases(  # noqa: PLR0913, PLR0917 - one argument for each filter
    services: ServicesDep,
    reporter: ReporterDep,
    state: bodies.State | Literal["open", "all"] = "open",
    firm: Annotated[str | None, Query(max_length=120)] = None,
    prefecture: str | None = None,
    assignee: Annotated[str | None, Query(description="`me`, `none`, or an id")] = None,
    due: Annotated[
        Literal["overdue", "recheck"] | None, Query(description="whose day is over")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> bodies.CasePage:
    """Cases of one's area, or those that one's firm was asked about; the newest first."""
    registry = await services.registry.current()
    wish = Wish(
        _GROUPS[state],
        registry.resolve(firm) if firm else None,
        area_of(prefecture),
        _person(reporter, assignee),
        unassigned=assignee == "none",
        due=due,
    )
    place: Place | None = page_place(cursor, Place)
    today = today_of(services)
    found = await list_cases(services.seeing(reporter), wish, today, limit + 1, place)
    shown, further = found[:limit], found[limit:]
    return bodies.CasePage(
        items=await list_of(services, reporter, shown),
        today=today,
        next=cursor_of(place_of(shown[-1])) if further else None,
    )


@router.get("/summary", responses=problems(401, 403), summary="Count cases")
async def get_summary(services: ServicesDep, reporter: ReporterDep) -> bodies.CaseCounts:
    """How many cases are in each state; of those that go on, whose day is over and whose they are.

    A firm counts the cases that it was asked about.
    """
    today = today_of(services)
    person = UUID(reporter.person) if reporter.person else None
    rows = await count_cases(services.seeing(reporter), today, person)
    states = {each.value: 0 for each in State} | {row["state"]: row["cases"] for row in rows}
    firm = reporter.role != "regulator"
    return bodies.CaseCounts(
        states=states,
        going_on=sum(states[each] for each in _GOING_ON),
        overdue=_sum(rows, "overdue"),
        to_recheck=_sum(rows, "to_recheck"),
        mine=0 if firm else _sum(rows, "mine"),
        unassigned=0 if firm else _sum(rows, "unassigned"),
        today=today,
    )


@router.get("/outcomes", responses=problems(401, 403), summary="Count what became of what")
async def get_outcomes(services: ServicesDep, reporter: ReporterDep) -> bodies.Outcomes:
    """Of each code of findings and duties, how it ended in cases; false alarms (误报) apart."""
    told: dict[tuple[str, str], dict[str, int]] = {}
    for row in await count_outcomes(services.seeing(reporter)):
        told.setdefault((row["kind"], row["code"]), {})[row["outcome"]] = row["items"]
    return bodies.Outcomes(
        items=[
            bodies.CodeOutcomes(
                kind="finding" if kind == "finding" else "obligation",
                code=code,
                title=title_of(services, kind, code),
                outcomes=outcomes,
                worked=sum(outcomes.values()),
                false_alarms=outcomes.get("false_alarm", 0),
            )
            for (kind, code), outcomes in told.items()
        ]
    )


@router.get("/officers", responses=problems(401, 403), summary="Who may be given a case")
async def get_officers(services: ServicesDep, reporter: ReporterDep) -> bodies.Officers:
    """The officers of one's own authority."""
    officers = await officers_of(services, reporter)
    names = await names_in(services, reporter, {one.id for one in officers})
    called = services.registry.now.names
    return bodies.Officers(
        items=[
            bodies.Officer(
                id=one.id,
                name=names.get(one.id),
                organisation=one.organisation,
                organisation_name=called.get(one.organisation),
            )
            for one in officers
        ]
    )


@router.post(
    "",
    status_code=201,
    responses={
        200: {"model": bodies.CaseWhole, "description": "It was opened before"},
        **problems(400, 401, 403, 409, 413, 422),
    },
    summary="Open a case",
)
async def post_case(
    response: Response, services: ServicesDep, reporter: ReporterDep, told: bodies.CaseNew
) -> bodies.CaseWhole:
    """Opens a case from findings and obligations of one firm, none of which is worked already.

    The firm is not told before it is asked.
    """
    items = dict(enumerate(told.items))
    subject = await subject_of(services, reporter, items, told.firm)
    said = told.model_dump(mode="json", exclude_none=True, exclude={"id"})
    assignee = await assigned(services, reporter, told.assignee)
    hand = hand_of(reporter)
    opening = Opening(
        told.id or new_id(),
        subject.firm.id,
        subject.firm.prefecture or "",
        subject.areas,
        subject.items,
        hand,
        assignee,
        {"note": told.note} if told.note else {},
        said_of(said),
    )
    response.status_code = 201 if await opened_case(services, opening) else 200
    return await whole_of(services, reporter, await seen_case(services, reporter, opening.id))


@router.get("/{id}", responses=problems(401, 403, 404, 422), summary="A case")
async def get_case(
    services: ServicesDep, reporter: ReporterDep, named: Annotated[UUID, Path(alias="id")]
) -> bodies.CaseWhole:
    """What it is about and how that stands by itself now, each step, and what may be done next."""
    await services.registry.current()
    return await whole_of(services, reporter, await seen_case(services, reporter, named))


@router.post(
    "/{id}/steps",
    status_code=201,
    responses={
        200: {"model": bodies.CaseWhole, "description": "It was taken before"},
        **problems(400, 401, 403, 404, 409, 413, 422),
    },
    summary="Take a step in a case",
)
async def post_step(
    response: Response,
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
    told: bodies.StepNew,
) -> bodies.CaseWhole:
    """Takes the step that an officer decided on, where the state of the case allows it.

    `ask` and `order` go with a letter. What is decided against a firm comes after its reply, or
    after the end of its time to reply.
    """
    await services.registry.current()
    if told.assignee is not None:
        await assigned(services, reporter, told.assignee)
    whole, is_new = await step_taken(services, reporter, named, told)
    response.status_code = 201 if is_new else 200
    return await whole_of(services, reporter, whole)


@router.post(
    "/{id}/items",
    status_code=201,
    responses={
        200: {"model": bodies.CaseWhole, "description": "All of it was there"},
        **problems(400, 401, 403, 404, 409, 413, 422),
    },
    summary="Add items to a case",
)
async def post_items(
    response: Response,
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
    told: bodies.ItemsAdded,
) -> bodies.CaseWhole:
    """Adds findings and obligations of the same firm, before anything is decided.

    A firm that was asked already is sent a letter about them, and is heard again.
    """
    whole, is_new = await items_added(services, reporter, named, told)
    response.status_code = 201 if is_new else 200
    return await whole_of(services, reporter, whole)


@router.post(
    "/{id}/replies",
    status_code=201,
    responses={
        200: {"model": bodies.CaseWhole, "description": "It was given before"},
        **problems(400, 401, 403, 404, 409, 413, 422),
    },
    summary="Reply in a case",
)
async def post_reply(
    response: Response,
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
    told: bodies.ReplyNew,
) -> bodies.CaseWhole:
    """The firm's word (陈述申辩), with attachments that it sent before."""
    await services.registry.current()
    whole, is_new = await step_taken(services, reporter, named, told)
    response.status_code = 201 if is_new else 200
    return await whole_of(services, reporter, whole)


def _person(reporter: Reporter, told: str | None) -> UUID | None:
    if told in (None, "", "none"):
        return None
    if told == "me":
        # A key is nobody: nothing is assigned to it.
        return UUID(reporter.person) if reporter.person else UUID(int=0)
    try:
        return UUID(told)
    except ValueError:
        raise refuse(
            "invalid_value",
            ("承办人应为 me、none 或 id", "give `me`, `none` or an id"),
            ("可指派者见 GET /v1/cases/officers", "see GET /v1/cases/officers"),
            pointer="/assignee",
            value=told,
        ) from None


def _sum(rows: list[Record], name: str) -> int:
    return sum(row[name] for row in rows)
