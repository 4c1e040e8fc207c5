"""Transfers between the sites of an organisation: kept with their reports, numbered, listed."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.work_lists import number_of
from dianchi.access.work_tables import TransferRow
from dianchi.domain.transfers import Move
from dianchi.store.envelope import canonical_json
from dianchi.store.names import content_id

LISTED: Final = 200
PREFIX: Final = "DB"


def transfer_id(organisation: str, form: dict[str, Any]) -> UUID:
    """The id of a transfer: the same form again is the same transfer."""
    return content_id(organisation, canonical_json(form))


def numbered(named: UUID, reports: Sequence[dict[str, Any]], by: str) -> list[dict[str, Any]]:
    """The reports with ids that follow from the transfer and from what each says."""
    return [
        report
        | {"event_id": str(content_id(by, canonical_json([str(named), report["type"], report])))}
        for report in reports
    ]


async def begin(
    session: AsyncSession,
    named: UUID,
    move: Move,
    form: dict[str, Any],
    reports: Sequence[dict[str, Any]],
    now: datetime,
) -> TransferRow:
    """Keeps a transfer before it is recorded; one that is known stays as it was begun."""
    body = canonical_json(form)
    digest = sha256(named.bytes + body).digest()
    row = TransferRow(
        id=named,
        organisation=move.organisation,
        number=number_of(PREFIX, digest, now),
        source=move.source,
        target=move.target,
        day=move.day,
        reason=move.reason,
        count=len(form["sets"]),
        form=body,
        reports=canonical_json(list(reports)),
        made_at=now,
    )
    told = insert(TransferRow).values(**row.model_dump()).on_conflict_do_nothing()
    await (await session.connection()).execute(told)
    await session.commit()
    return (await session.exec(select(TransferRow).where(TransferRow.id == named))).one()


async def find_transfer(
    session: AsyncSession, named: UUID | str, organisation: str | None = None
) -> TransferRow | None:
    """The transfer of this id or number; of an organisation, where one is named."""
    same = (
        col(TransferRow.id) == named
        if isinstance(named, UUID)
        else col(TransferRow.number) == named.strip().upper()
    )
    found = select(TransferRow).where(same)
    if organisation is not None:
        found = found.where(col(TransferRow.organisation) == organisation)
    return (await session.exec(found)).one_or_none()


async def transfers_of(session: AsyncSession, organisation: str) -> Sequence[TransferRow]:
    """The recorded transfers of an organisation, the newest first."""
    of = select(TransferRow).where(
        col(TransferRow.organisation) == organisation, col(TransferRow.recorded_at).is_not(None)
    )
    newest = col(TransferRow.made_at).desc(), col(TransferRow.id)
    return (await session.exec(of.order_by(*newest).limit(LISTED))).all()


async def note_recorded(session: AsyncSession, named: UUID, now: datetime) -> None:
    """Says that all reports of a transfer are in the record; the first time stands."""
    of = update(TransferRow).where(
        col(TransferRow.id) == named, col(TransferRow.recorded_at).is_(None)
    )
    await session.exec(of.values(recorded_at=now))
    await session.commit()


async def drop(session: AsyncSession, named: UUID) -> None:
    """Forgets a transfer of which nothing was recorded."""
    of = delete(TransferRow).where(
        col(TransferRow.id) == named, col(TransferRow.recorded_at).is_(None)
    )
    await session.exec(of)
    await session.commit()
