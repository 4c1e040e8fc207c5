"""Erasing personal data: asked by one hand, approved by another, in one transaction.

It is a value (a VIN) or an attachment of a case. Whatever is done about one reference waits for its
row, so two at once see each other.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import text, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.attachment_erasing import Target, beginning
from dianchi.access.erasure_tables import DecisionRow, ErasureRow
from dianchi.access.issue import id_bounds
from dianchi.access.named import destroy, run
from dianchi.access.people_tables import PersonRow
from dianchi.access.tables import KeyRow
from dianchi.domain.erasing import expires_at
from dianchi.domain.lines import KeyKind
from dianchi.store.names import key_id

KEY: Final = "key:"
"""How the mark of a hand begins that is a key."""
PERSON: Final = "person:"
"""How the mark of a hand begins that is a person."""
State = Literal["open", "approved", "declined", "expired"]
# An append of the same value does not wait for this lock, only for the erasing itself.
# Names and contacts have their own way (access/named.py): here they do not exist.
_LOCK: Final = text(
    "SELECT erased_at FROM personal WHERE reference = :reference AND kind = 'vin' FOR NO KEY UPDATE"
)
_REPORTED: Final = text(
    "SELECT EXISTS (SELECT FROM event_key k"
    " JOIN event e ON e.stream_id = k.stream_id AND e.version = k.version"
    " JOIN report r ON r.event_id = e.event_id"
    " WHERE k.kind = :kind AND k.key = :key AND r.organisation = :organisation)"
)

_SEEN: Final = text(
    "SELECT EXISTS (SELECT FROM event_key k JOIN stream s ON s.stream_id = k.stream_id"
    " WHERE k.kind = :kind AND k.key = :key AND s.seen_by && :seers)"
)


class NoValueError(Exception):
    """No value was ever kept under this reference, or no request has this id."""


class SameHandError(Exception):
    """Whoever asked cannot approve, nor a key that was made since: he may have made it himself."""


class DecidedError(Exception):
    """It was decided otherwise, or nobody decided in time; `state` says which."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.state = state


class Hand(NamedTuple):
    """Who acts: the organisation, and what tells its people apart (`key:…`, later `person:…`)."""

    organisation: str
    mark: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """A request and what became of it."""

    asked: ErasureRow
    decision: DecisionRow | None

    def state(self, now: datetime) -> State:
        """Where it stands."""
        if self.decision is not None:
            return "approved" if self.decision.decision == "approved" else "declined"
        return "expired" if now >= expires_at(self.asked.asked_at) else "open"


class Wanted(NamedTuple):
    """What is asked for."""

    reference: str
    basis: str
    document: str


async def reported_by(session: AsyncSession, reference: str, organisation: str) -> bool:
    """Whether an organisation reported the value behind a reference."""
    asked = _key(reference) | {"organisation": organisation}
    return bool((await run(session, _REPORTED, asked)).scalar_one())


async def seen_by(session: AsyncSession, reference: str, seers: Iterable[str]) -> bool:
    """Whether any life that names the value behind a reference is seen by one of these."""
    asked = _key(reference) | {"seers": sorted(seers)}
    return bool((await run(session, _SEEN, asked)).scalar_one())


def _key(reference: str) -> dict[str, Any]:
    return {"kind": int(KeyKind.VIN), "key": key_id(KeyKind.VIN, reference)}


async def ask(
    session: AsyncSession, wanted: Wanted, hand: Hand, now: datetime
) -> tuple[Erasure, bool]:
    """A request, and whether it is new: one that is open or was approved is answered again.

    Raises:
        NoValueError: nothing was ever kept under this reference.
    """
    await _locked(session, wanted.reference)
    for found in await _of(session, ErasureRow.reference == wanted.reference):
        if found.state(now) in {"open", "approved"}:
            await session.commit()
            return found, False
    row = ErasureRow(
        id=UUID(bytes=os.urandom(16), version=4),
        **wanted._asdict(),
        organisation=hand.organisation,
        hand=hand.mark,
        asked_at=now,
    )
    session.add(row)
    await session.commit()
    return Erasure(row, None), True


async def _locked(session: AsyncSession, reference: str) -> None:
    target = Target.read(reference)
    if target is not None:
        known = await target.lock(session)
    else:
        known = (await run(session, _LOCK, {"reference": reference})).first() is not None
    if not known:
        raise NoValueError


