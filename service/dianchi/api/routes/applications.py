"""Applications to be enrolled: made by anybody, decided by the officer of the area."""

import secrets
from datetime import timedelta
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Header, Query, Request, Response

from dianchi.access.applications import (
    MOST_OPEN,
    Decision,
    Secrets,
    Wish,
    applications_in,
    apply,
    concerns,
    contact_of,
    decide,
    find_application,
    hand_over,
    number_of,
    open_ones,
    opens,
    secret_of,
)
from dianchi.access.flood import TooMany
from dianchi.access.keys import now_of
from dianchi.access.named import destroy
from dianchi.access.tables import ApplicationRow
from dianchi.api.addresses import counted_address
from dianchi.api.bodies.applications import (
    ApplicationMade,
    ApplicationNew,
    ApplicationRead,
    Applications,
    ApplicationSecret,
    ApplicationState,
    FirstKey,
    KnownOrganisation,
    Refusal,
)
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.names import contacts_of
from dianchi.api.problems import checked, refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.events import REPORTING
from dianchi.domain.identifiers import parse_province, parse_uscc
from dianchi.domain.refusals import Fault, Malformed, Refused
from dianchi.domain.registry import Registry
from dianchi.domain.siting import place_of

_DAY: Final = timedelta(days=1)
_HOUR_S: Final = 3600
_LEAST_KEY: Final = 16
router = APIRouter(prefix="/v1/applications", tags=["applications"])


