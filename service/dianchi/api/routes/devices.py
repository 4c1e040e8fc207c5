"""Devices: enrolled by a code, claimed by whoever holds it, listed, revoked."""

from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Request, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.claiming import Bound, Claiming, Outcome, UsedError, bind, claiming, outcome_of
from dianchi.access.devices import (
    BLOCK_SIZE,
    CODE_FOR,
    Wanted,
    add_device,
    devices_of,
    find_device,
    link_of,
    revoke_device,
)
from dianchi.access.flood import TooMany
from dianchi.access.keys import now_of
from dianchi.api.addresses import counted_address
from dianchi.api.bodies.devices import (
    Block,
    Claim,
    Claimed,
    ClaimingOrganisation,
    ClaimingSite,
    Clock,
    DeviceMade,
    DeviceNew,
    DeviceRead,
    DeviceRevoked,
    Devices,
)
from dianchi.api.bodies.keys import RevocationNew
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Refused
from dianchi.domain.registry import Registry
from dianchi.exchange.json_out import moment

router = APIRouter(tags=["devices"])
Named = Annotated[str, Path(max_length=64)]


@router.get("/v1/clock", openapi_extra={"security": []}, responses=problems(), summary="The time")
async def get_clock(services: ServicesDep, response: Response) -> Clock:
    """The time of the server, by which a phone measures how far its own clock is off."""
    response.headers["cache-control"] = "no-store"
    return Clock(now=moment(now_of(services.clock)))


@router.get("/v1/devices", responses=problems(401, 403), summary="List devices")
async def get_devices(services: ServicesDep, reporter: ReporterDep) -> Devices:
    """The devices of one's own organisation, and what each last told of itself."""
    found = await devices_of(services.registrar, reporter.organisation)
    return Devices(items=[_shown(dict(row)) for row in found])


def _shown(row: dict[str, object]) -> DeviceRead:
    test = row["test"]
    told = {**row, "device": row["id"], "test": msgspec.json.decode(str(test)) if test else None}
    return DeviceRead.model_validate(told)


@router.post(
    "/v1/devices",
    status_code=201,
    responses=problems(400, 401, 403, 413, 422),
    summary="Enrol a device",
)
async def post_device(
    services: ServicesDep, reporter: ReporterDep, told: DeviceNew, response: Response
) -> DeviceMade:
    """Makes a code by which one phone is bound to the caller's organisation and role."""
    registry = await services.registry.current()
    wanted = Wanted(
        reporter.organisation,
        reporter.role,
        told.name.strip(),
        _site(told.site, reporter.organisation, registry),
    )
    now = now_of(services.clock)
    async with services.make_session() as session:
        row, code = await add_device(session, services.ring, wanted, now)
    response.headers["cache-control"] = "no-store"
    return DeviceMade(
        device=row.id,
        name=row.name,
        site=row.site,
        code=code,
        link=link_of(services.entry.issuer, code),
        expires_at=now + CODE_FOR,
    )


def _site(told: str | None, organisation: str, registry: Registry) -> str | None:
    """A registered site of the organisation.

    Raises:
        Refused: it has none of this number.
    """
    number = told.strip() if told else None
    if number is None or (organisation, number) in registry.sites:
        return number
    raise refuse(
        "invalid_value",
        ("本单位没有登记这个场所", "no site of yours has this number"),
        ("场所编号见 GET /v1/sites；先登记场所", "see GET /v1/sites; register the site first"),
        pointer="/site",
        value=told,
    )


