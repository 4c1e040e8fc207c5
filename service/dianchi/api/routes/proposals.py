"""What waits for a second person: listed, confirmed, declined."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request

from dianchi.access.sessions import Signed
from dianchi.api.bodies.people import ProposalConfirmed, ProposalRead, Proposals
from dianchi.api.bodies.shared import problems
from dianchi.api.confirming import (
    confirmed,
    declined,
    link_made,
    proposals_read,
    waiting_for,
)
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.second_person import in_person
from dianchi.domain.admit import Reporter

router = APIRouter(prefix="/v1/proposals", tags=["people"])


async def _voter(request: Request, services: ServicesDep, reporter: Reporter) -> Signed:
    why = ("只有登录的人可以确认", "only a person who is signed in may confirm")
    return await in_person(request, services, reporter, why)


@router.get("", responses=problems(401, 403), summary="List what waits for a second person")
async def get_proposals(
    request: Request, services: ServicesDep, reporter: ReporterDep
) -> Proposals:
    """What one can confirm, or has proposed oneself; the oldest first."""
    signed = await _voter(request, services, reporter)
    found = await waiting_for(signed, services)
    return Proposals(items=await proposals_read(found, services))


@router.post(
    "/{id}/confirm",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="Confirm as the second person",
)
async def post_confirmed(
    request: Request,
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
) -> ProposalConfirmed:
    """Does what was proposed: by an officer whose area holds that of the person.

    A link that it makes is shown this once, to whoever confirms and not to whoever proposed.
    """
    signed = await _voter(request, services, reporter)
    found, link = await confirmed(signed, named, services)
    [read] = await proposals_read([found], services)
    made = None if link is None else link_made(services, link)
    return ProposalConfirmed(link=made, **read.model_dump())


@router.post(
    "/{id}/decline",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="Decline, or withdraw one's own",
)
async def post_declined(
    request: Request,
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
) -> ProposalRead:
    """Nothing is done; it can be proposed again."""
    signed = await _voter(request, services, reporter)
    [read] = await proposals_read([await declined(signed, named, services)], services)
    return read
