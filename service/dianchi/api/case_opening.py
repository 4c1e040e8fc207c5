"""Opening a case, and giving it to an officer."""

from uuid import UUID

from sqlmodel import col, select

from dianchi.access.cases import HeldError, Opening, TakenError, open_case, said_of, was_taken
from dianchi.access.keys import now_of
from dianchi.access.people import in_force
from dianchi.access.people_tables import PersonRow
from dianchi.api.bodies.cases import CaseNew
from dianchi.api.case_once import hand_of, held
from dianchi.api.casing import subject_of
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Refused
from dianchi.store.names import new_id


async def _opening_of(
    services: Services, reporter: Reporter, told: CaseNew, named: UUID, said: bytes
) -> Opening:
    subject = await subject_of(services, reporter, dict(enumerate(told.items)), told.firm)
    return Opening(
        named,
        subject.firm.id,
        subject.firm.prefecture or "",
        subject.areas,
        subject.items,
        hand_of(reporter),
        await assigned(services, reporter, told.assignee),
        {"note": told.note} if told.note else {},
        said,
    )


async def asked_case(services: Services, reporter: Reporter, told: CaseNew) -> tuple[UUID, bool]:
    """Opens the case that an officer asks for; its id, and whether it is new.

    What was opened before is not looked at again: meanwhile a finding may have closed.

    Raises:
        Refused: it is not of one firm, not of what the officer sees, or no officer's to work; some
            of it is worked already; or the id is another case's.
    """
    named = told.id or new_id()
    said = said_of(told.model_dump(mode="json", exclude_none=True, exclude={"id"}))
    try:
        async with services.registrar.acquire() as connection:
            if await was_taken(connection, named, named, said):
                return named, False
    except TakenError:
        raise _anothers(named) from None
    opening = await _opening_of(services, reporter, told, named, said)
    return named, await opened_case(services, opening)


async def opened_case(services: Services, opening: Opening) -> bool:
    """Opens a case; whether it is new.

    Raises:
        Refused: some of it is worked already, or the id is another case's.
    """
    try:
        return await open_case(services.registrar, opening, now_of(services.clock))
    except TakenError:
        raise _anothers(opening.id) from None
    except HeldError as error:
        places = {item.ref: place for place, item in enumerate(opening.items)}
        raise held(places, error) from None


def _anothers(named: UUID) -> Refused:
    return refuse(
        "request_conflict",
        ("这个 id 已用于另一个案件", "this id is that of another case"),
        ("新案件请用新的 UUID", "give a new case a new UUID"),
        pointer="/id",
        value=str(named),
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
