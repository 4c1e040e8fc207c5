"""Phones of outlets: enrolled by a code, listed, revoked, and what they tell."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import text
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.device_tables import BlockRow, DeviceRow
from dianchi.access.keys import KeyRing
from dianchi.store.readers import Readers

CODE_FOR: Final = timedelta(minutes=30)
BLOCK_SIZE: Final = 50
"""Temporary names in a block."""
_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE_LENGTH: Final = 8
_ID_LENGTH: Final = 11
_BLOCK_LENGTH: Final = 6
_CODE: Final = "enrolment code of a device: "
# A key that was made anew may stand beside one that was revoked.
_LIST: Final = """
SELECT d.*, (SELECT max(k.last_used_at) FROM api_key k
              WHERE k.organisation = d.organisation AND k.device = d.id) AS last_seen
  FROM device d WHERE d.organisation = $1 ORDER BY d.made_at, d.id
"""
_NAMES: Final = "SELECT organisation, id, name FROM device WHERE id = ANY ($1::text[])"
_REVOKE_KEYS: Final = text(
    "UPDATE api_key SET revoked_at = :at, revoked_by = :by, revoked_why = :why"
    " WHERE organisation = :by AND device = :device AND revoked_at IS NULL"
)
_ADD_BLOCK: Final = text(
    "INSERT INTO device_block (block, device, asked, made_at)"
    " VALUES (:block, :device, :asked, :at) ON CONFLICT DO NOTHING RETURNING block"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A device to be: for whom and as what it reports, what it is called, where it stands."""

    organisation: str
    role: str
    name: str
    site: str | None = None


def new_code() -> str:
    """An enrolment code of 40 random bits: `XXXX-XXXX`."""
    told = _random(_CODE_LENGTH)
    return f"{told[:4]}-{told[4:]}"


def link_of(address: str, code: str) -> str:
    """Where a phone goes to be bound by a code: behind the `#`, no server is told it."""
    return f"{address}/scan#enrol={code}"


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def code_digest(ring: KeyRing, code: str) -> bytes:
    """What is kept of an enrolment code, however it was typed."""
    plain = "".join(code.split()).replace("-", "").upper()
    return ring.digest(f"{_CODE}{plain}")


async def add_device(
    session: AsyncSession, ring: KeyRing, wanted: Wanted, now: datetime
) -> tuple[DeviceRow, str]:
    """A device that waits to be claimed, and its code: it is seen this once."""
    code = new_code()
    row = DeviceRow(
        id=f"D{_random(_ID_LENGTH)}",
        organisation=wanted.organisation,
        role=wanted.role,
        site=wanted.site,
        name=wanted.name,
        code=code_digest(ring, code),
        code_ends=now + CODE_FOR,
        made_at=now,
    )
    session.add(row)
    await session.commit()
    return row, code


async def first_block(session: AsyncSession, device: str, now: datetime) -> str:
    """The block of temporary names that a device has from the beginning; not committed here."""
    return await _add_block(session, device, b"claimed", now)


async def find_device(session: AsyncSession, named: str) -> DeviceRow | None:
    """The device of this id."""
    return (await session.exec(select(DeviceRow).where(DeviceRow.id == named))).one_or_none()


async def devices_of(readers: Readers, organisation: str) -> list[Record]:
    """The devices of an organisation, with when the key of each was last used."""
    return list(await readers.fetch(_LIST, organisation))


async def device_names(readers: Readers, devices: Collection[str]) -> dict[tuple[str, str], str]:
    """What these devices are called, by organisation and id: a report may name any id."""
    if not devices:
        return {}
    rows = await readers.fetch(_NAMES, sorted(devices))
    return {(row["organisation"], row["id"]): row["name"] for row in rows}


async def revoke_device(session: AsyncSession, row: DeviceRow, why: str, now: datetime) -> None:
    """Revokes a device and its keys; one that was revoked before keeps its first day and reason."""
    if row.revoked_at is None:
        row.revoked_at, row.revoked_why = now, why
        session.add(row)
    await revoke_keys(session, row.id, row.organisation, why, now)
    await session.commit()


async def revoke_keys(
    session: AsyncSession, device: str, organisation: str, why: str, now: datetime
) -> int:
    """Revokes the keys of a device; how many were valid. Not committed here."""
    told = {"at": now, "by": organisation, "why": why, "device": device}
    return (await (await session.connection()).execute(_REVOKE_KEYS, told)).rowcount


async def note_told(session: AsyncSession, named: str, now: datetime, **told: Any) -> None:  # noqa: ANN401 - columns
    """Keeps what a device told of itself: columns of its row."""
    mine = update(DeviceRow).where(col(DeviceRow.id) == named)
    await session.exec(mine.values(told_at=now, **told))
    await session.commit()


async def add_block(session: AsyncSession, device: str, asked: str, now: datetime) -> str:
    """A block of temporary names that nobody has; the same again for the same asking."""
    digest = asked.encode()
    block = await _add_block(session, device, digest, now)
    await session.commit()
    return block


async def _add_block(session: AsyncSession, device: str, asked: bytes, now: datetime) -> str:
    known = select(BlockRow.block).where(BlockRow.device == device, BlockRow.asked == asked)
    while True:
        found = (await session.exec(known)).one_or_none()
        if found is not None:
            return found
        told = {"block": _random(_BLOCK_LENGTH), "device": device, "asked": asked, "at": now}
        made = (await (await session.connection()).execute(_ADD_BLOCK, told)).scalar()
        if made is not None:
            return str(made)
