"""The third-party evaluation of an organisation (第三方评价)."""

from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response
from starlette.concurrency import run_in_threadpool

from dianchi.api.asked import asked_for, month_text
from dianchi.api.bodies.reporting import EvaluationBody
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import LanguageDep, ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.reporting import (
    area_name,
    as_of_json,
    found_json,
    owed_json,
    rate_json,
    sealed,
)
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.dated import in_force
from dianchi.domain.evaluation import CRITERIA, INDICATORS_LOOKED_AT, timeliness
from dianchi.domain.indicators.cells import NOTHING
from dianchi.domain.indicators.measure_rows import METALS
from dianchi.domain.indicators.rows import INDICATORS
from dianchi.domain.indicators.values import in_months, told, value
from dianchi.domain.months import last_day
from dianchi.domain.passing import acts_for, not_yours
from dianchi.domain.refusals import Text
from dianchi.domain.registry import Organisation, Registry
from dianchi.domain.role_titles import ROLE_TITLES
from dianchi.domain.rules import Rules
from dianchi.domain.sight import eyes_of
from dianchi.domain.vocabulary import LABELS
from dianchi.exchange.evaluation_report import evaluation_report
from dianchi.exchange.json_out import encode
from dianchi.exchange.reports import report_pdf
from dianchi.views.evaluations.query import Evidence, read_evidence

router = APIRouter(prefix="/v1/organisations", tags=["reports"])
_PDF: Final = "application/pdf"
_OWN: Final = Text("本单位全部记录", "all of its own record")
_AUDITED: Final = Text("受托审计的单位", "the organisations under audit")
First = Annotated[str | None, Query(alias="from", description="first month; left out: 12 months")]
Last = Annotated[str | None, Query(alias="to", description="last month; left out: this one")]


@router.get(
    "/{id}/evaluation",
    response_model=EvaluationBody,
    responses=problems(401, 403, 404, 422),
    summary="The evaluation of an organisation",
)
async def get_evaluation(
    services: ServicesDep,
    reporter: ReporterDep,
    organisation: Annotated[str, Path(alias="id", description="id, USCC or name")],
    first: First = None,
    last: Last = None,
) -> Response:
    """How it reports and recovers, with definitions; the organisation may read its own."""
    answer = await _evaluation(services, reporter, organisation, (first, last))
    return Response(encode(answer), media_type="application/json")


@router.get(
    "/{id}/evaluation.pdf",
    response_class=Response,
    responses={200: {"content": {_PDF: {}}}, **problems(401, 403, 404, 422)},
    summary="The evaluation of an organisation, on paper",
)
async def get_evaluation_pdf(
    services: ServicesDep,
    reporter: ReporterDep,
    language: LanguageDep,
    organisation: Annotated[str, Path(alias="id", description="id, USCC or name")],
    first: First = None,
    last: Last = None,
) -> Response:
    """The same on paper, with its period, log index and hash."""
    answer = await _evaluation(services, reporter, organisation, (first, last))
    asked = f"{answer['organisation']} from={answer['first']}&to={answer['last']}"
    await services.audit.note(reporter, "GET /v1/organisations/{id}/evaluation.pdf", asked)
    body = await run_in_threadpool(lambda: report_pdf(evaluation_report(answer, language)))
    name = f"evaluation-{answer['organisation']}-{answer['first']}-{answer['last']}.pdf"
    attached = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=_PDF, headers=attached)


async def _evaluation(
    services: Services, reporter: Reporter, named: str, months: tuple[str | None, str | None]
) -> dict[str, Any]:
    firm = await _firm(services, reporter, named)
    asked = await asked_for(services, reporter, *months)
    eyes = eyes_of(reporter)
    lender = services.seeing(reporter)
    read = await read_evidence(lender, firm.id, asked, None if eyes.everything else eyes.of)
    return sealed(
        {
            "organisation": firm.id,
            "name": firm.name,
            "role_names": [_role(role) for role in sorted(firm.roles)],
            "first": month_text(asked.first),
            "last": month_text(asked.last),
            "scope_name": _scope(reporter)._asdict(),
            **as_of_json(read.as_of),
            "holds": read.holds,
            "permits": _permits(firm, await services.registry.current()),
            "rates": [_timeliness(read), *_rates(read)],
            "obligations": owed_json(read.owed, services.rules),
            "findings": found_json(read.findings),
            "recovery": _recovery(read, services.rules),
            "criteria": [
                {"criterion": row.id, "name": row.name._asdict(), "definition": row.text._asdict()}
                for row in CRITERIA
                if row.id != "timeliness" and in_force(row, last_day(asked.last))
            ],
        }
    )


