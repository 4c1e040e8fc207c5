"""How a phone becomes a device: by a code that is good once, and for that phone's own repeats.

The answer to a claim may be lost on the way. A phone therefore makes up a `claimant`, a random text
that it sends with its claim and with each repeat: within the life of the code it is given a fresh
key, and the former one ends. Who photographed the code has no claimant of the phone that used it.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlmodel import col, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.device_tables import DeviceRow
from dianchi.access.devices import code_digest, first_block, revoke_keys
from dianchi.access.issue import KeyTerms, add_key, day_in
from dianchi.access.keys import KeyRing
from dianchi.domain.scopes import READ, REPORT

_KEY_DAYS: Final = 365
_CLAIMANT: Final = "claimant of a device: "
_LOST: Final = "claimed again by the same phone"


class UsedError(Exception):
    """The code was used by another, is too old, or its device was revoked."""


class Outcome(StrEnum):
    """What becomes of a claim."""

    FIRST = "first"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Claiming:
    """A claim: the device of the code, what the phone made up, the version of its app."""

    row: DeviceRow
    claimant: bytes | None
    app: str | None


@dataclass(frozen=True, slots=True)
class Bound:
    """What a phone is given: its key, which is seen this once, and its first block of names."""

    outcome: Outcome
    key: str
    block: str


async def claiming(
    session: AsyncSession, ring: KeyRing, code: str, claimant: str | None, app: str | None
) -> Claiming | None:
    """A claim by a code; None where no device has this code."""
    mine = col(DeviceRow.code) == code_digest(ring, code)
    row = (await session.exec(select(DeviceRow).where(mine))).one_or_none()
    told = ring.digest(f"{_CLAIMANT}{claimant}") if claimant else None
    return None if row is None else Claiming(row, told, app)


def outcome_of(claim: Claiming, now: datetime) -> Outcome:
    """What becomes of a claim by what is known of the device."""
    row = claim.row
    if row.revoked_at is not None or row.code_ends <= now:
        return Outcome.REFUSED
    if row.claimed_at is None:
        return Outcome.FIRST
    same = claim.claimant and row.claimant and hmac.compare_digest(claim.claimant, row.claimant)
    return Outcome.REPEATED if same else Outcome.REFUSED


async def bind(session: AsyncSession, ring: KeyRing, claim: Claiming, now: datetime) -> Bound:
    """Binds the phone that claims; a repeat ends the key that it was given before.

    Raises:
        UsedError: it was claimed by another, is too old, or the device was revoked.
    """
    device = claim.row.id
    claimed_at = col(DeviceRow.claimed_at)
    # With no claimant, the comparison is with NULL: true for nobody.
    mine = or_(claimed_at.is_(None), col(DeviceRow.claimant).op("=")(claim.claimant))
    # Compared in the database: of two claims at once, one waits and is looked at again.
    bound = (
        update(DeviceRow)
        .where(
            col(DeviceRow.id) == device,
            mine,
            col(DeviceRow.revoked_at).is_(None),
            col(DeviceRow.code_ends) > now,
        )
        .values(claimed_at=func.coalesce(claimed_at, now), claimant=claim.claimant, app=claim.app)
    )
    if (await session.exec(bound)).rowcount != 1:
        raise UsedError
    ended = await revoke_keys(session, device, claim.row.organisation, _LOST, now)
    block = await first_block(session, device, now)
    terms = KeyTerms(claim.row.role, scopes=(READ, REPORT), expires_on=day_in(_KEY_DAYS, now))
    key = await add_key(session, ring, claim.row.organisation, terms, now, device=device)
    return Bound(Outcome.REPEATED if ended else Outcome.FIRST, key, block)
