"""Cases as they are read: a page of them, one with its items and steps, and counts.

Everything is read by whoever asks: the database shows an officer the cases of its area, and a firm
its own from the moment it was asked, without what is internal.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Record

from dianchi.domain.cases import State, Step
from dianchi.store.envelope import open_json
from dianchi.store.readers import Lender

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_LATEST_US: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
# Of the items, those that the reader is shown.
_COLUMNS: Final = """
id, number, firm, prefecture, seen_by,
(SELECT count(*) FROM case_item i WHERE i.case_id = case_file.id) AS items,
state, version, assignee, due_on, recheck_on, opened_at, opened_by, asked_at, closed_at
"""
_CASE: Final = f"SELECT {_COLUMNS} FROM case_file WHERE id = $1"  # noqa: S608 - constants
_ITEMS: Final = "SELECT * FROM case_item WHERE case_id = $1 ORDER BY place"
_STEPS: Final = "SELECT * FROM case_step WHERE case_id = $1 ORDER BY version"
_LETTERS: Final = """
SELECT number, version, kind, sha256, made_at FROM case_letter WHERE case_id = $1 ORDER BY version
"""
_LETTER: Final = "SELECT * FROM case_letter WHERE number = $1"
LATE: Final = "state IN ('asked', 'ordered') AND due_on < $1"
AGAIN: Final = "state NOT IN ('rechecked', 'closed') AND recheck_on <= $1"
_COUNT: Final = f"""
SELECT state, count(*)::int AS cases,
       count(*) FILTER (WHERE {LATE})::int AS overdue,
       count(*) FILTER (WHERE {AGAIN})::int AS to_recheck,
       count(*) FILTER (WHERE assignee = $2 AND state <> 'closed')::int AS mine,
       count(*) FILTER (WHERE assignee IS NULL AND state <> 'closed')::int AS unassigned
  FROM case_file GROUP BY state
"""  # noqa: S608 - constants
_OUTCOMES: Final = """
SELECT kind, code, coalesce(outcome, 'open') AS outcome, count(*)::int AS items
  FROM case_item GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_OF: Final = """
SELECT DISTINCT ON (i.ref) i.ref, i.outcome, f.id, f.number, f.state, f.asked_at
  FROM case_item i JOIN case_file f ON f.id = i.case_id
 WHERE i.ref = ANY ($1::uuid[]) ORDER BY i.ref, f.opened_at DESC
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A case; see the migration for what its columns say."""

    id: UUID
    number: str
    firm: str
    prefecture: str
    seen_by: Sequence[str]
    items: int
    state: State
    version: int
    assignee: UUID | None
    due_on: date | None
    recheck_on: date | None
    opened_at: datetime
    opened_by: str
    asked_at: datetime | None
    closed_at: datetime | None

    def is_overdue(self, today: date) -> bool:
        """Whether the firm let its day pass."""
        waits = self.state in (State.ASKED, State.ORDERED)
        return waits and self.due_on is not None and self.due_on < today

    def is_to_recheck(self, today: date) -> bool:
        """Whether the day to look again has come."""
        over = self.state in (State.RECHECKED, State.CLOSED)
        return not over and self.recheck_on is not None and self.recheck_on <= today


class Item(NamedTuple):
    """Something that is worked in a case."""

    place: int
    kind: str
    ref: UUID
    code: str
    battery: str | None
    statutory: bool
    told: Mapping[str, Any]
    outcome: str | None


class Taken(NamedTuple):
    """A step that was taken."""

    id: UUID
    version: int
    step: Step
    state: State
    organisation: str
    person: UUID | None
    at: datetime
    internal: bool
    told: Mapping[str, Any]


class Sent(NamedTuple):
    """A letter of a case, without what it says."""

    number: str
    version: int
    kind: str
    sha256: bytes
    made_at: datetime


class Whole(NamedTuple):
    """A case with what belongs to it, as far as it is shown."""

    case: Case
    items: Sequence[Item]
    steps: Sequence[Taken]
    letters: Sequence[Sent]


