"""People: invited, listed, given a new link, disabled."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.keys import end_of, now_of
from dianchi.access.people import (
    Guest,
    add_person,
    disable,
    erase,
    invite,
    new_link,
    people_of,
    place_of,
)
from dianchi.access.people_tables import PersonRow
from dianchi.access.proposals import Act, Wish, propose, set_powers, take_first
from dianchi.access.sessions import Signed
from dianchi.api.bodies.people import LinkMade, LinkNew, People, PersonNew, PersonRead, PowersNew
from dianchi.api.bodies.shared import problems
from dianchi.api.bounding import bounds_of
from dianchi.api.confirming import WAITS, link_made, note_power, proposed
from dianchi.api.cookies import person_of
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.names import names_of
from dianchi.api.naming import registered
from dianchi.api.problems import refuse
from dianchi.domain.admit import Reporter
from dianchi.domain.people import (
    PEOPLE_ROLES,
    PLATFORM,
    PLATFORM_ADMIN,
    Place,
    may_manage,
    needs_second,
    raises,
)
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
    mine = [one for one in found if _manages(manager, one, services)]
    return People(items=await _read(mine, services))


@router.post(
    "",
    status_code=201,
    response_model=LinkMade,
    responses={**problems(400, 401, 403, 413, 422), 202: WAITS},
    summary="Invite a person",
)
async def post_person(
    request: Request, services: ServicesDep, reporter: ReporterDep, told: PersonNew
) -> LinkMade | Response:
    """Invites a person by a link that the inviter hands over; good once, for 24 hours.

    Where the platform's administrator invites a regulator or an auditor, a second person confirms
    it first, and hands over the link; but for the first regulator of the province.
    """
    manager = await signed_manager(request, services, reporter)
    place = await _place(told, services)
    if not may_manage(manager.place, place, _home(place.organisation, services)):
        raise _not_yours()
    now, guest = now_of(services.clock), Guest(place, told.name.strip(), manager.person)
    async with services.make_session() as session:
        if not needs_second(manager.place, place):
            return link_made(services, await invite(session, services.vault, guest, now))
        person = await add_person(session, services.vault, guest, now)
        wish = Wish(Act.INVITE, place, manager.person)
        return await _waits_or_first(services, session, (reporter, person, wish))


@router.post(
    "/{id}/link",
    status_code=201,
    response_model=LinkMade,
    responses={**problems(400, 401, 403, 404, 413, 422), 202: WAITS},
    summary="Give a person a new link",
)
async def post_link(
    request: Request,
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
    told: LinkNew,
) -> LinkMade | Response:
    """For a person who lost the link, the password or the phone; older links end.

    Of a regulator or an auditor, the platform's administrator only proposes it.
    """
    manager = await signed_manager(request, services, reporter)
    async with services.make_session() as session:
        person = await _managed(session, manager, named, services)
        place = place_of(person)
        if needs_second(manager.place, place):
            wish = Wish(Act.LINK, place, manager.person, told.clears_codes)
            return await _waits_or_first(services, session, (reporter, person, wish))
        now = now_of(services.clock)
        link = await new_link(session, person.id, now, clears_codes=told.clears_codes)
        await session.commit()
    return link_made(services, link)


async def _waits_or_first(
    services: ServicesDep, session: AsyncSession, told: tuple[Reporter, PersonRow, Wish]
) -> LinkMade | Response:
    """Lets the first regulator in; all others wait for a second person."""
    reporter, person, wish = told
    now = now_of(services.clock)
    if await take_first(session, person, now):
        await note_power(services, reporter, "first regulator, alone", (person.id, wish.place))
        link = await new_link(session, person.id, now, clears_codes=wish.clears_codes)
        await session.commit()
        return link_made(services, link)
    return await proposed(services, reporter, session, propose(session, person, wish, now))


@router.put(
    "/{id}/powers",
    response_model=PersonRead,
    responses={**problems(400, 401, 403, 404, 413, 422), 202: WAITS},
    summary="Change what a person may",
)
async def put_powers(
    request: Request,
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
    told: PowersNew,
) -> PersonRead | Response:
    """Area, department, organisations, last day, and whether they look after people; all of them.

    It holds with the person's next request. Where the platform's administrator opens anything to a
    regulator or an auditor, a second person confirms it first.
    """
    manager = await signed_manager(request, services, reporter)
    async with services.make_session() as session:
        person = await _managed(session, manager, named, services)
        if person.id == manager.person:
            raise _oneself(named)
        before = place_of(person)
        place = await _placed(told, (person.organisation, person.role), services)
        if not may_manage(manager.place, place, _home(place.organisation, services)):
            raise _not_yours()
        if needs_second(manager.place, place) and raises(before, place):
            wish = Wish(Act.POWERS, place, manager.person)
            made = propose(session, person, wish, now_of(services.clock))
            return await proposed(services, reporter, session, made)
        await note_power(services, reporter, "set powers", (person.id, place))
        set_powers(session, person, place)
        await session.commit()
    [read] = await _read([person], services)
    return read


async def _managed(
    session: AsyncSession, manager: Signed, named: UUID, services: ServicesDep
) -> PersonRow:
    """A person whom one looks after, and who is let in.

    Raises:
        Refused: there is none.
    """
    person = await session.get(PersonRow, named)
    if person is None or person.disabled_at or not _manages(manager, person, services):
        raise _absent(named)
    return person


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
    return await _ended(disable, manager, named, services)


@router.post(
    "/{id}/erase", responses=problems(400, 401, 403, 404, 422), summary="Erase a person's name"
)
async def post_erased(
    request: Request,
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
) -> PersonRead:
    """Disables a person for good: name, login, password and phone are destroyed; the id stays."""
    manager = await signed_manager(request, services, reporter)
    return await _ended(erase, manager, named, services)


async def _ended(
    end: Callable[[AsyncSession, PersonRow, UUID, datetime], Awaitable[None]],
    manager: Signed,
    named: UUID,
    services: ServicesDep,
) -> PersonRead:
    async with services.make_session() as session:
        person = await session.get(PersonRow, named)
        if person is None or not _manages(manager, person, services):
            raise _absent(named)
        if person.id == manager.person:
            raise _oneself(named)
        await end(session, person, manager.person, now_of(services.clock))
    [read] = await _read([person], services)
    return read


async def _place(told: PersonNew, services: ServicesDep) -> Place:
    if told.role == PLATFORM_ADMIN:
        return Place(PLATFORM, told.role, None, manages=True)
    return await _placed(told, (told.organisation, told.role), services)


async def _placed(told: PowersNew, whose: tuple[str, str], services: ServicesDep) -> Place:
    """Where a person of an organisation and a role is to stand.

    Raises:
        Refused: something told is none, or not of this role.
    """
    organisation, role = whose
    registry = await services.registry.current()
    terms = bounds_of(told, role, services, PEOPLE_ROLES)
    if role == "auditor" and told.manages:
        raise _auditor_manages()
    return Place(
        registered(registry, organisation, "/organisation").id,
        role,
        terms.area or (terms.prefecture if role == "regulator" else None),
        told.manages,
        terms.department,
        None if terms.names is None else frozenset(terms.names),
        None if told.expires_on is None else end_of(told.expires_on),
    )


def _home(organisation: str, services: ServicesDep) -> str | None:
    known = services.registry.now.organisations.get(organisation)
    return known.prefecture if known else None


def _manages(manager: Signed, person: PersonRow, services: ServicesDep) -> bool:
    home = _home(person.organisation, services)
    return may_manage(manager.place, place_of(person), home)


async def _read(people: Sequence[PersonRow], services: ServicesDep) -> list[PersonRead]:
    names = await names_of(people, services)
    return [
        PersonRead(name=names[one.id], codes=one.totp_since is not None, **one.model_dump())
        for one in people
    ]


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


def _auditor_manages() -> Refused:
    return refuse(
        "invalid_value",
        ("审计人员不负责人员管理", "an auditor looks after nobody"),
        ("请删除 manages", "leave manages out"),
        pointer="/manages",
        value=True,
    )


def _oneself(named: UUID) -> Refused:
    return refuse(
        "invalid_value",
        ("不能停用自己，也不能改自己的权限", "nobody disables or empowers themselves"),
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
