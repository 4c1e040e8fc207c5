"""Work lists: kept, listed, closed; what crews did not find; which batteries a list holds."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.slips import ALPHABET
from dianchi.access.work_tables import HELD, WorkListRow, WorkNoteRow, WorkRow
from dianchi.domain.working_days import CHINA
from dianchi.store.envelope import canonical_json
from dianchi.store.names import content_id

LISTED: Final = 200
"""Lists that one answer names: the open ones, then the newest of the others."""
MOST_ROWS: Final = 2_000


class HeldError(Exception):
    """A battery of the list stands on another open list, since this moment."""


class Line(NamedTuple):
    """A row to be: at a station one battery, or so many; `host_kind` is what it is taken out of."""

    station: str
    battery: str | None
    expected: int | None
    host_kind: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A work list to be; `since` is the log index from which on reports tick it."""

    organisation: str
    name: str
    crew: str
    due: date
    report: str
    reason: str
    rows: Sequence[Line]
    since: int = 0

    def said(self) -> bytes:
        """A hash of all that it says: the same list again has the same."""
        rows = [list(row) for row in self.rows]
        told = [self.organisation, self.name, self.crew, str(self.due), self.report, self.reason]
        return sha256(canonical_json([*told, rows])).digest()


async def keep_list(session: AsyncSession, plan: Plan, now: datetime) -> tuple[WorkListRow, bool]:
    """The list that says this, and whether it is new; one that is open is not doubled.

    Raises:
        HeldError: another planner was faster with one of its batteries.
    """
    said = plan.said()
    same = col(WorkListRow.organisation) == plan.organisation, col(WorkListRow.said) == said
    closed = select(func.count()).where(*same, col(WorkListRow.closed_at).is_not(None))
    before = (await session.exec(closed)).one()
    digest = sha256(said + before.to_bytes(4, "big")).digest()
    row = WorkListRow(
        id=content_id(plan.organisation, digest.hex().encode()),
        number=number_of("PG", digest, now),
        said=said,
        made_at=now,
        **{name: getattr(plan, name) for name in _COPIED},
    )
    known = await session.get(WorkListRow, row.id)
    if known is not None:
        return known, False
    try:
        return await _keep(session, row, plan.rows)
    except IntegrityError as error:
        await session.rollback()
        # The same list, told twice at once: the other one is it.
        known = await session.get(WorkListRow, row.id)
        if known is not None:
            return known, False
        if HELD in str(error.orig):
            raise HeldError from error
        raise


_COPIED: Final = ("organisation", "name", "crew", "due", "report", "reason", "since")


async def _keep(
    session: AsyncSession, row: WorkListRow, lines: Iterable[Line]
) -> tuple[WorkListRow, bool]:
    session.add(row)
    await session.flush()
    told = [
        {"list": row.id, "place": place, "organisation": row.organisation} | line._asdict()
        for place, line in enumerate(lines, 1)
    ]
    await (await session.connection()).execute(insert(WorkRow), told)
    await session.commit()
    return row, True


def number_of(kind: str, digest: bytes, now: datetime) -> str:
    """`<kind>-`, the Chinese day, and 40 bits of a hash, in letters that nobody confuses."""
    told = int.from_bytes(digest[16:21])
    letters = "".join(ALPHABET[told >> shift & 31] for shift in range(35, -1, -5))
    return f"{kind}-{now.astimezone(CHINA):%Y%m%d}-{letters}"


async def find_list(session: AsyncSession, named: UUID, organisation: str) -> WorkListRow | None:
    """The list of this id, where an organisation gave it or has to work it off."""
    row = await session.get(WorkListRow, named)
    return row if row is not None and organisation in (row.organisation, row.crew) else None


async def lists_of(
    session: AsyncSession, organisation: str, *, open_only: bool = False
) -> Sequence[WorkListRow]:
    """The lists that an organisation gave and those that it works off; open ones first."""
    parties = or_(
        col(WorkListRow.organisation) == organisation, col(WorkListRow.crew) == organisation
    )
    ended = col(WorkListRow.closed_at).is_not(None)
    found = select(WorkListRow).where(parties)
    if open_only:
        found = found.where(col(WorkListRow.closed_at).is_(None))
    newest = ended, col(WorkListRow.made_at).desc(), col(WorkListRow.id)
    return (await session.exec(found.order_by(*newest).limit(LISTED))).all()


async def rows_of(session: AsyncSession, lists: Collection[UUID]) -> Sequence[WorkRow]:
    """The rows of these lists, in their order."""
    of = select(WorkRow).where(col(WorkRow.list).in_(lists))
    return (await session.exec(of.order_by(col(WorkRow.list), col(WorkRow.place)))).all()


async def notes_of(session: AsyncSession, lists: Collection[UUID]) -> Sequence[WorkNoteRow]:
    """What was told of rows that were not found, the oldest first."""
    of = select(WorkNoteRow).where(col(WorkNoteRow.list).in_(lists))
    return (await session.exec(of.order_by(col(WorkNoteRow.at), col(WorkNoteRow.id)))).all()


async def holding(
    session: AsyncSession, organisation: str, batteries: Collection[str]
) -> dict[str, tuple[WorkListRow, WorkRow]]:
    """The open list and row of each battery that stands on one."""
    of = (
        select(WorkListRow, WorkRow)
        .join(WorkRow, col(WorkRow.list) == col(WorkListRow.id))
        .where(
            col(WorkRow.organisation) == organisation,
            col(WorkRow.battery).in_(batteries),
            col(WorkRow.released_at).is_(None),
        )
    )
    return {str(row.battery): (told, row) for told, row in (await session.exec(of)).all()}


async def release(session: AsyncSession, rows: Collection[tuple[UUID, int]], now: datetime) -> None:
    """Lets other lists name the batteries of these rows, whose work is done."""
    for named, place in rows:
        of = update(WorkRow).where(col(WorkRow.list) == named, col(WorkRow.place) == place)
        await session.exec(of.values(released_at=now))
    await session.commit()


async def close_list(session: AsyncSession, row: WorkListRow, why: str, now: datetime) -> None:
    """Ends a list and lets its batteries go; one that was closed keeps its first day and reason."""
    if row.closed_at is None:
        row.closed_at, row.closed_why = now, why
        session.add(row)
        of = update(WorkRow).where(col(WorkRow.list) == row.id, col(WorkRow.released_at).is_(None))
        await session.exec(of.values(released_at=now))
        await session.commit()


async def keep_note(session: AsyncSession, note: WorkNoteRow) -> WorkNoteRow:
    """Keeps a note; under an id that is known, what was told first stands."""
    told = insert(WorkNoteRow).values(**note.model_dump())
    await (await session.connection()).execute(told.on_conflict_do_nothing())
    await session.commit()
    return (await session.exec(select(WorkNoteRow).where(WorkNoteRow.id == note.id))).one()
