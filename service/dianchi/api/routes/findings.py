"""Findings: what does not fit, over all batteries."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from dianchi.access.case_reading import cases_of
from dianchi.api.answers import finding_json
from dianchi.api.bodies.batteries import FindingPage
from dianchi.api.bodies.shared import problems
from dianchi.api.case_marks import mark_of
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.finding_filters import firm_asked, must_be_told
from dianchi.api.naming import canonical_name
from dianchi.api.routes.batteries import area_of, one_of, reflected
from dianchi.domain.findings import CATALOGUE
from dianchi.domain.refusals import Fault, Malformed, Refused
from dianchi.domain.sight import seers_of
from dianchi.exchange.json_out import encode, moment
from dianchi.views.findings.query import list_findings
from dianchi.views.findings.telling import told_to

router = APIRouter(prefix="/v1/findings", tags=["findings"])


@router.get(
    "", response_model=FindingPage, responses=problems(401, 403, 422), summary="List findings"
)
async def get_findings(  # noqa: PLR0913, PLR0917 - one argument for each filter
    services: ServicesDep,
    reporter: ReporterDep,
    battery: str | None = None,
    code: str | None = None,
    kind: Literal["life", "link", "clock"] | None = None,
    state: Literal["open", "closed", "all"] = "open",
    organisation: Annotated[
        str | None, Query(description="who made the report that shows it", max_length=120)
    ] = None,
    prefecture: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Response:
    """Findings by battery, code, kind, state, organisation and prefecture, newest first, in pages.

    By another's organisation, or by prefecture, an authority asks alone: a firm would learn who
    reported, and where, of what it is not told.
    """
    registry = await services.registry.current()
    name = canonical_name(battery, registry) if battery else None
    firm = firm_asked(organisation, registry, reporter)
    must_be_told(reporter, {"organisation": firm, "prefecture": prefecture})
    try:
        page = await list_findings(
            services.seeing(reporter),
            battery=name,
            code=one_of("code", code, CATALOGUE),
            kind=kind,
            organisation=firm,
            prefecture=area_of(prefecture),
            state=state,
            limit=limit,
            after=cursor,
            seers=seers_of(reporter),
        )
    except Malformed as error:
        raise Refused(Fault(error.code, "/cursor", cursor, error.what, error.way_out)) from None
    worked = await cases_of(services.seeing(reporter), [row.id for row in page.items])
    items = [
        finding_json(
            row.finding,
            row.battery,
            registry.names,
            subject=row.subject,
            opened_at=moment(row.opened_at),
            closed_at=moment(row.closed_at) if row.closed_at else None,
            named=str(row.id),
            case=mark_of(worked.get(row.id)),
            organisation=row.organisation if reporter.role == "regulator" else None,
        )
        for row in await told_to(reporter, services.seeing(reporter), page.items)
    ]
    answer = {"items": items, "next": page.next, "log_index": reflected(page.log_index)}
    return Response(encode(answer), media_type="application/json")
