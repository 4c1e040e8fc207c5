"""Who asks to be enrolled: the application, its decision, and the first keys.

Number, secret and keys are worked out, not drawn: from what the applicant sent, under the pepper.
So whoever asks again, because an answer was lost, is answered the same, and nothing that opens
anything is stored.
"""

import hmac
import zlib
from base64 import b32hexencode
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.enrol import Enrolment, enrolled
from dianchi.access.keys import PREFIX, KeyRing
from dianchi.access.named import Kind, Whose, keep
from dianchi.access.tables import ApplicationRow, KeyRow
from dianchi.domain.areas import covers
from dianchi.store.vault import Vault

HANDED_FOR: Final = timedelta(minutes=30)
"""How long the keys can be asked for again, once they were handed over."""
MOST_OPEN: Final = 2_000
LISTED: Final = 1_000
_ID_LENGTH: Final = 16
_HEX: Final = 40


@dataclass(frozen=True, slots=True)
class Wish:
    """What an applicant tells; `contact` is personal."""

    name: str
    uscc: str
    roles: tuple[str, ...]
    province: str | None
    prefecture: str | None
    county: str | None
    contact: str = field(repr=False)


class Secrets(NamedTuple):
    """What works out secrets and keys, and what locks contacts."""

    ring: KeyRing
    vault: Vault


@dataclass(frozen=True, slots=True)
class Decision:
    """What an officer decides, and why; an approval needs no reason."""

    approves: bool
    by: str
    reason: str | None = None


def number_of(request: str) -> str:
    """The number of the application that a request of this key makes."""
    digest = sha256(b"application:" + request.encode()).digest()
    return f"A{b32hexencode(digest).decode()[: _ID_LENGTH - 1]}"


def contact_of(number: str) -> Whose:
    """Where the contact of an application is kept."""
    return Whose(Kind.CONTACT, number)


def secret_of(ring: KeyRing, request: str) -> str:
    """The secret of an application, worked out from the key of its request."""
    return ring.digest(f"application:{request}").hex()[:_HEX]


def first_key(ring: KeyRing, secret: str, role: str) -> str:
    """The key that an approved applicant is handed for a role: its secret makes it."""
    body = hmac.digest(ring.digest(f"key:{role}"), secret.encode(), "sha256").hex()[:_HEX]
    return f"{PREFIX}{body}{zlib.crc32(body.encode()):08x}"


async def apply(
    session: AsyncSession, secrets: Secrets, request: str, wish: Wish, now: datetime
) -> ApplicationRow | None:
    """Files an application; the row of an earlier one, None where that said something else."""
    # Without the contact, which must leave nothing behind when it is erased.
    told = sha256(repr(replace(wish, contact="")).encode()).digest()
    number, ring = number_of(request), secrets.ring
    row = insert(ApplicationRow).values(
        number=number,
        secret=ring.digest(secret_of(ring, request)),
        told=told,
        name=wish.name,
        uscc=wish.uscc,
        roles=list(wish.roles),
        province=wish.province,
        prefecture=wish.prefecture,
        county=wish.county,
        made_at=now,
    )
    made = await session.exec(row.on_conflict_do_nothing())
    if made.rowcount:
        await keep(session, secrets.vault, contact_of(number), wish.contact)
    found = (
        await session.exec(select(ApplicationRow).where(ApplicationRow.number == number))
    ).one()
    await session.commit()
    return found if found.told == told else None


async def open_ones(session: AsyncSession, since: datetime) -> int:
    """How many applications of late nobody has decided yet."""
    undecided = col(ApplicationRow.decided_at).is_(None), col(ApplicationRow.made_at) >= since
    count = select(func.count()).select_from(ApplicationRow).where(*undecided)
    return (await session.exec(count)).one()


async def find_application(
    session: AsyncSession, number: str, *, lock: bool = False
) -> ApplicationRow | None:
    """The application of a number; with `lock` nobody else decides until the session commits."""
    named = select(ApplicationRow).where(ApplicationRow.number == number)
    return (await session.exec(named.with_for_update() if lock else named)).one_or_none()


async def applications_in(
    session: AsyncSession, area: str | None, *, decided: bool
) -> Sequence[ApplicationRow]:
    """The applications of an area (None: all), the oldest first; of decided ones the newest."""
    state = col(ApplicationRow.decided_at)
    order = state.desc() if decided else col(ApplicationRow.made_at)
    asked = (
        select(ApplicationRow)
        .where(state.is_not(None) if decided else state.is_(None))
        .order_by(order, col(ApplicationRow.number))
        .limit(MOST_OPEN)
    )
    rows = (await session.exec(asked)).all()
    return [row for row in rows if concerns(area, row)][:LISTED]


def concerns(area: str | None, row: ApplicationRow) -> bool:
    """Whether an application is for the officer of an area to decide."""
    return area is None or covers(area, row.prefecture, row.county)


def opens(ring: KeyRing, row: ApplicationRow, secret: str) -> bool:
    """Whether this is the secret of an application."""
    return hmac.compare_digest(row.secret, ring.digest(secret))


async def decide(
    session: AsyncSession, row: ApplicationRow, decision: Decision, now: datetime
) -> bool:
    """Decides a locked application; False where it was decided otherwise before.

    Raises:
        Malformed: the organisation cannot be enrolled: its name and code belong to two.
    """
    word = "approved" if decision.approves else "declined"
    if row.decision is not None:
        await session.commit()
        return row.decision == word
    row.decision, row.decided_at = word, now
    row.decided_by, row.reason = decision.by, decision.reason
    if decision.approves:
        told = Enrolment(row.name, row.uscc, row.province, row.prefecture)
        row.organisation = (await enrolled(session, told, now)).id
    session.add(row)
    await session.commit()
    return True


async def hand_over(
    session: AsyncSession, ring: KeyRing, row: ApplicationRow, secret: str, now: datetime
) -> dict[str, str]:
    """The first keys of an approved applicant by role; none when they were handed long ago."""
    if row.organisation is None or (row.handed_at and now - row.handed_at > HANDED_FOR):
        return {}
    keys = {role: first_key(ring, secret, role) for role in row.roles}
    for role, key in keys.items():
        told = KeyRow(
            digest=ring.digest(key),
            prefix=key[:10],
            organisation=row.organisation,
            role=role,
            made_at=now,
        )
        columns = told.model_dump()
        await session.exec(insert(KeyRow).values(**columns).on_conflict_do_nothing())
    row.handed_at = row.handed_at or now
    session.add(row)
    await session.commit()
    return keys