async def _firm(services: Services, reporter: Reporter, named: str) -> Organisation:
    """The organisation, where the caller may read its evaluation.

    Raises:
        Refused: there is none, or it is none of the caller's business.
    """
    registry = await services.registry.current()
    firm = registry.organisation(named)
    if firm is None:
        raise refuse(
            "not_found",
            ("没有登记这家单位", "no such organisation is registered"),
            ("请从 GET /v1/organisations 中选取", "choose one of GET /v1/organisations"),
            pointer="/id",
            value=named,
        )
    audited = reporter.names is not None and firm.id in reporter.names
    if not (audited or acts_for(reporter, firm, firm.id)):
        raise not_yours(firm.id)
    return firm


def _permits(firm: Organisation, registry: Registry) -> list[dict[str, Any]]:
    """The permits of the firm, then those of its sites."""
    of_sites = [
        (site.number, permit)
        for (organisation, _), site in sorted(registry.sites.items())
        if organisation == firm.id
        for permit in site.permits
    ]
    return [
        {
            "kind": permit.kind,
            "number": permit.number,
            "site": site,
            "valid_from": str(permit.valid_from),
            "valid_to": str(permit.valid_to),
        }
        for site, permit in (*((None, each) for each in firm.permits), *of_sites)
    ]


def _scope(reporter: Reporter) -> Text:
    if reporter.role == "auditor":
        return _AUDITED
    return area_name(reporter.bound_to) if reporter.role == "regulator" else _OWN


def _timeliness(read: Evidence) -> dict[str, Any]:
    [row] = [one for one in CRITERIA if one.id == "timeliness"]
    counted = dict.fromkeys(("met", "late", "overdue"), 0)
    for group, count in read.owed.items():
        if group.state in counted:
            counted[group.state] += count
    share = timeliness(**counted)
    return {
        "indicator": row.id,
        "name": row.name._asdict(),
        "definition": row.text._asdict(),
        "unit": "share",
        "value": format(share, "f") if share is not None else None,
        "numerator": str(counted["met"]),
        "denominator": str(sum(counted.values())),
    }


def _rates(read: Evidence) -> list[dict[str, Any]]:
    listed = in_months(read.asked.first, read.asked.last)
    return [rate_json(row, read.sums) for row in listed if row.id in INDICATORS_LOOKED_AT]


def _recovery(read: Evidence, rules: Rules) -> list[dict[str, Any]]:
    """Metals that went into rated batches, each with the floors that hold at the end."""
    rates = {row.metal: row for row in INDICATORS if row.metal}
    answer = []
    for metal, zh, en in METALS:
        share = value(rates[metal], read.sums)
        if share is None:
            continue
        answer.append(
            {
                "metal": metal,
                "metal_name": {"zh": zh, "en": en},
                "value": share,
                "out_kg": told(read.sums.get(f"rated_out_{metal}", NOTHING), "mass_g"),
                "in_kg": told(read.sums.get(f"rated_in_{metal}", NOTHING), "mass_g"),
                "floors": [
                    {
                        "process": floor.process,
                        "process_name": _word(floor.process),
                        "share": format(floor.share, "f"),
                        "kept": Decimal(share) >= floor.share,
                    }
                    for floor in rules.floors
                    if floor.metal == metal and in_force(floor, last_day(read.asked.last))
                ],
            }
        )
    return answer


def _role(role: str) -> dict[str, str]:
    return ROLE_TITLES[role]._asdict() if role in ROLE_TITLES else {"zh": role, "en": role}


def _word(word: str) -> dict[str, str]:
    zh, en = LABELS.get(word, (word, word))
    return {"zh": zh, "en": en}
