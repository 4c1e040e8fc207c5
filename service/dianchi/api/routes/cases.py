"""Cases (案件): opened by officers, worked step by step, answered by firms."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from dianchi.access.case_reading import Place, Whole, Wish, list_cases, place_of
from dianchi.api.bodies import cases as bodies
from dianchi.api.bodies.shared import problems
from dianchi.api.case_adding import items_added
from dianchi.api.case_answers import list_of, today_of, whole_of
from dianchi.api.case_lists import GROUPS, counts_of, officers_read, outcomes_of, person_asked
from dianchi.api.case_opening import asked_case, assigned
from dianchi.api.case_steps import seen_case, step_taken
from dianchi.api.cursors import page_place
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.routes.batteries import area_of
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.views.pages import cursor_of

router = APIRouter(prefix="/v1/cases", tags=["cases"])


def _once(again: str) -> dict[int | str, dict[str, Any]]:
    """The answers of what is done once, and what a repeat is told."""
    known = {"model": bodies.CaseWhole, "description": again}
    return {200: known, **problems(400, 401, 403, 404, 409, 413, 422)}


async def _told(
    response: Response, services: Services, reporter: Reporter, done: tuple[Whole, bool]
) -> bodies.CaseWhole:
    """The case behind what was done; 201 where it is new."""
    whole, is_new = done
    response.status_code = 201 if is_new else 200
    return await whole_of(services, reporter, whole)


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
    firms = await services.registry.current()
    wish = Wish(
        GROUPS[state],
        firms.resolve(firm) if firm else None,
        area_of(prefecture),
        person_asked(reporter, assignee),
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
    return await counts_of(services, reporter)


@router.get("/outcomes", responses=problems(401, 403), summary="Count what became of what")
async def get_outcomes(services: ServicesDep, reporter: ReporterDep) -> bodies.Outcomes:
    """Of each code of findings and duties, how it ended in cases; false alarms (误报) apart."""
    return await outcomes_of(services, reporter)


@router.get("/officers", responses=problems(401, 403), summary="Who may be given a case")
async def get_officers(services: ServicesDep, reporter: ReporterDep) -> bodies.Officers:
    """The officers of one's own authority."""
    return await officers_read(services, reporter)


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
    named, is_new = await asked_case(services, reporter, told)
    whole = await seen_case(services, reporter, named)
    return await _told(response, services, reporter, (whole, is_new))


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
    responses=_once("It was taken before"),
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
    taken = await step_taken(services, reporter, named, told)
    return await _told(response, services, reporter, taken)


@router.post(
    "/{id}/items",
    status_code=201,
    responses=_once("All of it was there"),
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
    taken = await items_added(services, reporter, named, told)
    return await _told(response, services, reporter, taken)


@router.post(
    "/{id}/replies",
    status_code=201,
    responses=_once("It was given before"),
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
    taken = await step_taken(services, reporter, named, told)
    return await _told(response, services, reporter, taken)
