"""Canonical reports: what a signature covers, before a report is sent and after it was."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.routes.events import absent_event, body_schema, find_line, report_schema
from dianchi.api.sight import seen_reports
from dianchi.domain.purposes import MOST_REFERRED
from dianchi.domain.refusals import Refused
from dianchi.exchange.json_in import read_json
from dianchi.store.envelope import open_json
from dianchi.store.lives import SQL
from dianchi_client.canonical import retold

router = APIRouter(prefix="/v1", tags=["signatures"])
_CANONICAL: Final[dict[str, Any]] = {
    "content": {"application/json": {"schema": {"type": "object"}}},
    "description": "The exact bytes whose SHA-256 is `report_sha256`",
}


@router.post(
    "/events/canonical",
    response_class=Response,
    responses={200: _CANONICAL, **problems(400, 401, 403, 413, 422, 429)},
    openapi_extra=body_schema(report_schema(), "application/json"),
    summary="The canonical form of a report",
)
async def post_canonical(
    services: ServicesDep, reporter: ReporterDep, request: Request
) -> Response:
    """The bytes that a signature of this report must cover. Nothing is stored.

    VINs stand in them as `vin_ref`, which only the service can make: 500 within an hour, each of
    them noted in the audit log.
    """
    raw = read_json(await request.body())
    told = services.recorder.canonical(raw, reporter)
    references = _references(open_json(told))
    if references:
        if not services.references.take(reporter.organisation, len(references)):
            raise _too_many()
        subject = f"vin_ref {' '.join(references)}"
        await services.audit.note(reporter, "POST /v1/events/canonical", subject)
    return _answer(told)


def _references(told: object) -> list[str]:
    """Every `vin_ref` in a report."""
    if isinstance(told, list):
        return [each for item in told for each in _references(item)]
    if not isinstance(told, dict):
        return []
    own = [told["vin_ref"]] if isinstance(told.get("vin_ref"), str) else []
    return own + [each for item in told.values() for each in _references(item)]


def _too_many() -> Refused:
    return refuse(
        "too_many_requests",
        (
            f"一小时内已为 {MOST_REFERRED} 个车辆识别代号给出 vin_ref",
            f"the vin_ref of {MOST_REFERRED} VINs was told within an hour",
        ),
        (
            "请一小时后再试；上报本身不受此限，答复中有 vin_ref",
            "go on in an hour; reports themselves are not limited, and their events say it",
        ),
        pointer="/data",
    )


@router.get(
    "/events/{event_id}/report",
    response_class=Response,
    responses={200: _CANONICAL, **problems(400, 401, 403, 404, 422)},
    summary="The report behind an event",
)
async def get_report(
    services: ServicesDep, reporter: ReporterDep, event_id: UUID, battery: str | None = None
) -> Response:
    """The whole canonical report, as it was hashed and, where it was, signed.

    For who made it, and for who sees everything that it touched.
    """
    registry = await services.registry.current()
    async with services.seeing(reporter).acquire() as connection:
        line = await find_line(connection, event_id, battery, registry, reporter)
        if not await seen_reports(services, reporter, [str(event_id)]):
            raise absent_event(event_id)
        report = await connection.fetchrow(SQL["report"], event_id)
    told = report["body"] if report and report["body"] else retold(open_json(line["body"]))
    if told is None:
        raise refuse(
            "not_found",
            (
                "这份上报的原文没有另存：它没有签名，其中的单位名称已换成 id",
                "its own words were not kept: it is unsigned, and a name in it became an id",
            ),
            ("请用 GET /v1/events/{event_id}", "use GET /v1/events/{event_id}"),
            pointer="/event_id",
            value=str(event_id),
        )
    return _answer(told)


def _answer(told: bytes) -> Response:
    return Response(told, media_type="application/json")
