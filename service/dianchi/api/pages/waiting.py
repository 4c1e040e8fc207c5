"""`/account/waiting`: what a second person is asked to confirm."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from dianchi.access.people import place_of
from dianchi.access.proposals import Proposal
from dianchi.access.sessions import Signed
from dianchi.api.confirming import confirmed, declined, link_made, may_vote, waiting_for
from dianchi.api.deps import ServicesDep
from dianchi.api.names import names_of
from dianchi.api.pages.account import back, form_of, whole
from dianchi.api.pages.frame import Asked, Said, asked_of, facts_of, local, said_of
from dianchi.api.problems import PROBLEMS
from dianchi.domain.refusals import Refused

router = APIRouter(prefix="/account/waiting", include_in_schema=False)


@router.get("")
async def get_waiting(request: Request, services: ServicesDep) -> Response:
    """What waits."""
    asked = await asked_of(request, services)
    signed = whole(asked)
    return await _list(asked, signed) if signed else back(asked)


@router.post("/confirm")
async def post_confirmed(request: Request, services: ServicesDep) -> Response:
    """Confirms one, and shows the link that it makes, once."""
    sent = await form_of(request, services, _list)
    if isinstance(sent, Response):
        return sent
    asked, signed = sent
    try:
        found, link = await confirmed(signed, _named(asked), services)
    except Refused as refused:
        return await _refused(asked, signed, refused)
    shown = link_made(services, link).link if link else None
    names = await names_of([found.person], services)
    return asked.page("vouched.html", name=names[found.person.id], link=shown)


@router.post("/decline")
async def post_declined(request: Request, services: ServicesDep) -> Response:
    """Declines one, or withdraws one's own."""
    sent = await form_of(request, services, _list)
    if isinstance(sent, Response):
        return sent
    asked, signed = sent
    try:
        await declined(signed, _named(asked), services)
    except Refused as refused:
        return await _refused(asked, signed, refused)
    return asked.go("/account/waiting")


@router.get("/confirm")
@router.get("/decline")
async def get_other(request: Request, services: ServicesDep) -> Response:
    """The address of a form, opened by itself."""
    asked = await asked_of(request, services)
    return asked.go("/account/waiting")


def _named(asked: Asked) -> UUID:
    """The proposal that a form names; none has the id of zeros."""
    try:
        return UUID(asked.form.get("id", ""))
    except ValueError:
        return UUID(int=0)


async def _refused(asked: Asked, signed: Signed, refused: Refused) -> Response:
    status = PROBLEMS[refused.faults[0].code].status
    return await _list(asked, signed, said_of(refused), status)


async def _list(
    asked: Asked, signed: Signed, said: Said | None = None, status: int = 200
) -> Response:
    found = await waiting_for(signed, asked.services)
    names = await names_of([one.person for one in found], asked.services)
    items = [_shown(one, signed, asked) | {"name": names[one.person.id]} for one in found]
    return asked.page("waiting.html", status, said=said, items=items)


def _shown(found: Proposal, signed: Signed, asked: Asked) -> dict[str, object]:
    return {
        "id": found.asked.id,
        "act": f"act_{found.asked.act}",
        "facts": facts_of(asked, place_of(found.asked)),
        "clears_codes": found.asked.clears_codes,
        "at": local(found.asked.made_at),
        "may": may_vote(signed, found),
        "mine": found.asked.made_by == signed.person,
    }
