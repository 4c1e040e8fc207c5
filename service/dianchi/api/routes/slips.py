"""`GET /v1/events/{event_id}/slip.{kind}`: the receipt that whoever gives a battery takes home."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from starlette.concurrency import run_in_threadpool

from dianchi.access.keys import now_of
from dianchi.access.slips import TAKEN_IN, TakingIn, numbered
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.routes.events import absent_event, readable_lines
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.fields import microseconds
from dianchi.domain.working_days import CHINA
from dianchi.exchange.slips import Slip, slip_pdf, slip_png, slip_svg
from dianchi.store.envelope import open_json

router = APIRouter(prefix="/v1", tags=["events"])
_DRAW: Final[dict[str, tuple[Callable[[Slip, str], bytes], str]]] = {
    "pdf": (slip_pdf, "application/pdf"),
    "png": (slip_png, "image/png"),
    "svg": (slip_svg, "image/svg+xml"),
}


@router.get(
    "/events/{event_id}/slip.{kind}",
    response_class=Response,
    responses={
        200: {"content": {media_type: {} for _, media_type in _DRAW.values()}},
        **problems(401, 403, 404, 409, 422),
    },
    summary="The slip of a taking-in",
)
async def get_slip(
    services: ServicesDep,
    reporter: ReporterDep,
    event_id: UUID,
    kind: Literal["pdf", "png", "svg"],
    paper: Annotated[Literal["roll", "a4"], Query(description="80 mm, or A4")] = "roll",
) -> Response:
    """A slip with its number and the address where anybody may check it; names no person.

    Of `collected` and `received`. The number is the same each time, and known from the first on.
    """
    envelope = await _taken_in(services, reporter, event_id)
    slip = await _slip(services, envelope, event_id)
    draw, media_type = _DRAW[kind]
    return Response(await run_in_threadpool(draw, slip, paper), media_type=media_type)


async def _taken_in(services: Services, reporter: Reporter, event_id: UUID) -> dict[str, Any]:
    async with services.seeing(reporter).acquire() as connection:
        rows = await readable_lines(connection, event_id, reporter)
    if not rows:
        raise absent_event(event_id)
    envelope = open_json(rows[0]["body"])
    if envelope["type"] not in TAKEN_IN:
        raise refuse(
            "not_a_taking_in",
            ("只有回收入库和接收有收据", "only collected and received have a slip"),
            ("请给出这类上报的 event_id", "give the event_id of such a report"),
            pointer="/event_id",
            value=str(event_id),
        )
    return envelope


async def _slip(services: Services, envelope: dict[str, Any], event_id: UUID) -> Slip:
    at = datetime.fromtimestamp(microseconds(envelope["occurred_at"]) / 1e6, UTC)
    number = await numbered(services.registrar, TakingIn(event_id, at), now_of(services.clock))
    registry, data = await services.registry.current(), envelope["data"]
    firm = envelope["organisation"]
    site = registry.sites.get((firm, envelope.get("site") or ""))
    giver = data.get("sender", data.get("source_organisation"))
    count = data.get("count", 1)
    return Slip(
        number=number,
        url=f"HTTPS://{services.public_host.upper()}/R/{number}",
        outlet=registry.names.get(firm, firm),
        site=site.name if site else envelope.get("site"),
        giver=None if giver is None else _called(giver, registry.names),
        day=f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        count=count,
        mass_kg=data.get("total_mass_kg") or data.get("mass_kg"),
        batteries=(envelope["reported_as"],) if count == 1 else (),
    )


def _called(party: Any, names: Any) -> str:  # noqa: ANN401 - a canonical party
    if isinstance(party, dict):
        return str(party["name"])
    return str(names.get(party, party))
