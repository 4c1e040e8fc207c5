"""Reports that are not to count (不予采信): one officer proposes, a second one decides."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import APIRouter, Path, Query, Request

from dianchi.access.keys import now_of
from dianchi.access.sessions import Signed
from dianchi.access.setting_aside import AsideRow, decide, find, hold, propose, waiting
from dianchi.api.bodies.setting_aside import AsideRead, Asides, AsideWish
from dianchi.api.bodies.shared import problems
from dianchi.api.cookies import person_of
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.naming import canonical_name
from dianchi.api.problems import refuse
from dianchi.api.routes.events import absent_event, find_line
from dianchi.api.services import Services
from dianchi.api.sight import must_see, seen_among
from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Refused
from dianchi.recording.outcomes import Recorded, refusal_of
from dianchi.store.lives import sets_aside

router = APIRouter(prefix="/v1/set-aside", tags=["acts"])


@router.get("", responses=problems(401, 403, 404, 422), summary="List what waits for a second one")
async def get_asides(
    services: ServicesDep,
    reporter: ReporterDep,
    battery: Annotated[str | None, Query(max_length=200)] = None,
) -> Asides:
    """Proposals about batteries that the caller sees; the oldest first."""
    registry = await services.registry.current()
    name = canonical_name(battery, registry) if battery is not None else None
    async with services.make_session() as session:
        rows = await waiting(session, name)
    seen = await seen_among(services, reporter, {row.battery for row in rows})
    return Asides(items=[_read(r, reporter, services) for r in rows if r.battery in seen])


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
    registry = await services.registry.current()
    name = canonical_name(wish.battery, registry)
    await must_see(services, reporter, name, wish.battery)
    async with services.readers.acquire() as connection:
        await find_line(connection, wish.event_id, wish.battery, registry, reporter)
    async with services.make_session() as session:
        row = await propose(
            session,
            event_id=wish.event_id,
            line=name if wish.only_this else None,
            battery=name,
            basis=wish.basis,
            document=wish.document,
            reason=wish.reason,
            organisation=reporter.organisation,
            made_at=now_of(services.clock),
            made_by=signed.person,
        )
    return _read(row, reporter, services)


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
    row = await _waiting(services, reporter, named)
    if row.made_by == signed.person:
        raise _same_person()
    return await _decided(services, reporter, row, (signed, "confirmed"))


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
    row = await _waiting(services, reporter, named)
    return await _decided(services, reporter, row, (signed, "declined"))


async def _officer(request: Request, services: Services, reporter: Reporter) -> Signed:
    """The person who asks: two keys may be in one hand.

    Raises:
        Refused: `role_not_allowed`.
    """
    if reporter.person is None:
        raise refuse(
            "role_not_allowed",
            ("须由登录的监管人员提出和确认", "officers who are signed in propose and confirm"),
            ("请登录后操作：/sign-in", "sign in: /sign-in"),
            value=reporter.role,
        )
    return await person_of(request.scope, services)


async def _waiting(services: Services, reporter: Reporter, named: UUID) -> AsideRow:
    async with services.make_session() as session:
        row = await find(session, named)
    if row is None or row.battery not in await seen_among(services, reporter, [row.battery]):
        raise absent_event(named)
    if row.decision is not None:
        raise _before(row)
    return row


async def _decided(
    services: Services, reporter: Reporter, row: AsideRow, said: tuple[Signed, Any]
) -> AsideRead:
    """Decides it, unless somebody else does at the same moment: the first one counts."""
    (signed, decision), now = said, now_of(services.clock)
    async with services.make_session() as session:
        waits = await hold(session, row.id)
        if waits and decision == "confirmed":
            await _record(services, replace(reporter, proposer=str(row.made_by)), row, signed, now)
        if waits:
            await decide(session, row.id, decision, signed.person, now)
    async with services.make_session() as session:
        decided = await find(session, row.id)
    assert decided is not None  # noqa: S101 - rows are never deleted
    if not waits:
        raise _before(decided)
    return _read(decided, reporter, services)


async def _record(
    services: Services, both: Reporter, row: AsideRow, signed: Signed, now: datetime
) -> None:
    """Records what two decided; after a crash in between it is in the record already."""
    report = _report(row, signed, now)
    async with services.readers.acquire() as connection:
        if await sets_aside(connection, report["event_id"], str(row.event_id)):
            return
    outcome = await services.recorder.record(report, both)
    if not isinstance(outcome, Recorded):
        raise refusal_of(outcome)


def _report(row: AsideRow, signed: Signed, now: datetime) -> dict[str, Any]:
    told: dict[str, Any] = {
        "event_id": str(row.event_id),
        "basis": row.basis,
        "document": row.document,
        "reason": row.reason,
        "officers": [str(row.made_by), str(signed.person)],
    }
    if row.line is not None:
        told["battery"] = row.line
    return {
        "event_id": str(uuid5(NAMESPACE_URL, f"set-aside:{row.id}")),
        "type": "set_aside",
        "occurred_at": now.isoformat(),
        "data": told,
    }


def _read(row: AsideRow, reporter: Reporter, services: Services) -> AsideRead:
    told = row.model_dump(exclude={"line", "made_by", "decision", "decided_at", "decided_by"})
    return AsideRead(
        **told,
        only_this=row.line is not None,
        organisation_name=services.registry.now.names.get(row.organisation),
        own=str(row.made_by) == reporter.person,
        state="waiting" if row.decision is None else row.decision,
    )


def _same_person() -> Refused:
    return refuse(
        "second_person_needed",
        ("提出者不能自己确认", "whoever proposed it cannot confirm it"),
        ("请由另一位监管人员确认", "another officer who sees the battery confirms it"),
    )


def _before(row: AsideRow) -> Refused:
    return refuse(
        "already_decided",
        (f"此事项已是 {row.decision}", f"it is {row.decision}"),
        ("如仍需要，请重新提出", "propose it again if it is still wanted"),
        pointer="/id",
        value=str(row.id),
    )
