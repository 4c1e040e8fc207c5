"""Mandates: given, listed, revoked; and the events that were reported under one."""

import asyncio
from base64 import b32hexencode
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.tables import MandateRow
from dianchi.domain.lines import KeyKind
from dianchi.store.names import UUID, key_id
from dianchi.store.readers import Readers

_ID_LENGTH: Final = 16
_PAGE: Final = 500
_FIRST: Final = UUID(bytes(16))
_REPORTED: Final = """
SELECT k.stream_id, k.version, e.body, l.log_index
  FROM event_key k JOIN event e USING (stream_id, version) LEFT JOIN log_entry l
    USING (stream_id, version)
 WHERE k.kind = $1 AND k.key = $2 AND (k.stream_id, k.version) > ($3, $4)
 ORDER BY k.stream_id, k.version LIMIT $5
"""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a mandate says: who lets whom report what, where, as what, on which days."""

    organisation: str
    agent: str
    role: str
    types: Sequence[str]
    sites: Sequence[str] | None
    area: str | None
    valid_from: date
    valid_to: date

    def facts(self) -> dict[str, Any]:
        """The columns that say it; lists in order, each word once."""
        return {
            "organisation": self.organisation,
            "agent": self.agent,
            "role": self.role,
            "types": sorted(set(self.types)),
            "sites": None if self.sites is None else sorted(set(self.sites)),
            "area": self.area,
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
        }


async def give(session: AsyncSession, grant: Grant, now: datetime) -> tuple[MandateRow, bool]:
    """The mandate that says this, and whether it is new; one that holds already is not doubled.

    The id follows from what it says and from how often that was revoked before: two who give the
    same at once give one.
    """
    facts = grant.facts()
    said = sha256(repr(sorted(facts.items())).encode()).digest()
    same = col(MandateRow.organisation) == grant.organisation, col(MandateRow.said) == said
    revoked = (
        await session.exec(
            select(func.count())
            .select_from(MandateRow)
            .where(*same, col(MandateRow.revoked_at).is_not(None))
        )
    ).one()
    number = _number(said, revoked)
    row = insert(MandateRow).values(id=number, said=said, made_at=now, **facts)
    made = await (await session.connection()).execute(
        row.on_conflict_do_nothing().returning(col(MandateRow.id))
    )
    is_new = made.scalar() is not None
    found = (await session.exec(select(MandateRow).where(MandateRow.id == number))).one()
    await session.commit()
    return found, is_new


def _number(said: bytes, before: int) -> str:
    digest = sha256(said + before.to_bytes(4, "big")).digest()
    return f"M{b32hexencode(digest).decode()[: _ID_LENGTH - 1]}"


async def mandates_of(session: AsyncSession, organisation: str) -> Sequence[MandateRow]:
    """The mandates that an organisation gave or holds, the newest first; revoked ones, too."""
    parties = or_(
        col(MandateRow.organisation) == organisation, col(MandateRow.agent) == organisation
    )
    newest = col(MandateRow.made_at).desc(), col(MandateRow.id)
    return (await session.exec(select(MandateRow).where(parties).order_by(*newest))).all()


async def find_mandate(
    session: AsyncSession, number: str, *, lock: bool = False
) -> MandateRow | None:
    """The mandate of an id; with `lock` nobody else changes it until the session commits."""
    named = select(MandateRow).where(MandateRow.id == number)
    return (await session.exec(named.with_for_update() if lock else named)).one_or_none()


async def end(session: AsyncSession, row: MandateRow, why: str | None, now: datetime) -> None:
    """Revokes a mandate; one that was revoked before keeps its first day and reason."""
    if row.revoked_at is None:
        row.revoked_at, row.revoked_why = now, why
        session.add(row)
    await session.commit()


async def reported_under(readers: Readers, mandate: str) -> AsyncIterator[bytes]:
    """The events reported under a mandate, as stored and with `log_index`, some lines at a time."""
    key = key_id(KeyKind.MANDATE, mandate)
    stream, version = _FIRST, 0
    while rows := await readers.fetch(_REPORTED, int(KeyKind.MANDATE), key, stream, version, _PAGE):
        yield b"".join(_line(row["body"], row["log_index"]) for row in rows)
        if len(rows) < _PAGE:
            return
        stream, version = rows[-1]["stream_id"], rows[-1]["version"]
        await asyncio.sleep(0)


def _line(body: bytes, log_index: int | None) -> bytes:
    place = b"null" if log_index is None else b"%d" % log_index
    return b'%b,"log_index":%b}\n' % (body[:-1], place)