@router.post(
    "/v1/devices/claim",
    responses=problems(400, 404, 410, 413, 422, 429),
    openapi_extra={"security": []},
    summary="Bind this device by its code",
)
async def post_claim(
    request: Request, services: ServicesDep, told: Claim, response: Response
) -> Claimed:
    """Binds whoever holds the code; good once. The key is shown this once.

    Where the answer was lost, the same `claimant` is answered with a fresh key.
    """
    address = counted_address(request.scope, services.entry.trusted)
    _take_try(services, address)
    registry, now = await services.registry.current(), now_of(services.clock)
    async with services.make_session() as session:
        claim = await claiming(session, services.ring, told.code, told.claimant, told.app)
        if claim is None:
            raise _unknown_code()
        row, bound = claim.row, await _bound(session, services, claim, now)
    if bound.outcome is Outcome.FIRST:
        services.claims.give_back(address)
        services.all_claims.give_back("")
    response.headers["cache-control"] = "no-store"
    firm = registry.organisations[row.organisation]
    return Claimed(
        device=row.id,
        name=row.name,
        organisation=ClaimingOrganisation(
            id=firm.id, name=firm.name, uscc=firm.uscc, role=row.role
        ),
        site=_claiming_site(row.organisation, row.site, registry),
        key=bound.key,
        block=Block(block=bound.block, first=1, count=BLOCK_SIZE),
        now=moment(now),
    )


async def _bound(
    session: AsyncSession, services: Services, claim: Claiming, now: datetime
) -> Bound:
    """What the phone is given; each try of a code that exists stands in the audit log.

    Raises:
        Refused: `code_used`.
    """
    expected = outcome_of(claim, now)
    await _note(services, claim, expected)
    try:
        return await bind(session, services.ring, claim, now)
    except UsedError:
        if expected is not Outcome.REFUSED:
            await _note(services, claim, Outcome.REFUSED)
        raise _used_code() from None


async def _note(services: Services, claim: Claiming, outcome: Outcome) -> None:
    row = claim.row
    caller = Reporter(row.organisation, row.role, device=row.id)
    await services.audit.note(caller, "POST /v1/devices/claim", f"{row.id} {outcome}")


def _claiming_site(
    organisation: str, number: str | None, registry: Registry
) -> ClaimingSite | None:
    site = registry.sites.get((organisation, number)) if number else None
    if site is None:
        return None
    return ClaimingSite(id=site.number, name=site.name, prefecture=site.prefecture, kind=site.kind)


def _take_try(services: Services, address: str) -> None:
    """Counts one try of an address, and one of all.

    Raises:
        Refused: `too_many_tries`; the fault's value is the number of seconds to wait.
    """
    try:
        services.claims.take(address)
        services.all_claims.take("")
    except TooMany as many:
        raise refuse(
            "too_many_tries",
            ("绑定码尝试过多", "too many codes were tried"),
            (f"请在 {many.wait_s} 秒后重试", f"try again in {many.wait_s} seconds"),
            value=many.wait_s,
        ) from None


def _unknown_code() -> Refused:
    return refuse(
        "not_found",
        ("没有这个绑定码", "there is no such code"),
        ("请核对 8 位绑定码；其中没有 0、O、1、I", "check it; it has no 0, O, 1 or I"),
        pointer="/code",
    )


def _used_code() -> Refused:
    return refuse(
        "code_used",
        ("这个绑定码已使用、已过期或已停用", "the code was used, has ended or was revoked"),
        (
            "请负责人重新添加设备，得到新的绑定码（30 分钟内有效，只用一次）",
            "have the device added again: a new code is good for 30 minutes, once",
        ),
        pointer="/code",
    )


@router.post(
    "/v1/devices/{device}/revoke",
    responses=problems(400, 401, 403, 404, 413, 422),
    summary="Revoke a device",
)
async def post_revocation(
    services: ServicesDep, reporter: ReporterDep, device: Named, told: RevocationNew
) -> DeviceRevoked:
    """Revokes a device, as when it was stolen: its key is accepted nowhere after 5 s."""
    async with services.make_session() as session:
        row = await find_device(session, device)
        if row is None or row.organisation != reporter.organisation:
            raise refuse(
                "not_found",
                ("没有这台设备", "there is no such device"),
                ("设备编号见 GET /v1/devices", "the ids are in GET /v1/devices"),
                pointer="/device",
                value=device,
            )
        await revoke_device(session, row, told.reason.strip(), now_of(services.clock))
    return DeviceRevoked(device=row.id, **row.model_dump(include={"revoked_at", "revoked_why"}))
