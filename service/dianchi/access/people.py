"""People: invited by a link, named by a login, disabled, erased."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.codes import forget_recovery
from dianchi.access.named import Kind, Whose, destroy, keep
from dianchi.access.people_tables import LinkRow, PersonRow, ProposalRow
from dianchi.access.sessions import digest_of, end_of_person
from dianchi.domain.people import PLATFORM, PLATFORM_ADMIN, Place
from dianchi.domain.refusals import Malformed, Text
from dianchi.store.vault import Vault

INVITED_FOR: Final = timedelta(hours=24)
ADMIN_FOR: Final = timedelta(minutes=15)
Powered = PersonRow | ProposalRow
"""What says where a person stands: the person, or what somebody would give them."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was just made, seen this once."""

    person: UUID
    token: str
    expires_at: datetime


class Guest(NamedTuple):
    """Somebody to let in: where they stand, what they are called, and who invites them."""

    place: Place
    name: str
    by: UUID | None = None


async def invite(session: AsyncSession, vault: Vault, guest: Guest, now: datetime) -> Link:
    """Adds a person, and makes the link that lets them in."""
    row = await add_person(session, vault, guest, now)
    link = _link(session, row.id, now, INVITED_FOR)
    await session.commit()
    return link


async def add_person(session: AsyncSession, vault: Vault, guest: Guest, now: datetime) -> PersonRow:
    """Adds a person within a transaction: nobody gets in before there is a link."""
    row = PersonRow(id=_new_id(), **powers_of(guest.place), made_at=now, made_by=guest.by)
    session.add(row)
    await keep(session, vault, name_of(row.id), guest.name)
    return row


async def new_link(
    session: AsyncSession, person: UUID, now: datetime, *, clears_codes: bool = False
) -> Link:
    """A new link, within a transaction; older ones end.

    Args:
        session: of the transaction.
        person: who lost the first, the password or (`clears_codes`) the phone.
        now: the moment.
        clears_codes: whether the phone and its codes are forgotten when it is followed.
    """
    await _spend_links(session, person, now)
    return _link(session, person, now, INVITED_FOR, clears_codes=clears_codes)


def name_of(person: UUID) -> Whose:
    """Where a person's name is kept."""
    return Whose(Kind.NAME, person)


def place_of(row: Powered) -> Place:
    """Where a person stands, or would."""
    bound = row.area or (row.prefecture if row.role == "regulator" else None)
    names = None if row.names is None else frozenset(row.names)
    return Place(
        row.organisation, row.role, bound, row.manages, row.department, names, row.expires_at
    )


def powers_of(place: Place) -> dict[str, Any]:
    """The columns that say where a person stands."""
    names = None if place.names is None else sorted(place.names)
    return {
        "organisation": place.organisation,
        "role": place.role,
        "prefecture": None,
        "area": place.area,
        "manages": place.manages,
        "department": place.department,
        "names": names,
        "expires_at": place.until,
    }


def in_force(now: datetime) -> ColumnElement[bool]:
    """The condition that a person was not disabled and has not ended."""
    ends = col(PersonRow.expires_at)
    return col(PersonRow.disabled_at).is_(None) & (ends.is_(None) | (ends > now))


async def admin_link(session: AsyncSession, now: datetime, *, another: bool = False) -> Link | None:
    """A link for the platform's administrator; None while there is one, unless `another`."""
    admins = select(PersonRow).where(
        PersonRow.role == PLATFORM_ADMIN, col(PersonRow.disabled_at).is_(None)
    )
    found = (await session.exec(admins)).all()
    if not another and any(one.password or one.subject for one in found):
        return None
    waiting = next((one for one in found if not (one.password or one.subject)), None)
    row = waiting or PersonRow(
        id=_new_id(),
        organisation=PLATFORM,
        role=PLATFORM_ADMIN,
        manages=True,
        made_at=now,
    )
    session.add(row)
    await _spend_links(session, row.id, now)
    link = _link(session, row.id, now, ADMIN_FOR)
    await session.commit()
    return link


async def invited(session: AsyncSession, token: str, now: datetime) -> PersonRow | None:
    """Whose link this is; None when it was used, is too old, or never was. Uses nothing up."""
    good = select(PersonRow, LinkRow).where(
        LinkRow.digest == digest_of(token),
        col(LinkRow.used_at).is_(None),
        LinkRow.expires_at > now,
        PersonRow.id == LinkRow.person,
        in_force(now),
    )
    found = (await session.exec(good)).one_or_none()
    return found[0] if found else None


