"""Counts over what happened: indicators, flows, and the lives behind each number.

An officer counts what happened in its area, a firm what it reported itself, the province all.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Response

from dianchi.api.asked import UNKNOWN, AskedDep, month_text
from dianchi.api.bodies.shared import problems
from dianchi.api.bodies.statistics import BehindPage, FlowsBody, IndicatorsBody
from dianchi.api.counting import (
    ARRIVED,
    LEFT,
    MOVED,
    floors_of,
    flow_json,
    head_of,
    how_far,
    side_of,
)
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.routes.batteries import one_of
from dianchi.api.routes.obligations import today_of
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.indicators.cells import Amount
from dianchi.domain.indicators.rows import Indicator
from dianchi.domain.indicators.values import (
    MEASURE_OF,
    in_months,
    measures_of,
    told,
    value,
)
from dianchi.domain.lines import Stream
from dianchi.domain.refusals import Fault, Malformed, Refused
from dianchi.domain.rules import Rules
from dianchi.exchange.json_out import encode
from dianchi.views.indicators.query import (
    Asked,
    Behind,
    By,
    contributions,
    flows,
    sums,
)
from dianchi.views.obligations.timeliness import merge, timeliness

router = APIRouter(prefix="/v1/statistics", tags=["statistics"])
_OF_LIVES: Final = tuple(name for name, each in MEASURE_OF.items() if not each.of_duties)


@router.get(
    "/indicators",
    response_model=IndicatorsBody,
    responses=problems(401, 403, 422),
    summary="Indicators with their definitions",
)
async def get_indicators(
    services: ServicesDep,
    reporter: ReporterDep,
    asked: AskedDep,
    by: Annotated[By | None, Query(description="left out: one number for all")] = None,
) -> Response:
    """Each indicator by month, prefecture or chemistry, with both sides and the lists behind."""
    listed = in_months(asked.first, asked.last)
    as_of, groups = await sums(services.seeing(reporter), asked, measures_of(listed), by)
    await _add_duties(services, reporter, asked, by, groups)
    shown = groups or ({"": {}} if by is None else {})
    answer = head_of(asked, as_of) | {
        "by": by,
        "indicators": [_indicator(each, shown, asked, by, services.rules) for each in listed],
    }
    return Response(encode(answer), media_type="application/json")


async def _add_duties(
    services: Services,
    reporter: Reporter,
    asked: Asked,
    by: By | None,
    groups: dict[str, dict[str, Amount]],
) -> None:
    """Adds what was due and met in time; duties have no chemistry."""
    if by == "chemistry" or asked.chemistry is not None:
        return
    async with services.seeing(reporter).acquire() as connection:
        told = await timeliness(connection, asked, today_of(services))
    merge(groups, {"month": told.month, "prefecture": told.prefecture, None: told.all}[by])


def _indicator(
    row: Indicator,
    groups: Mapping[str, Mapping[str, Amount]],
    asked: Asked,
    by: By | None,
    rules: Rules,
) -> dict[str, Any]:
    return {
        "indicator": row.id,
        "name": row.name._asdict(),
        "definition": row.text._asdict(),
        "unit": row.unit,
        "source": row.source,
        "mark": row.mark,
        "floors": floors_of(row, asked, rules),
        "rows": [
            {
                "group": None if by is None else _group(by, group),
                "value": value(row, amounts),
                "numerator": side_of(row.counts, amounts, _narrowed(asked, by, group)),
                "denominator": side_of(row.over, amounts, _narrowed(asked, by, group))
                if row.over
                else None,
            }
            for group, amounts in groups.items()
        ],
    }


def _group(by: By, group: str) -> str:
    return month_text(int(group)) if by == "month" else group or UNKNOWN


def _narrowed(asked: Asked, by: By | None, group: str) -> Asked:
    """The same question for one group."""
    match by:
        case "month":
            return replace(asked, first=int(group), last=int(group))
        case "prefecture":
            return replace(asked, prefecture=group)
        case "chemistry":
            return replace(asked, chemistry=group)
        case _:
            return asked


@router.get(
    "/flows",
    response_model=FlowsBody,
    responses=problems(401, 403, 422),
    summary="Flows between places or stages",
)
async def get_flows(
    services: ServicesDep,
    reporter: ReporterDep,
    asked: AskedDep,
    between: Literal["places", "stages"] = "places",
) -> Response:
    """How many packs and kilograms went from where to where.

    Of places, what arrived is counted at the target and what left at the origin: an officer sees
    both ends of its own area, and to add `in` to `out` would count a way within Yunnan twice.
    """
    places = between == "places"
    measures = (*ARRIVED, *LEFT) if places else (MOVED,)
    as_of, found = await flows(services.seeing(reporter), asked, measures, places=places)
    answer = head_of(asked, as_of) | {
        "between": between,
        "flows": [flow_json(each, asked) for each in found],
    }
    return Response(encode(answer), media_type="application/json")


@router.get(
    "/contributions",
    response_model=BehindPage,
    responses=problems(401, 403, 422),
    summary="The batteries and batches behind a number",
)
async def get_contributions(  # noqa: PLR0913, PLR0917 - one argument for each filter
    services: ServicesDep,
    reporter: ReporterDep,
    asked: AskedDep,
    measure: Annotated[str, Query(description="of `schemas/indicators.json`, but of duties")],
    partner: Annotated[
        str | None, Query(description="of a flow: the other end, or `unknown`", max_length=80)
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=600)] = None,
) -> Response:
    """What each battery or batch adds, by month, place, chemistry and firm, in pages."""
    word = str(one_of("measure", measure, _OF_LIVES))
    if partner is not None:
        asked = replace(asked, partner="" if partner == UNKNOWN else partner)
    own, every = services.seeing(reporter), services.readers
    try:
        as_of, page = await contributions(own, every, asked, word, limit=limit, after=cursor)
    except Malformed as error:
        raise Refused(Fault(error.code, "/cursor", cursor, error.what, error.way_out)) from None
    names = (await services.registry.current()).names
    items = [_item(row, names) for row in page.items]
    answer = {"items": items, "next": page.next, **how_far(as_of)}
    return Response(encode(answer), media_type="application/json")


def _item(row: Behind, names: Mapping[str, str]) -> dict[str, Any]:
    cell = row.cell
    return {
        "battery": row.name if row.kind == Stream.BATTERY else None,
        "subject": row.name,
        "month": month_text(cell.month),
        "prefecture": cell.prefecture or UNKNOWN,
        "chemistry": cell.chemistry or UNKNOWN,
        "organisation": cell.firm,
        "organisation_name": names.get(cell.firm),
        "partner": (cell.partner or UNKNOWN) if MEASURE_OF[cell.measure].partner else None,
        "things": row.amount.things,
        "mass_kg": told(row.amount, "mass_g"),
        "energy_kwh": told(row.amount, "energy_wh"),
        "days": told(row.amount, "stay_s"),
    }
