"""What one officer would set aside (不予采信), until a second one decides.

A proposal is no event: only what two persons decided goes into the log.
"""

import os
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, text, tuple_
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

Decision = Literal["confirmed", "declined"]
LISTED: Final = 500


class AsideRow(SQLModel, table=True):
    """A proposal; `line` is set where only one battery of a report is meant."""

    __tablename__ = "set_aside_proposal"
    __table_args__ = (
        Index("set_aside_waiting", "made_at", postgresql_where=text("decision IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    event_id: UUID
    line: str | None = None
    battery: str
    basis: str
    document: str
    reason: str
    organisation: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    made_by: UUID
    decision: str | None = None
    decided_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    decided_by: UUID | None = None


async def propose(session: AsyncSession, **told: object) -> AsideRow:
    """Keeps a proposal."""
    row = AsideRow.model_validate({"id": UUID(bytes=os.urandom(16), version=4), **told})
    session.add(row)
    await session.commit()
    return row


async def waiting(
    session: AsyncSession, battery: str | None = None, behind: AsideRow | None = None
) -> list[AsideRow]:
    """What waits for a second officer, the oldest first, at most `LISTED`.

    Args:
        session: reads.
        battery: the only one to look at.
        behind: go on behind this one.
    """
    asked = select(AsideRow).where(col(AsideRow.decision).is_(None))
    if battery is not None:
        asked = asked.where(AsideRow.battery == battery)
    place = tuple_(col(AsideRow.made_at), col(AsideRow.id))
    if behind is not None:
        asked = asked.where(place > tuple_(behind.made_at, behind.id))
    return list((await session.exec(asked.order_by(place).limit(LISTED))).all())


async def find(session: AsyncSession, named: UUID) -> AsideRow | None:
    """The proposal of this id."""
    return (await session.exec(select(AsideRow).where(AsideRow.id == named))).first()


async def hold(session: AsyncSession, named: UUID) -> bool:
    """Lets nobody else decide a proposal until the session ends; whether it waits still."""
    waits = select(AsideRow.id).where(AsideRow.id == named, col(AsideRow.decision).is_(None))
    return (await session.exec(waits.with_for_update(key_share=True))).first() is not None


async def decide(
    session: AsyncSession, named: UUID, decision: Decision, by: UUID, now: datetime
) -> bool:
    """Decides what waits; whether it did."""
    changed = await session.exec(
        update(AsideRow)
        .where(col(AsideRow.id) == named, col(AsideRow.decision).is_(None))
        .values(decision=decision, decided_at=now, decided_by=by)
    )
    await session.commit()
    return bool(changed.rowcount)