async def _destroy(session: AsyncSession, reference: str, at: datetime) -> None:
    target = Target.read(reference)
    if target is not None:
        await target.destroy(session, at)
    else:
        await destroy(session, reference, at)


async def find(session: AsyncSession, named: UUID) -> Erasure:
    """The request of this id.

    Raises:
        NoValueError: there is none.
    """
    found = await _of(session, ErasureRow.id == named)
    if not found:
        raise NoValueError
    return found[0]


async def _of(session: AsyncSession, which: Any) -> list[Erasure]:  # noqa: ANN401 - a condition
    return [Erasure(*pair) for pair in await session.exec(_both().where(which))]


def _both() -> Any:  # noqa: ANN401 - a select of two tables
    return select(ErasureRow, DecisionRow).join(
        DecisionRow, col(DecisionRow.erasure) == ErasureRow.id, isouter=True
    )


async def listed(
    session: AsyncSession,
    organisation: str | None,
    case_id: UUID | None,
    after: tuple[datetime, UUID] | None,
    most: int,
) -> list[Erasure]:
    """Requests, the newest first: of one organisation or case or of all, `most` behind one."""
    joined = _both()
    if organisation is not None:
        joined = joined.where(ErasureRow.organisation == organisation)
    if case_id is not None:
        joined = joined.where(col(ErasureRow.reference).startswith(beginning(case_id)))
    place = tuple_(col(ErasureRow.asked_at), col(ErasureRow.id))
    if after is not None:
        joined = joined.where(place < after)
    newest = col(ErasureRow.asked_at).desc(), col(ErasureRow.id).desc()
    return [Erasure(*pair) for pair in await session.exec(joined.order_by(*newest).limit(most))]


async def approve(session: AsyncSession, named: UUID, hand: Hand, now: datetime) -> Erasure:
    """Erases: data key and value go, a tombstone stays. Again, it answers the first approval.

    Raises:
        NoValueError: there is no such request.
        SameHandError: it was asked by this hand.
        DecidedError: it was declined, or is too old.
    """
    return await _decide(session, named, DecisionRow(decision="approved", **_by(named, hand, now)))


async def decline(
    session: AsyncSession, named: UUID, hand: Hand, why: str, now: datetime
) -> Erasure:
    """Declines a request (or withdraws one's own). Again, it answers the first.

    Raises:
        NoValueError: there is no such request.
        DecidedError: it was approved, or is too old.
    """
    told = DecisionRow(decision="declined", why=why, **_by(named, hand, now))
    return await _decide(session, named, told)


def _by(named: UUID, hand: Hand, now: datetime) -> dict[str, Any]:
    by = {"organisation": hand.organisation, "hand": hand.mark}
    return {"erasure": named, **by, "decided_at": now}


async def _decide(session: AsyncSession, named: UUID, told: DecisionRow) -> Erasure:
    asked = (await find(session, named)).asked
    await _locked(session, asked.reference)
    # Read again: whoever decided before us held the lock.
    found = await find(session, named)
    state = found.state(told.decided_at)
    if state not in {"open", told.decision}:
        raise DecidedError(state)
    approving = told.decision == "approved"
    if approving and not await _other(session, asked, told.hand):
        raise SameHandError
    if state == "open":
        session.add(told)
        if approving:
            await _destroy(session, asked.reference, told.decided_at)
        found = Erasure(asked, told)
    await session.commit()
    return found


async def _other(session: AsyncSession, asked: ErasureRow, hand: str) -> bool:
    if hand == asked.hand:
        return False
    made_at = await _made_at(session, hand)
    return made_at is not None and made_at < asked.asked_at


async def _made_at(session: AsyncSession, hand: str) -> datetime | None:
    """Since when there is this key or person; None where there is neither."""
    if hand.startswith(PERSON):
        person = UUID(hand.removeprefix(PERSON))
        return (
            await session.exec(select(PersonRow.made_at).where(PersonRow.id == person))
        ).one_or_none()
    bounds = id_bounds(hand.removeprefix(KEY))
    if bounds is None:
        return None
    named = select(KeyRow.made_at).where(col(KeyRow.digest).between(*bounds))
    return (await session.exec(named)).one_or_none()
