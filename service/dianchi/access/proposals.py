"""What one person would give another and a second one confirms: invitations, links, powers.

Proposals and decisions are rows that are only added. Whatever is done about one proposal waits for
the row of its person, so that two at once see each other.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.people import Link, new_link, place_of, powers_of
from dianchi.access.people_tables import FirstRow, PersonRow, ProposalRow, VoteRow
from dianchi.domain.areas import PROVINCE
from dianchi.domain.people import Place

WAITS: Final = timedelta(days=7)
"""How long a proposal can be confirmed."""
State = Literal["open", "confirmed", "declined", "expired"]


class Act(StrEnum):
    """What a second person is asked to confirm."""

    INVITE = "invite"
    LINK = "link"
    POWERS = "powers"


class DecidedError(Exception):
    """It was decided before, is too old, or the person is disabled; `state` says which."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is asked, for whom, and what became of it."""

    asked: ProposalRow
    person: PersonRow
    vote: VoteRow | None

    def state(self, now: datetime) -> State:
        """Where it stands."""
        if self.vote is not None:
            return "confirmed" if self.vote.decision == "confirmed" else "declined"
        return "expired" if now >= self.asked.made_at + WAITS else "open"


class Wish(NamedTuple):
    """What somebody would do about a person."""

    act: Act
    place: Place
    by: UUID
    clears_codes: bool = False


def propose(session: AsyncSession, person: PersonRow, wish: Wish, now: datetime) -> Proposal:
    """Adds a proposal, within a transaction."""
    row = ProposalRow(
        id=UUID(bytes=os.urandom(16), version=4),
        person=person.id,
        act=wish.act,
        **powers_of(wish.place),
        clears_codes=wish.clears_codes,
        made_at=now,
        made_by=wish.by,
    )
    session.add(row)
    return Proposal(row, person, None)


async def open_proposals(session: AsyncSession, now: datetime) -> list[Proposal]:
    """What waits for a second person, the oldest first."""
    wanted = _all().where(col(VoteRow.proposal).is_(None), ProposalRow.made_at > now - WAITS)
    ordered = wanted.order_by(col(ProposalRow.made_at), col(ProposalRow.id))
    return [Proposal(*found) for found in (await session.exec(ordered)).all()]


async def find_proposal(session: AsyncSession, named: UUID) -> Proposal | None:
    """The proposal of this id."""
    found = (await session.exec(_all().where(ProposalRow.id == named))).one_or_none()
    return None if found is None else Proposal(*found)


def _all() -> Any:  # noqa: ANN401 - a select of three tables
    return (
        select(ProposalRow, PersonRow, VoteRow)
        .join(PersonRow, col(PersonRow.id) == ProposalRow.person)
        .join(VoteRow, col(VoteRow.proposal) == ProposalRow.id, isouter=True)
    )


async def confirm(
    session: AsyncSession, named: UUID, by: UUID | None, now: datetime
) -> tuple[Proposal, Link | None]:
    """Does what was proposed, and answers the link where it makes one.

    Raises:
        DecidedError: it was decided before, is too old, or its person was disabled.
    """
    found = await _decide(session, named, VoteRow(decision="confirmed", **_by(named, by, now)))
    asked, person = found.asked, found.person
    link = None
    if asked.act == Act.POWERS:
        set_powers(session, person, place_of(asked))
    else:
        link = await new_link(session, person.id, now, clears_codes=asked.clears_codes)
    await session.commit()
    return found, link


async def decline(session: AsyncSession, named: UUID, by: UUID, now: datetime) -> Proposal:
    """Declines a proposal, or withdraws one's own.

    Raises:
        DecidedError: it was decided before, is too old, or its person was disabled.
    """
    found = await _decide(session, named, VoteRow(decision="declined", **_by(named, by, now)))
    await session.commit()
    return found


def _by(named: UUID, by: UUID | None, now: datetime) -> dict[str, Any]:
    return {"proposal": named, "decided_by": by, "decided_at": now}


async def _decide(session: AsyncSession, named: UUID, vote: VoteRow) -> Proposal:
    person = select(ProposalRow.person).where(ProposalRow.id == named).scalar_subquery()
    await session.exec(select(PersonRow.id).where(PersonRow.id == person).with_for_update())
    found = await check_open(session, named, vote.decided_at)
    session.add(vote)
    await session.flush()
    return Proposal(found.asked, found.person, vote)


async def check_open(session: AsyncSession, named: UUID, now: datetime) -> Proposal:
    """The proposal of this id, while it waits.

    Raises:
        DecidedError: it was decided before, is too old, or its person was disabled.
    """
    found = await find_proposal(session, named)
    if found is None:
        raise DecidedError("expired")
    state = found.state(now)
    if state != "open" or found.person.disabled_at is not None:
        raise DecidedError("disabled" if state == "open" else state)
    return found


def set_powers(session: AsyncSession, person: PersonRow, place: Place) -> None:
    """Changes what a person may, within a transaction; it holds with their next request."""
    for name, value in powers_of(place).items():
        setattr(person, name, value)
    session.add(person)


async def take_first(session: AsyncSession, person: PersonRow, now: datetime) -> bool:
    """Whether this person may be the one regulator for whom nobody could be asked.

    Once for each platform, for a regulator of the province, while no other ever got in; the same
    person may be given another link until they did.
    """
    got_in = col(PersonRow.login).is_not(None) | col(PersonRow.subject).is_not(None)
    officers = select(PersonRow).where(PersonRow.role == "regulator", got_in)
    if place_of(person).area not in (None, PROVINCE) or person.role != "regulator":
        return False
    if any(place_of(one).area in (None, PROVINCE) for one in (await session.exec(officers)).all()):
        return False
    row = insert(FirstRow).values(alone=True, person=person.id, made_at=now)
    await session.exec(row.on_conflict_do_nothing())
    return (await session.exec(select(FirstRow))).one().person == person.id


def terms_of(place: Place) -> str:
    """What a person is given, as the audit log tells it; organisations by their digest."""
    told = [place.role, place.organisation, place.area or PROVINCE]
    told += [place.department] if place.department else []
    told += ["manages"] if place.manages else []
    if place.names is not None:
        told.append(f"names={sha256(' '.join(sorted(place.names)).encode()).hexdigest()[:16]}")
    return " ".join([*told, f"until={place.until.date()}"] if place.until else told)
