"""What waits for a second person: proposed, confirmed, declined; each told to the audit log."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from fastapi import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access import proposals
from dianchi.access.keys import now_of
from dianchi.access.people import Link, place_of
from dianchi.access.proposals import DecidedError, Proposal, find_proposal, open_proposals, terms_of
from dianchi.access.sessions import Signed
from dianchi.api.bodies.people import LinkMade, ProposalRead
from dianchi.api.names import names_of
from dianchi.api.problems import refuse
from dianchi.api.second_person import decided_before, same_person
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.people import Place, may_confirm
from dianchi.domain.refusals import Refused

WAITS: Final[dict[str, Any]] = {
    "model": ProposalRead,
    "description": "It waits until a second person confirms it",
}
_WHO_CONFIRMS: Final = (
    "请由同一辖区或上级的监管人员确认",
    "an officer of the same or a wider area confirms it: /account/waiting",
)


async def note_power(
    services: Services, reporter: Reporter, act: str, what: tuple[UUID, Place]
) -> None:
    """Tells the audit log what a person is given: rows can be changed, sealed entries cannot."""
    person, place = what
    await services.audit.note(reporter, act, f"person {person}: {terms_of(place)}")


async def proposed(
    services: Services, reporter: Reporter, session: AsyncSession, made: Proposal
) -> Response:
    """Stores a proposal, noted before; the answer says that it waits."""
    place = place_of(made.asked)
    await note_power(services, reporter, f"propose {made.asked.act}", (made.person.id, place))
    await session.commit()
    [body] = await proposals_read([made], services)
    return Response(body.model_dump_json(), 202, media_type="application/json")


def may_vote(signed: Signed, found: Proposal) -> bool:
    """Whether somebody is the second person: another one, who sees at least as much."""
    if signed.person in (found.asked.made_by, found.person.id):
        return False
    told = (place_of(found.asked), place_of(found.person))
    return all(may_confirm(signed.place, place) for place in told)


async def waiting_for(signed: Signed, services: Services) -> list[Proposal]:
    """What somebody can confirm, or has proposed."""
    async with services.make_session() as session:
        found = await open_proposals(session, now_of(services.clock))
    return [one for one in found if _knows(signed, one)]


def _knows(signed: Signed, found: Proposal) -> bool:
    return found.asked.made_by == signed.person or may_vote(signed, found)


async def confirmed(
    signed: Signed, named: UUID, services: Services
) -> tuple[Proposal, Link | None]:
    """Confirms as the second person; the link that it makes.

    Raises:
        Refused: there is none for this person to confirm, or it was decided.
    """
    async with _deciding(signed, named, services, "confirm") as session:
        return await proposals.confirm(session, named, signed.person, now_of(services.clock))


async def declined(signed: Signed, named: UUID, services: Services) -> Proposal:
    """Declines, or withdraws one's own.

    Raises:
        Refused: there is none for this person to decide, or it was decided.
    """
    async with _deciding(signed, named, services, "decline") as session:
        return await proposals.decline(session, named, signed.person, now_of(services.clock))


@asynccontextmanager
async def _deciding(
    signed: Signed, named: UUID, services: Services, act: Literal["confirm", "decline"]
) -> AsyncIterator[AsyncSession]:
    """A session in which somebody decides what is theirs to decide; the audit log knows before."""
    async with services.make_session() as session:
        found = await find_proposal(session, named)
        if found is None or not _knows(signed, found):
            raise _absent(named)
        if act == "confirm" and not may_vote(signed, found):
            raise same_person(_WHO_CONFIRMS)
        told = (found.person.id, place_of(found.asked))
        await note_power(services, signed.reporter, f"{act} {found.asked.act}", told)
        try:
            yield session
        except DecidedError as error:
            raise decided_before(error.state, error.state) from None


def link_made(services: Services, link: Link) -> LinkMade:
    """A link as it is handed over."""
    address = f"{services.entry.issuer}/welcome/{link.token}"
    return LinkMade(id=link.person, link=address, expires_at=link.expires_at)


async def proposals_read(found: Sequence[Proposal], services: Services) -> list[ProposalRead]:
    """Proposals as they are answered."""
    names, now = await names_of([one.person for one in found], services), now_of(services.clock)
    return [_read(one, names[one.person.id], now) for one in found]


def _read(found: Proposal, name: str | None, now: datetime) -> ProposalRead:
    asked, vote = found.asked, found.vote
    return ProposalRead(
        name=name,
        state=found.state(now),
        decided_at=vote.decided_at if vote else None,
        decided_by=vote.decided_by if vote else None,
        **asked.model_dump(),
    )


def _absent(named: UUID) -> Refused:
    """What is for others to decide is answered like nothing."""
    return refuse(
        "not_found",
        ("没有这项待确认事项", "nothing of this id waits for you"),
        ("待确认事项见 GET /v1/proposals", "what waits is in GET /v1/proposals"),
        pointer="/id",
        value=str(named),
    )
