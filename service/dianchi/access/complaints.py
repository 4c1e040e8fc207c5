"""What the public complains of: wrong labels, and outlets that refuse to take batteries back.

What was written and how to reach who wrote it are personal values, encrypted one by one as VINs
are: the contact goes when the complaint is closed, the text when the authority says so.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import text
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from dianchi.access.public_tables import ComplaintRow
from dianchi.access.slips import ALPHABET
from dianchi.domain.areas import PROVINCE, covers, members
from dianchi.domain.working_days import CHINA
from dianchi.store.vault import Locked, Vault

About = Literal["wrong_label", "refused"]
LISTED: Final = 1_000
_DIGITS: Final = 8
_KEEP: Final = text(
    "INSERT INTO personal (reference, kind, kek, wrapped, sealed)"
    " VALUES (:reference, 'complaint', :kek, :wrapped, :sealed)"
)
_KEPT: Final = text(
    "SELECT reference, kek, wrapped, sealed FROM personal"
    " WHERE reference = ANY (:references) AND erased_at IS NULL"
)
_ERASE: Final = text(
    "UPDATE personal SET kek = NULL, wrapped = NULL, sealed = NULL, erased_at = :at"
    " WHERE reference = ANY (:references) AND erased_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody tells; `told` and `contact` are personal."""

    kind: About
    battery: str | None
    prefecture: str
    told: str = field(repr=False)
    contact: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Filed:
    """A complaint as an authority reads it; None is what was not told, or erased."""

    row: ComplaintRow
    told: str | None = field(repr=False)
    contact: str | None = field(repr=False)


async def file(session: AsyncSession, vault: Vault, complaint: Complaint, now: datetime) -> str:
    """Keeps a complaint; its number."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(_DIGITS))
    number = f"TS-{now.astimezone(CHINA):%Y%m%d}-{letters}"
    session.add(
        ComplaintRow(
            number=number,
            kind=complaint.kind,
            battery=complaint.battery,
            prefecture=complaint.prefecture,
            made_at=now,
        )
    )
    values = {_told(number): complaint.told, _contact(number): complaint.contact}
    for reference, value in values.items():
        if value:
            await _run(session, _KEEP, vault.lock(reference, value)._asdict())
    await session.commit()
    return number


def listed(area: str | None, *, closed: bool) -> SelectOfScalar[ComplaintRow]:
    """The statement behind `complaints_in`: a range of one index for each prefecture."""
    ended = col(ComplaintRow.closed_at)
    asked = select(ComplaintRow).where(ended.is_not(None) if closed else ended.is_(None))
    if area not in (None, PROVINCE):
        asked = asked.where(col(ComplaintRow.prefecture).in_(members(str(area))))
    return asked.order_by(ended.desc() if closed else col(ComplaintRow.made_at)).limit(LISTED)


async def complaints_in(
    session: AsyncSession, vault: Vault, area: str | None, *, closed: bool
) -> list[Filed]:
    """Complaints of an area (None: everywhere); open ones the oldest first, closed the newest."""
    shown = (await session.exec(listed(area, closed=closed))).all()
    return await _opened(session, vault, shown)


async def close(
    session: AsyncSession, number: str, ending: tuple[str, str], now: datetime, *, whole: bool
) -> bool:
    """Closes a complaint and erases the contact; whether it was open.

    Args:
        session: of the keeper.
        number: of the complaint.
        ending: the organisation that closes it, and why.
        now: the moment.
        whole: erase what was written, too.
    """
    closed_by, reason = ending
    changed = await session.exec(
        update(ComplaintRow)
        .where(col(ComplaintRow.number) == number, col(ComplaintRow.closed_at).is_(None))
        .values(closed_at=now, closed_by=closed_by, reason=reason)
    )
    gone = [_contact(number), *([_told(number)] if whole else [])]
    await _run(session, _ERASE, {"references": gone, "at": now})
    await session.commit()
    return bool(changed.rowcount)


async def find(session: AsyncSession, vault: Vault, number: str) -> Filed | None:
    """The complaint of a number."""
    row = (await session.exec(select(ComplaintRow).where(ComplaintRow.number == number))).first()
    return None if row is None else (await _opened(session, vault, [row]))[0]


def concerns(area: str | None, row: ComplaintRow) -> bool:
    """Whether a complaint lies in an officer's area."""
    return area is None or covers(area, row.prefecture)


async def _opened(session: AsyncSession, vault: Vault, rows: Sequence[ComplaintRow]) -> list[Filed]:
    references = [name(row.number) for row in rows for name in (_told, _contact)]
    kept = await _run(session, _KEPT, {"references": references})
    values = {each[0]: vault.open(Locked(*each)) for each in kept}
    return [
        Filed(row, values.get(_told(row.number)), values.get(_contact(row.number))) for row in rows
    ]


def _told(number: str) -> str:
    return f"complaint:{number}"


def _contact(number: str) -> str:
    return f"complaint:{number}:contact"


async def _run(session: AsyncSession, statement: Any, told: dict[str, Any]) -> Any:  # noqa: ANN401 - of SQLAlchemy
    connection = await session.connection()
    return await connection.execute(statement, told)
