"""The monthly report of an area (月报): indicators, flows, duties, findings, outlets."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Response
from starlette.concurrency import run_in_threadpool

from dianchi.access.factors import factor_tables
from dianchi.api.asked import asked_for, month_text
from dianchi.api.bodies.reporting import MonthlyBody
from dianchi.api.bodies.shared import problems
from dianchi.api.circling import content_json, savings_json
from dianchi.api.deps import LanguageDep, ReporterDep, ServicesDep
from dianchi.api.reporting import (
    area_name,
    as_of_json,
    found_json,
    must_be_within,
    owed_json,
    place_name,
    rate_json,
    sealed,
)
from dianchi.api.routes.batteries import area_of
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.indicators.values import in_months, told
from dianchi.domain.months import first_day, last_day
from dianchi.domain.places import YUNNAN
from dianchi.domain.refusals import Text
from dianchi.domain.registry import Registry
from dianchi.domain.sight import eyes_of
from dianchi.domain.siting import OUTLET_KINDS
from dianchi.domain.vocabulary import LABELS
from dianchi.exchange.json_out import encode
from dianchi.exchange.monthly_report import monthly_report
from dianchi.exchange.reports import report_pdf, report_xlsx
from dianchi.exchange.tables.files import MEDIA
from dianchi.views.indicators.query import Flow
from dianchi.views.monthly.query import Month, read_month

router = APIRouter(prefix="/v1/reports", tags=["reports"])
_PDF: Final = "application/pdf"
_WAYS: Final = {
    "came": Text("省内", "within"),
    "inflow": Text("流入本省", "in"),
    "outflow": Text("流出本省", "out"),
}
# What firms elsewhere report of themselves is no flow of this province.
_HERE: Final = frozenset(("", *(one.code for one in YUNNAN)))
MonthOf = Annotated[str, Query(description="as `2026-10`")]
Area = Annotated[str | None, Query(description="a prefecture; left out: one's whole area")]


@router.get(
    "/monthly",
    response_model=MonthlyBody,
    responses=problems(401, 403, 422),
    summary="The monthly report of an area",
)
async def get_monthly(
    services: ServicesDep, reporter: ReporterDep, month: MonthOf, prefecture: Area = None
) -> Response:
    """What happened within a month, counted where it happened, with its definitions.

    Nothing in it depends on who asks when: the same month, area and log index are the same bytes,
    while names, sites and factor tables stay as they are registered.
    """
    answer = await _month_json(services, reporter, month, prefecture)
    return Response(encode(answer), media_type="application/json")


@router.get(
    "/monthly.{form}",
    response_class=Response,
    responses={
        200: {"content": {_PDF: {}, MEDIA["xlsx"]: {}}},
        **problems(401, 403, 422),
    },
    summary="The monthly report as a paper or workbook",
)
async def get_monthly_file(
    services: ServicesDep,
    reporter: ReporterDep,
    language: LanguageDep,
    form: Annotated[Literal["pdf", "xlsx"], Path()],
    month: MonthOf,
    prefecture: Area = None,
) -> Response:
    """The same on paper or in a workbook; it carries its month, area, log index and hash."""
    answer = await _month_json(services, reporter, month, prefecture)
    asked = f"{form} monthly?month={month}&area={answer['area']}"
    await services.audit.note(reporter, "GET /v1/reports/monthly.{form}", asked)
    make = report_pdf if form == "pdf" else report_xlsx
    body = await run_in_threadpool(lambda: make(monthly_report(answer, language)))
    name = f'attachment; filename="monthly-{answer["month"]}-{answer["area"]}.{form}"'
    media = _PDF if form == "pdf" else MEDIA["xlsx"]
    return Response(body, media_type=media, headers={"content-disposition": name})


async def _month_json(
    services: Services, reporter: Reporter, month: str, told_area: str | None
) -> dict[str, Any]:
    prefecture = area_of(told_area)
    must_be_within(prefecture, reporter)
    area = prefecture or reporter.bound_to
    asked = await asked_for(services, reporter, month, month, prefecture or _whole(area))
    eyes = eyes_of(reporter)
    lender = services.seeing(reporter)
    read = await read_month(lender, asked, None if eyes.everything else eyes.of)
    registry = await services.registry.current()
    async with lender.acquire() as connection:
        tables = await factor_tables(connection)
    return sealed(
        {
            "month": month_text(asked.first),
            "area": area or "53",
            "area_name": area_name(area)._asdict(),
            **as_of_json(read.as_of),
            **_counts_json(read, services),
            "recycled_content": content_json(read.circle, asked, registry.names),
            "savings": savings_json(read.circle, asked, tables),
            "outlets": _outlets_json(registry, read, reporter),
            "taken_in": _taken_json(registry, read),
        }
    )


def _whole(area: str | None) -> str | None:
    """The prefecture in which a county lies; a functional area lies in several."""
    return f"{area[:4]}00" if area is not None and area.isdigit() else None


def _counts_json(read: Month, services: Services) -> dict[str, Any]:
    month = read.asked.first
    return {
        "indicators": [rate_json(row, read.sums) for row in in_months(month, month)],
        "flows": [_flow_json(flow) for flow in _largest(read.ways) if flow.prefecture in _HERE],
        "stages": [_step_json(flow) for flow in _largest(read.steps)],
        "obligations": owed_json(read.owed, services.rules),
        "findings": found_json(read.findings),
    }


def _largest(flows: Any) -> list[Flow]:  # noqa: ANN401 - a sequence of flows
    return sorted(flows, key=lambda flow: (-flow.amount.mass_g, flow.measure, flow.partner))


def _flow_json(flow: Flow) -> dict[str, Any]:
    ends = flow.partner, flow.prefecture
    origin, target = ends[::-1] if flow.measure == "outflow" else ends
    return {
        "way": _WAYS[flow.measure]._asdict(),
        "origin": origin,
        "origin_name": place_name(origin)._asdict(),
        "target": target,
        "target_name": place_name(target)._asdict(),
        "packs": flow.amount.things,
        "mass_kg": told(flow.amount, "mass_g"),
    }


def _step_json(flow: Flow) -> dict[str, Any]:
    origin, target = flow.partner.split(">")
    return {
        "origin": origin,
        "origin_name": _word(origin)._asdict(),
        "target": target,
        "target_name": _word(target)._asdict(),
        "packs": flow.amount.things,
        "mass_kg": told(flow.amount, "mass_g"),
    }


def _word(word: str) -> Text:
    zh, en = LABELS.get(word, (word, word))
    return Text(zh, en)


def _outlets_json(registry: Registry, read: Month, reporter: Reporter) -> list[dict[str, Any]]:
    """Registered outlets of the area: at the end of the month, opened and closed within it."""
    first, last = first_day(read.asked.first), last_day(read.asked.first)
    area = read.asked.prefecture
    eyes = eyes_of(reporter)
    here = [
        site
        for site in registry.sites.values()
        if site.kind in OUTLET_KINDS
        and (area is None or registry.prefecture(site.organisation, site.number) == area)
        and (eyes.everything or eyes.see(registry.areas(site.organisation, site.number)))
    ]
    standing = [
        site
        for site in here
        if (site.opened_on is None or site.opened_on <= last)
        and (site.closed_on is None or site.closed_on > last)
    ]
    opened = [site for site in here if site.opened_on and first <= site.opened_on <= last]
    closed = [site for site in here if site.closed_on and first <= site.closed_on <= last]
    told_of = [
        *((_word(kind), [site for site in standing if site.kind == kind]) for kind in OUTLET_KINDS),
        (Text("本月新设", "opened this month"), opened),
        (Text("本月撤销", "closed this month"), closed),
    ]
    return [{"name": name._asdict(), "number": len(sites)} for name, sites in told_of]


def _taken_json(registry: Registry, read: Month) -> list[dict[str, Any]]:
    return [
        {
            "organisation": row.firm,
            "name": registry.names.get(row.firm, row.firm),
            "packs": row.things,
            "mass_kg": format(row.mass_g / 1000, ".3f").rstrip("0").rstrip("."),
        }
        for row in read.gathered
    ]
