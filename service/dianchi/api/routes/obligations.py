"""Obligations: who owes what by when, what is over, and what nobody has checked."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple

from asyncpg import Record
from fastapi import APIRouter, Depends, Query, Response

from dianchi.access.case_reading import cases_of
from dianchi.access.keys import now_of
from dianchi.api.bodies.obligations import ObligationPage, ObligationSummary, State
from dianchi.api.bodies.shared import problems
from dianchi.api.case_marks import mark_of
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.naming import canonical_name
from dianchi.api.owing import duty_text, obligation_json
from dianchi.api.routes.batteries import Name, area_of, one_of, reflected
from dianchi.api.services import Services
from dianchi.api.sight import Sight, own_reports, sight_of
from dianchi.domain.admit import Reporter
from dianchi.domain.deadlines import Standing
from dianchi.domain.refusals import Fault, Malformed, Refused, Text
from dianchi.domain.registry import Registry
from dianchi.domain.rule_set import STATES, rule_set
from dianchi.domain.rules import RULES
from dianchi.domain.sight import eyes_of
from dianchi.domain.working_days import business_date
from dianchi.exchange.json_out import encode
from dianchi.views.obligations.query import NOWHERE, Wish, list_obligations
from dianchi.views.obligations.summary import Summary, summarise
from dianchi.views.obligations.telling import binding_of
from dianchi.views.pages import Page

router = APIRouter(tags=["obligations"])
Duty = Annotated[str | None, Query(description="the id of a duty, as `UTIL_IN`")]
Bearer = Annotated[str | None, Query(description="who answers: an id, USCC or name; or `me`")]
Bound = Literal["statutory", "house"] | None
DUTIES = tuple(dict.fromkeys(rule.id for rule in RULES.duties))


DueFrom = Annotated[date | None, Query(description="first day on which it falls due")]
DueTo = Annotated[date | None, Query(description="last day on which it falls due")]
Reckoned = Annotated[
    bool, Query(description="only what counts for timeliness: met, late or overdue")
]


class _Term(NamedTuple):
    """When it falls due, and whether it counts for timeliness."""

    due: tuple[date, date] | None
    reckoned: bool


def asked_term(
    *, due_from: DueFrom = None, due_to: DueTo = None, reckoned: Reckoned = False
) -> _Term:
    """The days between which obligations of a list fall due."""
    due = (due_from or date.min, due_to or date.max) if due_from or due_to else None
    return _Term(due, reckoned)


def asked_wish(  # noqa: PLR0913, PLR0917 - one argument for each filter
    term: Annotated[_Term, Depends(asked_term)],
    state: State | None = None,
    duty: Duty = None,
    bearer: Bearer = None,
    prefecture: str | None = None,
    binding: Bound = None,
    battery: str | None = None,
) -> Wish:
    """What a list is asked for, its names as they were given."""
    return Wish(
        Standing(state) if state else None,
        one_of("duty", duty, DUTIES),
        bearer,
        "" if prefecture == NOWHERE else area_of(prefecture),
        None if binding is None else binding == "statutory",
        battery,
        due=term.due,
        reckoned=term.reckoned,
    )


WishDep = Annotated[Wish, Depends(asked_wish)]
Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str | None, Query(max_length=400)]


@router.get(
    "/v1/obligations",
    response_model=ObligationPage,
    responses=problems(401, 403, 422),
    summary="List obligations",
)
async def get_obligations(
    services: ServicesDep,
    reporter: ReporterDep,
    wish: WishDep,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Duties with their terms and states, in pages; what goes on first what is due first.

    A firm is shown what it answers for or reports, an officer what lies in the area.
    """
    registry = await services.registry.current()
    told = named(wish, registry, reporter)
    return await _page(services, reporter, told, limit, cursor)


@router.get(
    "/v1/obligations/summary",
    response_model=ObligationSummary,
    responses=problems(401, 403, 422),
    summary="Count obligations by duty and state",
)
async def get_summary(services: ServicesDep, reporter: ReporterDep, wish: WishDep) -> Response:
    """How many there are in each state, of what the list would show; `state` is left aside.

    Not of one battery, nor of some days: these are read from the list.
    """
    _must_be_counted(wish)
    registry = await services.registry.current()
    told = named(wish, registry, reporter)
    counted = await summarise(
        services.seeing(reporter),
        today_of(services),
        bearer=told.bearer,
        prefecture=told.prefecture,
        statutory=told.statutory,
        seers=told.seers,
    )
    return _json(_summary_json(counted, wish, services))


