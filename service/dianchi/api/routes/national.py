"""The national platform: profiles, and the connection of one's organisation."""

from typing import Annotated, Final

from asyncpg import Record
from fastapi import APIRouter, Depends, Response

from dianchi.access.keys import now_of
from dianchi.api.bodies.national import (
    CodeBody,
    ConnectionNew,
    ConnectionRead,
    Counts,
    MarkBody,
    ProfileBody,
    ProfileList,
)
from dianchi.api.bodies.shared import Told, problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.national_words import connection_state, connection_why
from dianchi.api.problems import checked, refuse
from dianchi.api.services import Services
from dianchi.domain.refusals import Malformed, Refused, Text
from dianchi.domain.working_days import CHINA
from dianchi.exchange.json_in import read_json
from dianchi.exchange.national.profiles import PROFILES, Profile
from dianchi.exchange.national.wire import Credentials
from dianchi.national import listing
from dianchi.national.connections import Wanted
from dianchi.store.feed import end_of_log
from dianchi.webhooks.targets import parse_target

router = APIRouter(prefix="/v1/national", tags=["national platform"])
_STATES: Final = ("waiting", "sent", "refused", "withheld", "set_aside", "late")


async def own_connection(services: ServicesDep, reporter: ReporterDep) -> Record:
    """The connection of the caller's organisation.

    Raises:
        Refused: `not_found`: there is none.
    """
    row = await services.national.find(reporter.organisation)
    if row is None:
        raise _absent()
    return row


FoundDep = Annotated[Record, Depends(own_connection)]


@router.get("/profiles", responses=problems(401, 403), summary="How the platform is spoken to")
async def get_profiles(_: ReporterDep) -> ProfileList:
    """Forms of the interface: what of each was seen, and what is assumed."""
    return ProfileList(items=[_profile(profile) for profile in PROFILES.values()])


@router.get(
    "/connection", responses=problems(400, 401, 403, 404), summary="The connection of one's own"
)
async def get_connection(services: ServicesDep, found: FoundDep) -> ConnectionRead:
    """How it stands, and how many vehicles were sent, wait, were refused, or are late."""
    return await _shown(services, found)


@router.put(
    "/connection",
    responses=problems(400, 401, 403, 404, 413, 422),
    summary="Make or change the connection",
)
async def put_connection(
    services: ServicesDep, reporter: ReporterDep, told: ConnectionNew
) -> ConnectionRead:
    """Pushes vehicles of one's own reports; new credentials also end its being held."""
    checked(told.url, "url", lambda text: _base(text, services))
    checked(told.profile, "profile", _known)
    for name in told.fixed:
        checked(name, f"fixed/{name}", lambda text: member(PROFILES[told.profile], text))
    end = await end_of_log(services.readers)
    given = told.credentials
    wanted = Wanted(
        told.url.rstrip("/"),
        told.profile,
        told.types,
        told.fixed,
        told.per_minute,
        end if told.after is None else min(told.after, end),
        None
        if given is None
        else Credentials(given.token.get_secret_value(), given.key.get_secret_value()),
    )
    if not await services.national.put(reporter, wanted):
        raise refuse(
            "missing_field",
            ("新连接需要凭证", "a new connection needs credentials"),
            ("请填写平台发给贵单位的 token 和 key", "give the token and key that you were issued"),
            pointer="/credentials",
        )
    return await _shown(services, await own_connection(services, reporter))


@router.delete(
    "/connection",
    status_code=204,
    responses=problems(400, 401, 403, 404),
    summary="Delete the connection",
)
async def delete_connection(services: ServicesDep, reporter: ReporterDep, _: FoundDep) -> Response:
    """Deletes it, its credentials, and what became of the vehicles; reports stay."""
    await services.national.delete(reporter.organisation)
    return Response(status_code=204)


@router.post(
    "/connection/pause", responses=problems(400, 401, 403, 404), summary="Pause the connection"
)
async def post_pause(services: ServicesDep, reporter: ReporterDep, _: FoundDep) -> ConnectionRead:
    """Sends nothing until it is resumed; what is reported meanwhile is noted."""
    await services.national.pause(reporter.organisation)
    return await _shown(services, await own_connection(services, reporter))


@router.post(
    "/connection/resume", responses=problems(400, 401, 403, 404), summary="Resume the connection"
)
async def post_resume(services: ServicesDep, reporter: ReporterDep, _: FoundDep) -> ConnectionRead:
    """Goes on where it was paused, held, or waits because the platform failed."""
    await services.national.resume(reporter.organisation)
    return await _shown(services, await own_connection(services, reporter))


def member(profile: Profile, name: str) -> str:
    """A member of a vehicle that may be given by hand.

    Raises:
        Malformed: there is none of this name.
    """
    if name in profile.vehicle:
        return name
    listed = ", ".join(profile.vehicle)
    raise Malformed(
        "unknown_field",
        Text(f"车辆没有 {name} 这一项", f"a vehicle has no member {name}"),
        Text(f"可用：{listed}", f"use one of: {listed}"),
    )


def _absent() -> Refused:
    return refuse(
        "not_found",
        ("还没有连接国家平台", "there is no connection to the national platform"),
        ("请用 PUT /v1/national/connection 建立", "make one: PUT /v1/national/connection"),
        pointer="/connection",
    )


def _base(url: str, services: Services) -> str:
    target = parse_target(url, services.national.reach)
    if "?" in target.path:
        raise Malformed(
            "invalid_value",
            Text("基地址不能带查询", "a base address has no query"),
            Text("只写到端口或上级路径", "give it up to its port, or a path above"),
        )
    return url


def _known(name: str) -> str:
    if name in PROFILES:
        return name
    listed = ", ".join(PROFILES)
    raise Malformed(
        "invalid_value",
        Text(f"没有 {name} 这种接口", f"there is no profile {name}"),
        Text(f"可用：{listed}", f"use one of: {listed}"),
    )


def _profile(profile: Profile) -> ProfileBody:
    return ProfileBody(
        name=profile.name,
        title=Told(**profile.title._asdict()),
        since=profile.since,
        path=profile.path,
        vehicle=list(profile.vehicle),
        codes=[
            CodeBody(
                code=row.code,
                verdict=row.verdict,
                text=Told(**row.text._asdict()),
                mark=row.mark,
            )
            for row in profile.codes.values()
        ],
        marks=[
            MarkBody(what=what, mark=mark, text=Told(**text._asdict()))
            for what, mark, text in profile.marks
        ],
    )


async def _shown(services: Services, row: Record) -> ConnectionRead:
    today = now_of(services.clock).astimezone(CHINA).date()
    counted = await listing.counts(services.registrar, row["id"], today)
    state, why = connection_state(row), connection_why(row)
    told = {
        **row,
        "fixed": read_json(row["fixed"].encode()),
        "state": state,
        "why": why,
        "log_end": await end_of_log(services.readers),
        "next_at": row["next_at"] if state in {"active", "failing"} else None,
        "counts": Counts(**{name: counted.get(name, 0) for name in _STATES}),
    }
    return ConnectionRead(**told)
