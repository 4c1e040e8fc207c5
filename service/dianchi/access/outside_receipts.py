"""One-time links by which a receiver without an account answers a hand-over.

Of the link only a digest is kept. Who answered by name, and what they wrote, are personal values
(`personal`, kind `receipt`); the firm and its credit code are not.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.pack_tables import OutsideReceiptRow
from dianchi.access.sessions import digest_of
from dianchi.store.envelope import canonical_json
from dianchi.store.names import new_id
from dianchi.store.vault import Locked, Vault

LISTED: Final = 500
_KEEP: Final = text(
    "INSERT INTO personal (reference, kind, kek, wrapped, sealed)"
    " VALUES (:reference, 'receipt', :kek, :wrapped, :sealed)"
)
_KEPT: Final = text(
    "SELECT reference, kek, wrapped, sealed FROM personal"
    " WHERE reference = ANY (:references) AND erased_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answers; `said` is canonical JSON, `person` and `note` are personal."""

    said: dict[str, Any]
    person: str = field(default="", repr=False)
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """A link as its maker reads it; None is what was not told."""

    row: OutsideReceiptRow
    person: str | None = field(repr=False)
    note: str | None = field(repr=False)


async def make_link(
    session: AsyncSession,
    organisation: str,
    claimed: dict[str, Any],
    days: tuple[datetime, datetime],
) -> tuple[OutsideReceiptRow, str]:
    """A link for a hand-over, and its secret, which nobody is told again.

    Args:
        session: of the keeper.
        organisation: the sender.
        claimed: what is said to come, with the `event_id` of the report.
        days: when it is made and when it ends.
    """
    token = secrets.token_urlsafe(32)
    row = OutsideReceiptRow(
        id=new_id(),
        digest=digest_of(token),
        organisation=organisation,
        event_id=UUID(claimed["event_id"]),
        claimed=canonical_json(claimed),
        made_at=days[0],
        expires_at=days[1],
    )
    session.add(row)
    await session.commit()
    return row, token


async def link_of(session: AsyncSession, token: str) -> OutsideReceiptRow | None:
    """The link of a secret, whether it was used or ended; None where there is none."""
    of = select(OutsideReceiptRow).where(OutsideReceiptRow.digest == digest_of(token))
    return (await session.exec(of)).one_or_none()


def is_open(row: OutsideReceiptRow, now: datetime) -> bool:
    """Whether it may still be answered."""
    return row.answered_at is None and row.revoked_at is None and now < row.expires_at


async def spend(
    session: AsyncSession, vault: Vault, row: OutsideReceiptRow, answer: Answer, now: datetime
) -> bool:
    """Answers a link once; whether it was this that did. The caller commits."""
    unused = (
        (col(OutsideReceiptRow.id) == row.id)
        & col(OutsideReceiptRow.answered_at).is_(None)
        & col(OutsideReceiptRow.revoked_at).is_(None)
        & (col(OutsideReceiptRow.expires_at) > now)
    )
    spent = await session.exec(
        update(OutsideReceiptRow)
        .where(unused)
        .values(answered_at=now, answer=canonical_json(answer.said))
    )
    if not spent.rowcount:
        return False
    for reference, value in ((_person(row.id), answer.person), (_note(row.id), answer.note)):
        if value:
            await _run(session, _KEEP, vault.lock(reference, value)._asdict())
    return True


async def links_of(session: AsyncSession, vault: Vault, organisation: str) -> list[Answered]:
    """The links that an organisation made, the newest first."""
    of = select(OutsideReceiptRow).where(OutsideReceiptRow.organisation == organisation)
    newest = col(OutsideReceiptRow.made_at).desc(), col(OutsideReceiptRow.id)
    rows = (await session.exec(of.order_by(*newest).limit(LISTED))).all()
    return await _opened(session, vault, rows)


async def find_link(
    session: AsyncSession, number: UUID, organisation: str
) -> OutsideReceiptRow | None:
    """The link of this id, where it is the organisation's."""
    row = await session.get(OutsideReceiptRow, number)
    return row if row is not None and row.organisation == organisation else None


async def revoke(session: AsyncSession, row: OutsideReceiptRow, now: datetime) -> None:
    """Ends a link; what was answered stays."""
    unused = (col(OutsideReceiptRow.id) == row.id) & col(OutsideReceiptRow.revoked_at).is_(None)
    await session.exec(update(OutsideReceiptRow).where(unused).values(revoked_at=now))
    await session.commit()
    await session.refresh(row)


async def _opened(
    session: AsyncSession, vault: Vault, rows: Sequence[OutsideReceiptRow]
) -> list[Answered]:
    asked = [name(row.id) for row in rows if row.answered_at for name in (_person, _note)]
    kept = await _run(session, _KEPT, {"references": asked})
    told = {each[0]: vault.open(Locked(*each)) for each in kept}
    return [Answered(row, told.get(_person(row.id)), told.get(_note(row.id))) for row in rows]


def _person(link: UUID) -> str:
    return f"receipt:{link}"


def _note(link: UUID) -> str:
    return f"receipt:{link}:note"


async def _run(session: AsyncSession, statement: Any, told: dict[str, Any]) -> Any:  # noqa: ANN401 - of SQLAlchemy
    connection = await session.connection()
    return await connection.execute(statement, told)
