"""Asset packs: frozen sheets, whom they are shown to, and who opened them when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.pack_tables import AssetPackRow, OpeningRow
from dianchi.store.envelope import canonical_json
from dianchi.store.names import new_id

LISTED = 500


@dataclass(frozen=True, slots=True)
class Offer:
    """What an owner offers, to whom, until when; `named` are ids of organisations."""

    organisation: str
    title: str
    named: Sequence[str]
    sheet: dict[str, Any]
    expires_at: datetime


async def freeze(session: AsyncSession, offer: Offer, now: datetime) -> AssetPackRow:
    """Keeps a sheet as it is now."""
    body = canonical_json(offer.sheet)
    row = AssetPackRow(
        id=new_id(),
        organisation=offer.organisation,
        title=offer.title,
        named=sorted(set(offer.named)),
        sheet=body,
        sha256=sha256(body).digest(),
        made_at=now,
        expires_at=offer.expires_at,
    )
    session.add(row)
    await session.commit()
    return row


async def packs_of(session: AsyncSession, organisation: str) -> Sequence[AssetPackRow]:
    """What an organisation offers, and what it is offered; the newest first."""
    parties = or_(
        col(AssetPackRow.organisation) == organisation,
        col(AssetPackRow.named).contains([organisation]),
    )
    newest = col(AssetPackRow.made_at).desc(), col(AssetPackRow.id)
    return (
        await session.exec(select(AssetPackRow).where(parties).order_by(*newest).limit(LISTED))
    ).all()


def is_open_to(row: AssetPackRow, organisation: str, now: datetime) -> bool:
    """Whether an organisation may open a sheet: its owner always, who is named while it lasts."""
    if row.organisation == organisation:
        return True
    lasts = row.revoked_at is None and now < row.expires_at
    return lasts and organisation in row.named


async def find_pack(
    session: AsyncSession, number: UUID, organisation: str, now: datetime
) -> AssetPackRow | None:
    """The pack of this id, where the organisation may open it now."""
    row = await session.get(AssetPackRow, number)
    return row if row is not None and is_open_to(row, organisation, now) else None


async def note_opening(
    session: AsyncSession, row: AssetPackRow, organisation: str, form: str, now: datetime
) -> None:
    """Keeps that a sheet was opened; its owner leaves no trace."""
    if organisation != row.organisation:
        opened = OpeningRow(id=new_id(), pack=row.id, organisation=organisation, form=form, at=now)
        session.add(opened)
        await session.commit()


async def openings_of(session: AsyncSession, number: UUID) -> Sequence[OpeningRow]:
    """Who opened a sheet, the latest first."""
    of = select(OpeningRow).where(OpeningRow.pack == number)
    return (await session.exec(of.order_by(col(OpeningRow.at).desc()).limit(LISTED))).all()


async def revoke(session: AsyncSession, row: AssetPackRow, now: datetime) -> None:
    """Ends it at once; one that was revoked before keeps its first moment."""
    if row.revoked_at is None:
        row.revoked_at = now
        session.add(row)
        await session.commit()