async def use_link(session: AsyncSession, token: str, now: datetime) -> PersonRow | None:
    """Uses a link up, within a transaction; None when it is no longer good.

    All other sessions of the person end.
    """
    good = (
        update(LinkRow)
        .where(
            col(LinkRow.digest) == digest_of(token),
            col(LinkRow.used_at).is_(None),
            col(LinkRow.expires_at) > now,
        )
        .values(used_at=now)
        .returning(col(LinkRow.person), col(LinkRow.clears_codes))
    )
    used = (await session.exec(good)).one_or_none()
    person = await session.get(PersonRow, used[0]) if used else None
    if used is None or person is None or has_ended(person, now):
        return None
    if used[1]:
        forget_phone(person)
        await forget_recovery(session, person.id)
    await end_of_person(session, person.id)
    return person


def forget_phone(person: PersonRow) -> None:
    """Takes a person's phone away, within a transaction."""
    person.totp_secret = person.totp_since = person.totp_step = None


def has_ended(person: PersonRow, now: datetime) -> bool:
    """Whether a person gets in no more."""
    past = person.expires_at is not None and person.expires_at <= now
    return person.disabled_at is not None or past


async def name_login(session: AsyncSession, person: PersonRow, login: str, hashed: str) -> None:
    """Gives a person login and password, within a transaction.

    Raises:
        Malformed: somebody else has this login.
    """
    person.login, person.password = login, hashed
    what = Text("这个登录名已有人使用", "somebody has this login already")
    await _put_alone(session, person, what, Text("请换一个登录名", "choose another one"))


async def name_subject(session: AsyncSession, person: PersonRow, subject: str) -> None:
    """Ties a person to an identity of the provider, within a transaction.

    Raises:
        Malformed: somebody else is tied to it.
    """
    person.subject = subject
    what = Text("这个统一身份已属于另一个人", "this account belongs to somebody else here")
    await _put_alone(
        session, person, what, Text("请用您自己的统一身份登录", "use your own account")
    )


async def _put_alone(session: AsyncSession, person: PersonRow, what: Text, way_out: Text) -> None:
    session.add(person)
    try:
        await session.flush()
    except IntegrityError:
        raise Malformed("invalid_value", what, way_out) from None


async def disable(session: AsyncSession, person: PersonRow, by: UUID, now: datetime) -> None:
    """Disables a person: every session ends, every link is spent. Again, nothing changes."""
    if person.disabled_at is None:
        person.disabled_at, person.disabled_by = now, by
        session.add(person)
    await _spend_links(session, person.id, now)
    await end_of_person(session, person.id)
    await session.commit()


async def erase(session: AsyncSession, person: PersonRow, by: UUID, now: datetime) -> None:
    """Disables for good: name, login, password and phone are destroyed; the id stays."""
    person.login = person.password = person.subject = None
    forget_phone(person)
    await forget_recovery(session, person.id)
    await destroy(session, name_of(person.id).reference, now)
    await disable(session, person, by, now)


async def people_of(session: AsyncSession, organisation: str | None) -> list[PersonRow]:
    """The people of an organisation, or all."""
    wanted = select(PersonRow).order_by(col(PersonRow.made_at), col(PersonRow.id))
    if organisation is not None:
        wanted = wanted.where(PersonRow.organisation == organisation)
    return list((await session.exec(wanted)).all())


def _new_id() -> UUID:
    return UUID(bytes=secrets.token_bytes(16), version=4)


def _link(
    session: AsyncSession,
    person: UUID,
    now: datetime,
    lasts: timedelta,
    *,
    clears_codes: bool = False,
) -> Link:
    token = secrets.token_urlsafe(32)
    session.add(
        LinkRow(
            digest=digest_of(token),
            person=person,
            clears_codes=clears_codes,
            made_at=now,
            expires_at=now + lasts,
        )
    )
    return Link(person, token, now + lasts)


async def _spend_links(session: AsyncSession, person: UUID, now: datetime) -> None:
    unused = (col(LinkRow.person) == person) & col(LinkRow.used_at).is_(None)
    await session.exec(update(LinkRow).where(unused).values(used_at=now))
