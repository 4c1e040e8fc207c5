"""Requests to fetch batteries (收运申请), for who asked and for who was asked."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final

from asyncpg import Record
from fastapi import APIRouter, Query, Response

from dianchi.api.bodies.pickups import PickupPage
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.routes.batteries import reflected
from dianchi.domain.counties import county_of
from dianchi.domain.fields import instant_text
from dianchi.domain.refusals import Fault, Malformed, Refused
from dianchi.domain.registry import Registry
from dianchi.domain.sight import seers_of
from dianchi.domain.working_days import business_date
from dianchi.exchange.json_out import encode
from dianchi.views.pickups.query import Side, State, list_pickups

router = APIRouter(prefix="/v1/pickups", tags=["pickups"])
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@router.get(
    "", response_model=PickupPage, responses=problems(401, 403, 422), summary="List pickups"
)
async def get_pickups(
    services: ServicesDep,
    reporter: ReporterDep,
    state: Annotated[
        State | None, Query(description="`open`: not answered, in the term or after it")
    ] = None,
    side: Annotated[
        Side | None, Query(description="`addressee`: asked of the caller; `requester`: by it")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Response:
    """Who asked whom to fetch what, newest first, in pages; answered with `pickup_answered`."""
    registry = await services.registry.current()
    try:
        page = await list_pickups(
            services.seeing(reporter),
            services.clock.now_us(),
            limit=limit,
            after=cursor,
            state=state,
            side=(side, reporter.organisation) if side else None,
            seers=seers_of(reporter),
        )
    except Malformed as error:
        raise Refused(Fault(error.code, "/cursor", cursor, error.what, error.way_out)) from None
    items = [_shown(row, registry) for row in page.items]
    answer = {"items": items, "next": page.next, "log_index": reflected(page.log_index)}
    return Response(encode(answer), media_type="application/json")


def _shown(row: Record, registry: Registry) -> dict[str, Any]:
    answered_us = row["answered_us"]
    return {
        "pickup": row["number"],
        "event_id": str(row["event_id"]),
        "requester": _side(row["requester"], row["requester"], registry),
        "addressee": _side(row["addressee"], row["addressee_told"], registry),
        "site": _site(row["requester"], row["site"], registry),
        "batteries": row["batteries"],
        "asked_at": instant_text(row["asked_us"]),
        "answer_by": str(_last_day(row["silent_us"])),
        "state": row["state"],
        "answer": row["answer"],
        "reason": row["reason"],
        "answered_at": instant_text(answered_us) if answered_us is not None else None,
    }


def _side(party: str, told: str, registry: Registry) -> dict[str, Any]:
    known = party in registry.organisations
    return {"id": party if known else None, "name": registry.names.get(party, told)}


def _site(organisation: str, number: str | None, registry: Registry) -> dict[str, Any] | None:
    if number is None:
        return None
    site = registry.sites.get((organisation, number))
    county = county_of(site.county) if site and site.county else None
    return {
        "number": number,
        "name": site.name if site else None,
        "prefecture": registry.prefecture(organisation, number),
        "county": site.county if site else None,
        "county_text": {"zh": county.zh, "en": county.en} if county else None,
    }


def _last_day(silent_us: int) -> date:
    """The day that ended when whoever was asked became silent."""
    return business_date(_EPOCH + timedelta(microseconds=silent_us - 1))
