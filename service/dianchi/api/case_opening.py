"""Opening a case, and giving it to an officer."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import col, select

from dianchi.access.cases import HeldError, Opening, TakenError, open_case
from dianchi.access.keys import now_of
from dianchi.access.people import in_force
from dianchi.access.people_tables import PersonRow
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Fault, Refused, Text


async def opened_case(services: Services, opening: Opening) -> bool:
    """Opens a case; whether it is new.

    Raises:
        Refused: some of it is worked already, or the id is another case's.
    """
    try:
        return await open_case(services.registrar, opening, now_of(services.clock))
    except TakenError:
        raise refuse(
            "request_conflict",
            ("这个 id 已用于另一个案件", "this id is that of another case"),
            ("新案件请用新的 UUID", "give a new case a new UUID"),
            pointer="/id",
            value=str(opening.id),
        ) from None
    except HeldError as error:
        places = {item.ref: place for place, item in enumerate(opening.items)}
        raise held(places, error) from None


def held(places: Mapping[UUID, int], error: HeldError) -> Refused:
    """Some of what was asked for, by its places there, is worked in other cases."""
    return Refused(*(_held(places.get(ref, 0), number) for ref, number in error.held.items()))


def _held(place: int, number: str) -> Fault:
    return Fault(
        "already_worked",
        f"/items/{place}",
        number,
        Text(f"这一项已在案件 {number} 中办理", f"this is worked in case {number}"),
        Text("请到该案件办理，或去掉这一项", "work on that case, or leave this out"),
    )


async def officers_of(services: Services, reporter: Reporter) -> list[PersonRow]:
    """The officers of the caller's own authority."""
    of = select(PersonRow).where(
        PersonRow.role == "regulator",
        PersonRow.organisation == reporter.organisation,
        in_force(now_of(services.clock)),
    )
    async with services.make_session() as session:
        return list((await session.exec(of.order_by(col(PersonRow.made_at)))).all())


async def assigned(services: Services, reporter: Reporter, told: UUID | None) -> UUID | None:
    """Who is to work on it: as told, else who is signed in.

    Raises:
        Refused: it is no officer of this authority.
    """
    if told is None:
        return UUID(reporter.person) if reporter.person else None
    if str(told) != reporter.person and told not in {
        one.id for one in await officers_of(services, reporter)
    }:
        raise refuse(
            "invalid_value",
            ("不是本单位的办案人员", "this is no officer of your authority"),
            ("可指派者见 GET /v1/cases/officers", "see GET /v1/cases/officers"),
            pointer="/assignee",
            value=str(told),
        )
    return told