@router.get(
    "/v1/batteries/{name:path}/obligations",
    response_model=ObligationPage,
    responses=problems(401, 403, 404, 422),
    summary="What is and was owed of a battery",
)
async def get_obligations_of_battery(
    services: ServicesDep,
    reporter: ReporterDep,
    name: Name,
    limit: Limit = 200,
    cursor: Cursor = None,
) -> Response:
    """The duties of one battery that the caller answers for, reports, or has in its area."""
    registry = await services.registry.current()
    canonical = canonical_name(name, registry)
    if await sight_of(services, reporter, canonical, name) is Sight.OWN_REPORTS:
        await own_reports(services, reporter, canonical, name)
    wish = named(Wish(battery=canonical), registry, reporter)
    return await _page(services, reporter, wish, limit, cursor)


def named(wish: Wish, registry: Registry, reporter: Reporter) -> Wish:
    """The same wish with ids for what was called by name, and who asks."""
    bearer = reporter.organisation if wish.bearer == "me" else wish.bearer
    eyes = eyes_of(reporter)
    return replace(
        wish,
        bearer=registry.resolve(bearer) if bearer else None,
        battery=canonical_name(wish.battery, registry) if wish.battery else None,
        seers=None if eyes.everything else eyes.of,
    )


def today_of(services: Services) -> date:
    """The day in China."""
    return business_date(now_of(services.clock))


async def page_of(
    services: Services, reporter: Reporter, wish: Wish, limit: int, cursor: str | None
) -> Page[Record]:
    """A page of rows.

    Raises:
        Refused: the cursor is of another list.
    """
    try:
        return await list_obligations(
            services.seeing(reporter), wish, today_of(services), limit=limit, after=cursor
        )
    except Malformed as error:
        raise Refused(Fault(error.code, "/cursor", cursor, error.what, error.way_out)) from None


async def _page(
    services: Services, reporter: Reporter, wish: Wish, limit: int, cursor: str | None
) -> Response:
    page = await page_of(services, reporter, wish, limit, cursor)
    registry, today = await services.registry.current(), today_of(services)
    worked = await cases_of(services.seeing(reporter), [row["obligation_id"] for row in page.items])
    return _json(
        {
            "items": [
                obligation_json(
                    row, registry, services, today, mark_of(worked.get(row["obligation_id"]))
                )
                for row in page.items
            ],
            "today": str(today),
            "next": page.next,
            "log_index": reflected(page.log_index),
        }
    )


def _must_be_counted(wish: Wish) -> None:
    """Refuses what counts are not narrowed by: a count of everything would be taken for it.

    Raises:
        Refused: `unknown_field`, with each filter that is none.
    """
    told = {
        "battery": wish.battery is not None,
        "due_from": wish.due is not None and wish.due[0] != date.min,
        "due_to": wish.due is not None and wish.due[1] != date.max,
        "reckoned": wish.reckoned,
    }
    faults = [_not_counted_by(name) for name, is_told in told.items() if is_told]
    if faults:
        raise Refused(*faults)


def _not_counted_by(name: str) -> Fault:
    return Fault(
        "unknown_field",
        f"/{name}",
        None,
        Text(f"汇总不能按 {name} 筛选", f"counts are not narrowed by `{name}`"),
        Text(
            "请从清单读取：GET /v1/obligations，或去掉这个条件",
            "read the list, GET /v1/obligations, or leave this out",
        ),
    )


def _summary_json(counted: Summary, wish: Wish, services: Services) -> dict[str, Any]:
    states = dict.fromkeys((state.value for state in STATES), 0)
    duties: dict[tuple[str, bool], dict[str, int]] = {}
    for group, count in sorted(counted.counts.items()):
        if wish.duty in (None, group.duty):
            states[group.state] += count
            duties.setdefault((group.duty, group.statutory), {})[group.state] = count
    return {
        "states": states,
        "duties": [
            {
                "duty": duty,
                "duty_text": duty_text(duty, services.rules),
                "binding": binding_of(statutory),
                "states": told,
            }
            for (duty, statutory), told in duties.items()
        ],
        "today": str(today_of(services)),
        "rule_set": rule_set(services.rules, services.calendar),
        "log_index": reflected(counted.log_index),
    }


def _json(answer: dict[str, Any]) -> Response:
    return Response(encode(answer), media_type="application/json")
