"""The record of a stock count (盘点), as JSON and as a paper to keep."""

import asyncio
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from dianchi.access.photos import photo_of
from dianchi.api.bodies.counts import CountBody
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.routes.events import absent_event, corrected_by, find_line
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.lines import site_subject
from dianchi.exchange.count_paper import count_pdf
from dianchi.exchange.json_out import encode
from dianchi.store.envelope import open_event, open_json
from dianchi.views.behind import behind
from dianchi.views.counts.query import compare, counted_in

router = APIRouter(prefix="/v1/counts", tags=["counts"])
_PDF: Final = "application/pdf"
_PAUSES_S: Final = (0.2, 0.5, 1.0, 2.0, 2.0, 0)


@router.get(
    "/{event_id}.pdf",
    response_class=Response,
    responses={200: {"content": {_PDF: {}}}, **problems(400, 401, 403, 404, 422)},
    summary="The record of a stock count, to keep",
)
async def get_count_pdf(services: ServicesDep, reporter: ReporterDep, event_id: UUID) -> Response:
    """The same on paper, with the drawn signatures and how to check it.

    Who asks just after the count waits a little: until what was missing is known, and signed.
    """
    for pause in _PAUSES_S:
        told = await _record(services, reporter, event_id)
        index = told["log_index"]
        receipt = None if index is None else await services.log.receipt(index)
        if told["settled"] and receipt is not None:
            break
        await asyncio.sleep(pause)
    drawn = []
    for digest in told["signatures"]:
        photo = await photo_of(services.keeper, [told["organisation"]], bytes.fromhex(digest))
        drawn.append((digest, photo.body if photo else None))
    proof = bytes(receipt).decode() if receipt is not None else None
    address = f"{services.entry.issuer}{told['receipt']}"
    body = await run_in_threadpool(count_pdf, told, drawn, proof, address)
    return Response(body, media_type=_PDF, headers={"cache-control": "private, no-store"})


@router.get(
    "/{event_id}",
    response_model=CountBody,
    responses=problems(400, 401, 403, 404, 422),
    summary="The record of a stock count",
)
async def get_count(services: ServicesDep, reporter: ReporterDep, event_id: UUID) -> Response:
    """What agreed with the record as it was before the count, what was missing, what was extra."""
    told = await _record(services, reporter, event_id)
    return Response(encode(told), media_type="application/json")


async def _record(services: Services, reporter: Reporter, event_id: UUID) -> dict[str, Any]:
    """The members of the record.

    Raises:
        Refused: `not_found`: there is no such count, or its site is none of the caller's business.
    """
    registry = await services.registry.current()
    async with services.readers.acquire() as connection:
        counted = await counted_in(connection, event_id)
    if counted is None:
        raise absent_event(event_id)
    subject = site_subject(counted.organisation, counted.site)
    shown = services.seeing(reporter)
    async with shown.acquire() as connection:
        line = await find_line(connection, event_id, subject, registry, reporter)
        withdrawn = await corrected_by(connection, event_id)
    # Asked before the findings are read: what is settled then stays so.
    at = (await behind(services.readers)).get("views_at")
    envelope, count = open_json(line["body"]), open_event(line["body"])
    async with services.readers.acquire() as connection:
        found = await compare(connection, shown, count, counted, services.rules)
    data, site = envelope["data"], registry.sites.get((counted.organisation, counted.site))
    kept = ("event_id", "organisation", "role", "occurred_at", "recorded_at", "report_sha256")
    return {
        **{name: envelope[name] for name in kept},
        "site": counted.site,
        "site_name": site.name if site else None,
        "organisation_name": registry.names.get(counted.organisation),
        "basis": data["basis"],
        "complete": data["complete"],
        "device": envelope.get("device"),
        "counted": len(counted.batteries),
        "agreed": list(found.agreed),
        "missing": list(found.missing),
        "extra": list(found.extra),
        "settled": None not in (at, line["log_index"]) and at >= line["log_index"],
        "signatures": data.get("signatures", []),
        "log_index": line["log_index"],
        "receipt": f"/v1/events/{event_id}/receipt?battery={quote(subject)}",
        "corrected_by": withdrawn,
    }
