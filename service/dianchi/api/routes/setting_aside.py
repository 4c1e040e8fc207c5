"""Reports that are not to count (不予采信): one officer proposes, a second one decides."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request

from dianchi.access.sessions import Signed
from dianchi.api.asides import (
    aside_confirmed,
    aside_declined,
    aside_proposed,
    aside_read,
    asides_waiting,
)
from dianchi.api.bodies.setting_aside import AsideRead, Asides, AsideWish
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.second_person import in_person
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter

router = APIRouter(prefix="/v1/set-aside", tags=["acts"])


async def _officer(request: Request, services: Services, reporter: Reporter) -> Signed:
    why = ("须由登录的监管人员提出和确认", "officers who are signed in propose and confirm")
    return await in_person(request, services, reporter, why)


@router.get("", responses=problems(401, 403, 404, 422), summary="List what waits for a second one")
async def get_asides(
    services: ServicesDep,
    reporter: ReporterDep,
    battery: Annotated[str | None, Query(max_length=200)] = None,
) -> Asides:
    """Proposals about batteries that the caller sees; the oldest first."""
    rows = await asides_waiting(services, reporter, battery)
    return Asides(items=[aside_read(services, reporter, row) for row in rows])


@router.post(
    "",
    status_code=201,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="Propose to set a report aside",
)
async def post_aside(
    request: Request, services: ServicesDep, reporter: ReporterDep, wish: AsideWish
) -> AsideRead:
    """Nothing counts differently yet: another officer who sees the battery confirms it."""
    signed = await _officer(request, services, reporter)
    row = await aside_proposed(services, reporter, signed, wish)
    return aside_read(services, reporter, row)


@router.post(
    "/{id}/confirm",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="Confirm as the second officer",
)
async def post_aside_confirmed(
    request: Request,
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
) -> AsideRead:
    """Records the `set_aside`: from now on the life is as if it had not been reported."""
    signed = await _officer(request, services, reporter)
    row = await aside_confirmed(services, reporter, signed, named)
    return aside_read(services, reporter, row)


@router.post(
    "/{id}/decline",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="Decline, or withdraw one's own",
)
async def post_aside_declined(
    request: Request,
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
) -> AsideRead:
    """The report counts as before."""
    signed = await _officer(request, services, reporter)
    row = await aside_declined(services, reporter, signed, named)
    return aside_read(services, reporter, row)
