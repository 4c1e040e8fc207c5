"""People: invited, listed, given a new link or other powers, disabled."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.keys import now_of
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
from dianchi.api.confirming import WAITS, link_made, note_power, proposed
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.managing import (
    absent_person,
    home_of,
    managed,
    manages,
    not_yours_to_manage,
    oneself,
    place_told,
    placed,
    read_people,
    signed_manager,
)
from dianchi.domain.admit import Reporter
from dianchi.domain.people import (
    PLATFORM,
    may_manage,
    needs_second,
    raises,
)

router = APIRouter(prefix="/v1/people", tags=["people"])


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
    mine = [one for one in found if manages(manager, one, services)]
    return People(items=await read_people(mine, services))


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
    place = await place_told(told, services)
    if not may_manage(manager.place, place, home_of(place.organisation, services)):
        raise not_yours_to_manage()
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
        person = await managed(session, manager, named, services)
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
        person = await managed(session, manager, named, services)
        if person.id == manager.person:
            raise oneself(named)
        before = place_of(person)
        place = await placed(told, (person.organisation, person.role), services)
        if not may_manage(manager.place, place, home_of(place.organisation, services)):
            raise not_yours_to_manage()
        if needs_second(manager.place, place) and raises(before, place):
            wish = Wish(Act.POWERS, place, manager.person)
            made = propose(session, person, wish, now_of(services.clock))
            return await proposed(services, reporter, session, made)
        await note_power(services, reporter, "set powers", (person.id, place))
        set_powers(session, person, place)
        await session.commit()
    [read] = await read_people([person], services)
    return read


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
        if person is None or not manages(manager, person, services):
            raise absent_person(named)
        if person.id == manager.person:
            raise oneself(named)
        await end(session, person, manager.person, now_of(services.clock))
    [read] = await read_people([person], services)
    return read
