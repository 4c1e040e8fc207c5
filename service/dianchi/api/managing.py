"""Looking after people: who may, after whom, and where they are to stand."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import Request
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.keys import end_of
from dianchi.access.people import place_of
from dianchi.access.people_tables import PersonRow
from dianchi.access.sessions import Signed
from dianchi.api.bodies.people import PersonNew, PersonRead, PowersNew
from dianchi.api.bounding import bounds_of
from dianchi.api.cookies import person_of
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.names import names_of
from dianchi.api.naming import registered
from dianchi.api.problems import refuse
from dianchi.domain.admit import Reporter
from dianchi.domain.people import PEOPLE_ROLES, PLATFORM, PLATFORM_ADMIN, Place, may_manage
from dianchi.domain.refusals import Refused


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


async def managed(
    session: AsyncSession, manager: Signed, named: UUID, services: ServicesDep
) -> PersonRow:
    """A person whom one looks after, and who is let in.

    Raises:
        Refused: there is none.
    """
    person = await session.get(PersonRow, named)
    if person is None or person.disabled_at or not manages(manager, person, services):
        raise absent_person(named)
    return person


async def place_told(told: PersonNew, services: ServicesDep) -> Place:
    """Where an invited person is to stand.

    Raises:
        Refused: as `placed`.
    """
    if told.role == PLATFORM_ADMIN:
        return Place(PLATFORM, told.role, None, manages=True)
    return await placed(told, (told.organisation, told.role), services)


async def placed(told: PowersNew, whose: tuple[str, str], services: ServicesDep) -> Place:
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


def home_of(organisation: str, services: ServicesDep) -> str | None:
    """The prefecture of an organisation; None where it is not known."""
    known = services.registry.now.organisations.get(organisation)
    return known.prefecture if known else None


def manages(manager: Signed, person: PersonRow, services: ServicesDep) -> bool:
    """Whether somebody looks after a person."""
    home = home_of(person.organisation, services)
    return may_manage(manager.place, place_of(person), home)


async def read_people(people: Sequence[PersonRow], services: ServicesDep) -> list[PersonRead]:
    """People as they are told, with their names opened."""
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


def not_yours_to_manage() -> Refused:
    """The place or role is beyond whom one may invite or empower."""
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


def oneself(named: UUID) -> Refused:
    """Nobody ends or empowers themselves."""
    return refuse(
        "invalid_value",
        ("不能停用自己，也不能改自己的权限", "nobody disables or empowers themselves"),
        ("请由另一位管理员操作", "ask another administrator"),
        pointer="/id",
        value=str(named),
    )


def absent_person(named: UUID) -> Refused:
    """Another's person is answered like none at all."""
    return refuse(
        "not_found",
        ("没有这个人", "there is no such person"),
        ("人员的 id 见 GET /v1/people", "the ids are in GET /v1/people"),
        pointer="/id",
        value=str(named),
    )
