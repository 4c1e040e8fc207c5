"""People: invited, listed, given a new link, disabled."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request

from dianchi.access.keys import now_of
from dianchi.access.people import Link, disable, invite, link_again, people_of
from dianchi.access.people_tables import PersonRow
from dianchi.access.sessions import Signed
from dianchi.api.bodies.people import LinkMade, LinkNew, People, PersonNew, PersonRead
from dianchi.api.bodies.shared import problems
from dianchi.api.cookies import person_of
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.naming import registered
from dianchi.api.problems import checked, refuse
from dianchi.domain.admit import Reporter
from dianchi.domain.identifiers import parse_prefecture
from dianchi.domain.people import PEOPLE_ROLES, PLATFORM, PLATFORM_ADMIN, Place, may_manage
from dianchi.domain.refusals import Refused

router = APIRouter(prefix="/v1/people", tags=["people"])


async def signed_manager(request: Request, services: ServicesDep, reporter: ReporterDep) -> Signed:
    """The person who looks after others: no key does that.

    Raises:
        Refused: `role_not_allowed`.
    """
    if reporter.person is None:
        raise _only_people(reporter)
    signed = await person_of(request.scope, services)
    if not signed.place.manages:
        raise _only_people(reporter)
    return signed


@router.get("", responses=problems(400, 401, 403), summary="List people")
async def get_people(
    request: Request,
    services: ServicesDep,
    reporter: ReporterDep,
    organisation: Annotated[str | None, Query(max_length=120)] = None,
) -> People:
    """The people whom one looks after, of one organisation or of all."""
    manager = await signed_manager(request, services, reporter)
    registry = await services.registry.current()
    wanted = None
    if organisation:
        wanted = PLATFORM if organisation == PLATFORM else registry.resolve(organisation)
    async with services.make_session() as session:
        found = await people_of(session, wanted)
    return People(items=[_read(one) for one in found if _manages(manager, one, services)])


@router.post(
    "", status_code=201, responses=problems(400, 401, 403, 413, 422), summary="Invite a person"
)
async def post_person(
    request: Request, services: ServicesDep, reporter: ReporterDep, told: PersonNew
) -> LinkMade:
    """Invites a person by a link that the inviter hands over; good once, for 24 hours."""
    manager = await signed_manager(request, services, reporter)
    place = await _place(told, services)
    if not may_manage(manager.place, place, _home(place.organisation, services)):
        raise _not_yours()
    async with services.make_session() as session:
        now = now_of(services.clock)
        link = await invite(session, place, told.name.strip(), manager.person, now)
    return _shown(services, link)


@router.post(
    "/{id}/link",
    status_code=201,
    responses=problems(400, 401, 403, 404, 413, 422),
    summary="Give a person a new link",
)
async def post_link(
    request: Request,
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
    told: LinkNew,
) -> LinkMade:
    """For a person who lost the link, the password or the phone; older links end."""
    manager = await signed_manager(request, services, reporter)
    async with services.make_session() as session:
        person = await session.get(PersonRow, named)
        if person is None or person.disabled_at or not _manages(manager, person, services):
            raise _absent(named)
        now = now_of(services.clock)
        link = await link_again(session, person, now, clears_codes=told.clears_codes)
    return _shown(services, link)


@router.post(
    "/{id}/disable", responses=problems(400, 401, 403, 404, 422), summary="Disable a person"
)
async def post_disabled(
    request: Request,
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
) -> PersonRead:
    """Ends all sessions and links of a person at once, and lets them in no more."""
    manager = await signed_manager(request, services, reporter)
    async with services.make_session() as session:
        person = await session.get(PersonRow, named)
        if person is None or not _manages(manager, person, services):
            raise _absent(named)
        if person.id == manager.person:
            raise _oneself(named)
        await disable(session, person, manager.person, now_of(services.clock))
    return _read(person)


def _shown(services: ServicesDep, link: Link) -> LinkMade:
    """A link as it is handed over."""
    address = f"{services.entry.issuer}/welcome/{link.token}"
    return LinkMade(id=link.person, link=address, expires_at=link.expires_at)


async def _place(told: PersonNew, services: ServicesDep) -> Place:
    if told.role not in PEOPLE_ROLES:
        listed = ", ".join(PEOPLE_ROLES)
        raise refuse(
            "invalid_value",
            ("没有这个角色", "there is no such role"),
            (f"可用角色：{listed}", f"roles: {listed}"),
            pointer="/role",
            value=told.role,
        )
    area = checked(told.prefecture, "prefecture", lambda text: parse_prefecture(text).code)
    if told.role == PLATFORM_ADMIN:
        return Place(PLATFORM, told.role, None, manages=True)
    registry = await services.registry.current()
    known = registered(registry, told.organisation, "/organisation")
    return Place(known.id, told.role, area, told.manages)


def _home(organisation: str, services: ServicesDep) -> str | None:
    known = services.registry.now.organisations.get(organisation)
    return known.prefecture if known else None


def _manages(manager: Signed, person: PersonRow, services: ServicesDep) -> bool:
    place = Place(person.organisation, person.role, person.prefecture, person.manages)
    return may_manage(manager.place, place, _home(person.organisation, services))


def _read(person: PersonRow) -> PersonRead:
    return PersonRead(codes=person.totp_since is not None, **person.model_dump())


def _only_people(reporter: Reporter) -> Refused:
    return refuse(
        "role_not_allowed",
        ("只有负责人员管理的人可以进行此操作", "only a person who manages people may do this"),
        ("请登录后操作：/sign-in", "sign in as one: /sign-in"),
        value=reporter.role,
    )


def _not_yours() -> Refused:
    return refuse(
        "role_not_allowed",
        ("您不能邀请这家单位或这个角色的人", "you may not invite people of this place or role"),
        ("请联系平台管理员", "ask an administrator of the platform"),
        pointer="/organisation",
    )


def _oneself(named: UUID) -> Refused:
    return refuse(
        "invalid_value",
        ("不能停用自己", "nobody disables themselves"),
        ("请由另一位管理员操作", "ask another administrator"),
        pointer="/id",
        value=str(named),
    )


def _absent(named: UUID) -> Refused:
    """Another's person is answered like none at all."""
    return refuse(
        "not_found",
        ("没有这个人", "there is no such person"),
        ("人员的 id 见 GET /v1/people", "the ids are in GET /v1/people"),
        pointer="/id",
        value=str(named),
    )