class Wish(NamedTuple):
    """What a list is asked for; None: whatever it is. `assignee` empty: nobody's."""

    states: Collection[str] | None = None
    firm: str | None = None
    prefecture: str | None = None
    assignee: UUID | None = None
    unassigned: bool = False
    due: str | None = None


class Place(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """Behind which case a page goes on."""

    opened_us: Annotated[int, msgspec.Meta(ge=0, le=_LATEST_US)]
    id: UUID


def place_of(case: Case) -> list[Any]:
    """The place of a case in lists, for a cursor."""
    return [(case.opened_at - _EPOCH) // _MICROSECOND, str(case.id)]


async def list_cases(
    lender: Lender, wish: Wish, today: date, most: int, behind: Place | None
) -> list[Case]:
    """Cases that fit, the newest first."""
    told: list[Any] = [today, most]

    def of(value: object) -> str:
        told.append(value)
        return f"${len(told)}"

    # Asked with every question, so that the parameter has a type.
    where = ["$1::date IS NOT NULL"]
    if wish.states is not None:
        where.append(f"state = ANY ({of(list(wish.states))}::text[])")
    columns = {each: getattr(wish, each) for each in ("firm", "prefecture", "assignee")}
    where += [f"{name} = {of(value)}" for name, value in columns.items() if value is not None]
    if wish.unassigned:
        where.append("assignee IS NULL")
    if wish.due is not None:
        where.append({"overdue": LATE, "recheck": AGAIN}[wish.due])
    if behind is not None:
        moment = _EPOCH + behind.opened_us * _MICROSECOND
        where.append(f"(opened_at, id) < ({of(moment)}::timestamptz, {of(behind.id)}::uuid)")
    asked = f"SELECT {_COLUMNS} FROM case_file WHERE {' AND '.join(where)}"  # noqa: S608 - ours
    rows = await lender.fetch(f"{asked} ORDER BY opened_at DESC, id DESC LIMIT $2", *told)
    return [_case(row) for row in rows]


async def find_case(lender: Lender, named: UUID) -> Whole | None:
    """A case with items, steps and letters; None where there is none that the reader is shown."""
    async with lender.acquire() as connection, connection.transaction(readonly=True):
        row = await connection.fetchrow(_CASE, named)
        if row is None:
            return None
        items = [_item(each) for each in await connection.fetch(_ITEMS, named)]
        steps = [_taken(each) for each in await connection.fetch(_STEPS, named)]
        letters = [Sent(*each) for each in await connection.fetch(_LETTERS, named)]
    return Whole(_case(row), items, steps, letters)


async def letter_of(lender: Lender, number: str) -> Record | None:
    """A letter with all that it says, where the reader is shown its case."""
    found: Record | None = await lender.fetchrow(_LETTER, number.strip().upper())
    return found


async def count_cases(lender: Lender, today: date, person: UUID | None) -> list[Record]:
    """How many cases are in each state, and how many of these are late, to be looked at, mine."""
    return await lender.fetch(_COUNT, today, person)


async def count_outcomes(lender: Lender) -> list[Record]:
    """What became of the items, by code: false alarms among them."""
    return await lender.fetch(_OUTCOMES)


async def cases_of(lender: Lender, refs: Collection[UUID]) -> dict[UUID, Record]:
    """The latest case of each of these findings or obligations."""
    if not refs:
        return {}
    return {row["ref"]: row for row in await lender.fetch(_OF, list(refs))}


def _case(row: Record) -> Case:
    told = dict(row)
    return Case(**(told | {"state": State(told["state"])}))


def _item(row: Record) -> Item:
    told: Any = open_json(row["told"])
    return Item(
        row["place"],
        row["kind"],
        row["ref"],
        row["code"],
        row["battery"],
        row["statutory"],
        told,
        row["outcome"],
    )


def _taken(row: Record) -> Taken:
    told: Any = open_json(row["told"])
    step, state = Step(row["step"]), State(row["state"])
    return Taken(
        row["id"], row["version"], step, state, row["organisation"], row["person"], row["at"],
        row["internal"], told,
    )  # fmt: skip