@router.post(
    "",
    status_code=201,
    responses={
        200: {"model": ApplicationMade, "description": "A repeat"},
        **problems(400, 409, 413, 422, 429),
    },
    openapi_extra={"security": []},
    summary="Apply to be enrolled",
)
async def post_application(
    request: Request,
    response: Response,
    services: ServicesDep,
    told: ApplicationNew,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> ApplicationMade:
    """Files an application; no key is needed. Keep number and secret: they are shown this once.

    With a random `Idempotency-Key` a repeat answers the same; it is as secret as the secret.
    """
    wish = _wish(told)
    asked = _request_key(idempotency_key)
    now, ring = now_of(services.clock), services.ring
    async with services.make_session() as session:
        known = await find_application(session, number_of(asked))
        if known is None:
            _take_place(request, services, await open_ones(session, now - _DAY))
        row = await apply(session, Secrets(ring, services.vault), asked, wish, now)
    if row is None:
        raise _taken(asked)
    response.status_code = 201 if known is None else 200
    response.headers["cache-control"] = "no-store"
    secret = secret_of(ring, asked) if row.decision is None else None
    return ApplicationMade(number=row.number, secret=secret)


@router.post(
    "/{number}/state",
    responses=problems(400, 404, 413, 422),
    openapi_extra={"security": []},
    summary="Ask what became of one's application",
)
async def post_state(
    response: Response, services: ServicesDep, number: str, told: ApplicationSecret
) -> ApplicationState:
    """The state of an application; once approved, the first keys, for 30 minutes."""
    ring, now = services.ring, now_of(services.clock)
    async with services.make_session() as session:
        row = await find_application(session, number, lock=True)
        if row is None or not opens(ring, row, told.secret):
            raise _absent(number)
        keys = await hand_over(session, ring, row, told.secret, now)
    if keys:
        await services.registry.refresh()
    response.headers["cache-control"] = "no-store"
    return ApplicationState(
        number=row.number,
        state=row.decision or "open",
        reason=row.reason,
        organisation=row.organisation,
        keys=[FirstKey(role=role, key=key) for role, key in keys.items()],
    )


@router.get("", responses=problems(401, 403, 422), summary="List applications of one's area")
async def get_applications(
    services: ServicesDep,
    officer: ReporterDep,
    state: Annotated[Literal["open", "decided"], Query()] = "open",
) -> Applications:
    """What an officer has to decide, or what was decided; at most 1,000."""
    registry = await services.registry.current()
    async with services.make_session() as session:
        rows = await applications_in(session, officer.area, decided=state == "decided")
    contacts = await contacts_of(rows, services)
    return Applications(items=[_shown(row, contacts[row.number], registry) for row in rows])


@router.post(
    "/{number}/approve",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="Approve an application",
)
async def post_approval(
    services: ServicesDep, officer: ReporterDep, number: str
) -> ApplicationRead:
    """Enrols the applicant, who then fetches its keys with its secret; again changes nothing."""
    return await _decided(services, officer, number, Decision(True, officer.organisation))  # noqa: FBT003 - approves


@router.post(
    "/{number}/decline",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="Decline an application",
)
async def post_refusal(
    services: ServicesDep, officer: ReporterDep, number: str, told: Refusal
) -> ApplicationRead:
    """Declines an application; the applicant reads the reason. Again changes nothing."""
    decision = Decision(False, officer.organisation, told.reason.strip())  # noqa: FBT003 - declines
    return await _decided(services, officer, number, decision)


@router.post(
    "/{number}/erase",
    responses=problems(400, 401, 403, 404, 422),
    summary="Erase the contact of an application",
)
async def post_erased(services: ServicesDep, officer: ReporterDep, number: str) -> ApplicationRead:
    """Destroys the contact, at the wish of whom it names; the application stays as it is."""
    async with services.make_session() as session:
        row = await find_application(session, number)
        if row is None or not concerns(officer.area, row):
            raise _absent(number)
        await destroy(session, contact_of(number).reference, now_of(services.clock))
        await session.commit()
    return _shown(row, None, await services.registry.current())


async def _decided(
    services: Services, officer: Reporter, number: str, decision: Decision
) -> ApplicationRead:
    async with services.make_session() as session:
        row = await find_application(session, number, lock=True)
        if row is None or not concerns(officer.area, row):
            raise _absent(number)
        try:
            agrees = await decide(session, row, decision, now_of(services.clock))
        except Malformed as error:
            raise Refused(Fault(error.code, "/name", row.name, error.what, error.way_out)) from None
    if not agrees:
        raise _decided_before(row)
    await services.registry.refresh()
    contacts = await contacts_of([row], services)
    return _shown(row, contacts[row.number], services.registry.now)


def _shown(row: ApplicationRow, contact: str | None, registry: Registry) -> ApplicationRead:
    known = registry.organisation(row.uscc or row.name) or registry.organisation(row.name)
    before = row.organisation is None and known is not None
    told = KnownOrganisation(id=known.id, name=known.name, uscc=known.uscc) if known else None
    known_before = told if before else None
    return ApplicationRead(**row.model_dump(), contact=contact, known=known_before)


def _wish(told: ApplicationNew) -> Wish:
    """What is asked for.

    Raises:
        Refused: code, place or a role is none.
    """
    for place, role in enumerate(told.roles):
        if role not in REPORTING:
            listed = ", ".join(REPORTING)
            raise refuse(
                "invalid_value",
                ("没有这个上报角色", "there is no such reporting role"),
                (f"可用角色：{listed}", f"roles: {listed}"),
                pointer=f"/roles/{place}",
                value=role,
            )
    prefecture, county = place_of(told.prefecture, told.county)
    return Wish(
        " ".join(told.name.split()),
        checked(told.uscc, "uscc", parse_uscc) or "",
        tuple(sorted(set(told.roles))),
        checked(told.province, "province", lambda text: parse_province(text).code),
        prefecture,
        county,
        told.contact.strip(),
    )


def _request_key(told: str | None) -> str:
    if told is None:
        return secrets.token_hex(32)
    if len(told) < _LEAST_KEY:
        raise refuse(
            "invalid_value",
            ("Idempotency-Key 太短", "the Idempotency-Key is too short"),
            ("请使用随机的 UUID", "use a random UUID"),
            pointer="/Idempotency-Key",
            value=told,
        )
    return told


def _take_place(request: Request, services: Services, waiting: int) -> None:
    """Counts one application of an address.

    Raises:
        Refused: `too_many_tries`; the fault's value is the number of seconds to wait.
    """
    if waiting >= MOST_OPEN:
        raise _too_many(_HOUR_S)
    try:
        services.applicants.take(counted_address(request.scope, services.entry.trusted))
    except TooMany as many:
        raise _too_many(many.wait_s) from None


def _too_many(wait_s: int) -> Refused:
    return refuse(
        "too_many_tries",
        ("申请过于频繁", "there were too many applications"),
        (f"请在 {wait_s} 秒后重试", f"try again in {wait_s} seconds"),
        value=wait_s,
    )


def _taken(key: str) -> Refused:
    return refuse(
        "request_conflict",
        ("这个 Idempotency-Key 已用于另一份申请", "this key was used for another application"),
        ("请换一个随机的 UUID", "use another random UUID"),
        pointer="/Idempotency-Key",
        value=key,
    )


def _absent(number: str) -> Refused:
    """A wrong secret and an application of another area are answered like none at all."""
    return refuse(
        "not_found",
        ("没有这份申请，或密码不对", "there is no such application, or the secret is wrong"),
        ("请核对申请编号和密码", "check number and secret"),
        pointer="/number",
        value=number,
    )


def _decided_before(row: ApplicationRow) -> Refused:
    word = {"approved": "同意", "declined": "不同意"}[row.decision or "approved"]
    return refuse(
        "already_decided",
        (f"这份申请已由 {row.decided_by} {word}", f"{row.decided_by} {row.decision} it before"),
        ("申请人可以重新申请", "the applicant may apply anew"),
        pointer="/number",
        value=row.number,
    )
