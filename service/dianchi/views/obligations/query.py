"""The list of obligations, by their state today; what goes on first what is due first."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Record

from dianchi.domain.deadlines import Standing
from dianchi.store.readers import Lender
from dianchi.views.findings.query import subject_stream
from dianchi.views.pages import Page, cursor_of, read_cursor, within

STATE: Final = """
CASE WHEN phase IN ('met', 'late', 'lapsed', 'unchecked') THEN phase
     WHEN due_day < $1 THEN CASE phase WHEN 'owed' THEN 'unchecked' ELSE 'overdue' END
     WHEN soon_day <= $1 THEN 'due_soon' ELSE 'due' END
"""
_COLUMNS: Final = """
obligation_id, battery, duty, regime, event_id, event_type, unreported, bearer, bearer_told,
reporter, owed_to, statutory, prefecture, safety_class, start_day, due_day, met_day, met_by,
ended_day, dropped, rule_set, judged_at, earlier
"""
_REFLECTED: Final = "SELECT log_index FROM projection WHERE name = 'views'"
_ANY: Final = ""
_OVER: Final = "due_day < $1"
_EARLY: Final = "due_day >= $1 AND soon_day > $1"
_SOON: Final = "due_day >= $1 AND soon_day <= $1"


class _Range(NamedTuple):
    """A part of a list that one index gives in order: a phase, and what else must hold today."""

    phase: str
    holds: str


# The same as `STATE`, as ranges.
RANGES: Final[Mapping[Standing | None, tuple[_Range, ...]]] = {
    Standing.DUE: (_Range("open", _EARLY), _Range("owed", _EARLY)),
    Standing.DUE_SOON: (_Range("open", _SOON), _Range("owed", _SOON)),
    Standing.OVERDUE: (_Range("open", _OVER),),
    Standing.UNCHECKED: (_Range("owed", _OVER), _Range("unchecked", _ANY)),
    Standing.LATE: (_Range("late", _ANY),),
    Standing.MET: (_Range("met", _ANY),),
    Standing.LAPSED: (_Range("lapsed", _ANY),),
    None: tuple(
        _Range(phase, _ANY) for phase in ("open", "owed", "unchecked", "late", "met", "lapsed")
    ),
}
RECKONED: Final = tuple(
    each for state in (Standing.MET, Standing.LATE, Standing.OVERDUE) for each in RANGES[state]
)
"""What counts for timeliness."""
_NEWEST_FIRST: Final = frozenset((Standing.LATE, Standing.MET, Standing.LAPSED))


NOWHERE: Final = "unknown"
"""Stands for a place that is not in Yunnan, or that nobody knows."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; None: whatever it is.

    Attributes:
        bearer: the id of who answers.
        battery: any of its names.
        due: the first and the last day on which it falls due.
        reckoned: only what counts for timeliness: met, late or overdue.
    """

    state: Standing | None = None
    duty: str | None = None
    bearer: str | None = None
    prefecture: str | None = None
    statutory: bool | None = None
    battery: str | None = None
    seers: Collection[str] | None = field(default=None)
    due: tuple[date, date] | None = None
    reckoned: bool = False


class _Place(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """Behind which obligation a page goes on."""

    due_day: date
    obligation_id: UUID


class Asked:
    """A question being put together, with its parameters; $1 is today, $2 the limit."""

    def __init__(self, today: date, most: int) -> None:
        self.told: list[Any] = [today, most]

    def of(self, value: object) -> str:
        """The place of a parameter."""
        self.told.append(value)
        return f"${len(self.told)}"


async def list_obligations(
    readers: Lender, wish: Wish, today: date, *, limit: int, after: str | None = None
) -> Page[Record]:
    """A page of the obligations that fit, each with its `state` today.

    `wish.seers` are the organisations and areas that read, None for who may read all; the database
    shows `readers` no others either.

    Raises:
        Malformed: a cursor of another list, or a limit that no page has.
    """
    place: _Place | None = read_cursor(after, _Place) if after is not None else None
    asked = Asked(today, within(limit) + 1)
    async with readers.acquire() as connection:
        stream = await subject_stream(connection, wish.battery)
        query = statement(wish, stream, place, asked)
        rows = await connection.fetch(query, *asked.told)
        reflected = await connection.fetchval(_REFLECTED)
    last = rows[limit - 1] if len(rows) > limit else None
    further = cursor_of([str(last["due_day"]), str(last["obligation_id"])]) if last else None
    return Page(rows[:limit], further, reflected or 0)


async def obligations_by_id(
    readers: Lender, ids: Collection[UUID], today: date
) -> dict[UUID, Record]:
    """Those of these obligations that the reader is shown, each with its `state` today."""
    asked = f"SELECT {_COLUMNS}, seen_by, {STATE} AS state FROM obligation"  # noqa: S608 - ours
    rows = await readers.fetch(f"{asked} WHERE obligation_id = ANY ($2::uuid[])", today, list(ids))
    return {row["obligation_id"]: row for row in rows}


def statement(wish: Wish, stream: UUID | None, place: "_Place | None", asked: Asked) -> str:
    """The question for a page: a few ranges of indexes, merged."""
    newest = wish.state in _NEWEST_FIRST
    way = "DESC" if newest else "ASC"
    order = f"ORDER BY due_day {way}, obligation_id {way} LIMIT $2"
    where = list(_filters(wish, stream, asked))
    if place is not None:
        behind = f"{asked.of(place.due_day)}::date, {asked.of(place.obligation_id)}::uuid"
        where.append(f"(due_day, obligation_id) {'<' if newest else '>'} ({behind})")
    parts = [
        f"(SELECT {_COLUMNS}, {STATE} AS state FROM obligation"  # noqa: S608 - our own words
        f" WHERE {' AND '.join(filter(None, (*which, *where)))} {order})"
        for which in _parts(wish, stream, asked)
    ]
    return f"SELECT * FROM ({' UNION ALL '.join(parts)}) parts {order}"  # noqa: S608 - as above


def _filters(wish: Wish, stream: UUID | None, asked: Asked) -> Iterator[str]:
    told = {
        "duty =": wish.duty,
        "bearer =": wish.bearer,
        "prefecture =": _prefecture(wish.seers) if wish.prefecture is None else wish.prefecture,
        "statutory =": wish.statutory,
        "stream_id =": stream,
        "seen_by &&": list(wish.seers) if wish.seers is not None else None,
        "due_day >=": wish.due[0] if wish.due else None,
        "due_day <=": wish.due[1] if wish.due else None,
    }
    return (f"{name} {asked.of(value)}" for name, value in told.items() if value is not None)


def _parts(wish: Wish, stream: UUID | None, asked: Asked) -> Iterator[tuple[str, ...]]:
    """The ranges: of each phase, and of a firm what it answers for and what else it reports."""
    sides = [_ANY]
    firm = _alone(wish.seers)
    if firm is not None and not firm.isdigit() and wish.bearer is None and stream is None:
        me = asked.of(firm)
        sides = [f"bearer = {me}", f"reporter = {me} AND reporter <> bearer"]
    for phase, holds in RECKONED if wish.reckoned else RANGES[wish.state]:
        for side in sides:
            yield f"phase = '{phase}'", holds, side


def _alone(seers: Collection[str] | None) -> str | None:
    return next(iter(seers)) if seers is not None and len(seers) == 1 else None


def _prefecture(seers: Collection[str] | None) -> str | None:
    """The prefecture in which all lies that an officer of it, or of a county of it, sees."""
    area = _alone(seers)
    return f"{area[:4]}00" if area is not None and area.isdigit() else None
