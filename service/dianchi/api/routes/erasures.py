"""Erasing personal data: asked by one person, approved by another."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from dianchi.access.erasures import (
    DecidedError,
    Erasure,
    NoValueError,
    SameHandError,
    approve,
    ask,
    decline,
    find,
    listed,
)
from dianchi.access.keys import now_of
from dianchi.api.bodies.erasures import DeclineNew, ErasureBody, ErasureNew, Erasures
from dianchi.api.bodies.shared import problems
from dianchi.api.cursors import page_place
from dianchi.api.deps import HandDep, ReporterDep, ServicesDep
from dianchi.api.erasing import concerns, erasure_body, may_ask, no_value, wanted_of
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Refused
from dianchi.views.pages import cursor_of

router = APIRouter(prefix="/v1/erasures", tags=["personal data"])
_MOST: Final = 200


@router.post(
    "",
    status_code=201,
    responses={
        **problems(400, 401, 403, 404, 413, 422),
        200: {"model": ErasureBody, "description": "It was asked for before"},
    },
    summary="Ask to erase a personal value",
)
async def post_erasure(
    services: ServicesDep, reporter: ReporterDep, hand: HandDep, told: ErasureNew, answer: Response
) -> ErasureBody:
    """Asks to erase a VIN, or an attachment of a case.

    Of VINs, the province asks for any, an officer for those of lives that the area sees, an
    organisation for what it reported itself; of attachments, whoever is shown the case.
    Erases nothing yet: another person approves it within 30 days. Asked for again, it answers
    the request that is open or was approved.
    """
    now = now_of(services.clock)
    wanted = wanted_of(told, now, services)
    async with services.make_keeper_session() as session:
        if not await may_ask(services, session, reporter, wanted.reference):
            raise no_value(told)
        try:
            found, new = await ask(session, wanted, hand, now)
        except NoValueError:
            raise no_value(told) from None
    answer.status_code = 201 if new else 200
    return erasure_body(found, now)


@router.get("", responses=problems(401, 403, 422), summary="List requests to erase")
async def get_erasures(
    services: ServicesDep,
    reporter: ReporterDep,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    case: Annotated[UUID | None, Query(description="those of its attachments")] = None,
) -> Erasures:
    """Requests of one's own organisation, for a regulator those of the area; the newest first.

    A page may hold fewer than `limit`: `next` tells whether others follow.
    """
    own = None if reporter.role == "regulator" else reporter.organisation
    after = page_place(cursor, tuple[datetime, UUID])
    async with services.make_keeper_session() as session:
        found = await listed(session, own, case, after, limit + 1)
        shown = [
            one for one in found[:limit] if await concerns(services, session, reporter, one.asked)
        ]
    now, last = now_of(services.clock), found[limit - 1].asked if len(found) > limit else None
    following = None if last is None else cursor_of((last.asked_at, last.id))
    return Erasures(items=[erasure_body(one, now) for one in shown], next=following)


@router.get("/{id}", responses=problems(401, 403, 404, 422), summary="A request to erase")
async def get_erasure(services: ServicesDep, reporter: ReporterDep, id: UUID) -> ErasureBody:  # noqa: A002 - the path's own word
    """A request of one's own organisation, for a regulator any of the area."""
    return erasure_body(await _theirs(services, reporter, id), _now(services))


@router.post(
    "/{id}/approval",
    responses=problems(401, 403, 404, 409, 413, 422),
    summary="Approve, and erase",
)
async def post_approval(
    services: ServicesDep,
    reporter: ReporterDep,
    hand: HandDep,
    id: UUID,  # noqa: A002 - the path's own word
) -> ErasureBody:
    """Erases the value and its key for good: by a regulator, with another hand than that asked.

    The area of the regulator holds the firm that asked, or a life that names the value; or the
    regulator is shown the case of the attachment.
    Reports, receipts and proofs stay as they are; the reference stays. Again, it changes nothing.
    """
    await _theirs(services, reporter, id)
    async with services.make_keeper_session() as session:
        try:
            found = await approve(session, id, hand, _now(services))
        except NoValueError:
            raise _absent(id) from None
        except SameHandError:
            raise _same_hand() from None
        except DecidedError as error:
            raise _decided(error) from None
    return erasure_body(found, _now(services))


@router.post(
    "/{id}/decline",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="Decline a request to erase",
)
async def post_decline(
    services: ServicesDep,
    reporter: ReporterDep,
    hand: HandDep,
    id: UUID,  # noqa: A002 - the path's own word
    told: DeclineNew,
) -> ErasureBody:
    """Declines a request; the organisation that asked may withdraw it so.

    A firm has no say in what an authority would erase. Again, it changes nothing.
    """
    asked = (await _theirs(services, reporter, id)).asked
    if reporter.role != "regulator" and reporter.organisation != asked.organisation:
        raise _of_another()
    async with services.make_keeper_session() as session:
        try:
            found = await decline(session, id, hand, told.why.strip(), _now(services))
        except DecidedError as error:
            raise _decided(error) from None
    return erasure_body(found, _now(services))


async def _theirs(services: Services, reporter: Reporter, named: UUID) -> Erasure:
    """A request that this reader may know of; another's is answered like none."""
    async with services.make_keeper_session() as session:
        try:
            found = await find(session, named)
        except NoValueError:
            raise _absent(named) from None
        if not await concerns(services, session, reporter, found.asked):
            raise _absent(named)
    return found


def _now(services: Services) -> datetime:
    return now_of(services.clock)


def _absent(named: UUID) -> Refused:
    return refuse(
        "not_found",
        ("没有这份申请", "there is no such request"),
        ("申请的 id 见 GET /v1/erasures", "the ids are in GET /v1/erasures"),
        pointer="/id",
        value=str(named),
    )


def _of_another() -> Refused:
    return refuse(
        "role_not_allowed",
        (
            "这份申请不是本单位提出的，不能由本单位撤回",
            "another organisation asked: it is not yours to withdraw",
        ),
        ("由申请单位撤回，或由监管部门决定", "whoever asked withdraws it, or an authority decides"),
        pointer="/id",
    )


def _same_hand() -> Refused:
    return refuse(
        "second_person_needed",
        (
            "申请人不能批准自己的申请，申请之后新建的密钥也不能",
            "neither whoever asked nor a key made since can approve",
        ),
        ("请由监管部门的另一人，用另一把密钥批准", "have another person approve, with another key"),
    )


def _decided(error: DecidedError) -> Refused:
    return refuse(
        "already_decided",
        (f"申请已是 {error.state}", f"the request is {error.state}"),
        ("如仍需删除，请重新申请", "ask again if it is still to be erased"),
        pointer="/id",
        value=error.state,
    )
