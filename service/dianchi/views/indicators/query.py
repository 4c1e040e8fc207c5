"""Sums of the counts, flows, and the lives and batches behind a number."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal, NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from dianchi.domain.indicators.cells import Amount, Cell
from dianchi.store.readers import Lender
from dianchi.views.pages import Page, cursor_of, read_cursor, within

By = Literal["month", "prefecture", "chemistry"]
SUMS: Final = ", ".join(f"sum({name})::bigint AS {name}" for name in Amount._fields)
_MINE: Final = "ARRAY[prefecture, county, functional, firm]"
_KEY: Final = ", ".join(Cell._fields[1:])
_REFLECTED: Final = """
SELECT p.log_index,
       (SELECT logged_at FROM log_entry l WHERE l.log_index = p.log_index - 1) AS logged_at
  FROM projection p WHERE p.name = 'views'
"""
_WIDTH: Final = len(Amount._fields)
_BEHIND: Final = f"""
SELECT i.place, c.stream_id, c.amount
  FROM unnest($1::bigint[]) WITH ORDINALITY i(cell, place)
 CROSS JOIN LATERAL (
     SELECT k.stream_id, k.amounts[p.at * {_WIDTH} + 1 : (p.at + 1) * {_WIDTH}] AS amount
       FROM contribution k
      CROSS JOIN LATERAL (SELECT array_position(k.cells, i.cell) - 1 AS at) p
      WHERE k.cells @> ARRAY[i.cell] AND (i.place > 1 OR k.stream_id > $2)
      ORDER BY k.stream_id LIMIT $3) c
 ORDER BY i.place, c.stream_id LIMIT $3
"""  # noqa: S608 - made of the constants above
_NAMED: Final = "SELECT stream_id, kind, name FROM stream WHERE stream_id = ANY ($1::uuid[])"
_FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the counts is asked for; None: whatever it is.

    Attributes:
        first: the first month, as 202611.
        last: the last.
        seers: whoever reads, as organisations and areas; None for who may read all.
    """

    first: int
    last: int
    prefecture: str | None = None
    chemistry: str | None = None
    firm: str | None = None
    partner: str | None = None
    seers: Collection[str] | None = None


class AsOf(NamedTuple):
    """How far the counts have followed the log, and when that entry was logged."""

    log_index: int
    logged_at: datetime | None


class Flow(NamedTuple):
    """How much went one way: from or to a place, or from one stage to another."""

    measure: str
    prefecture: str
    partner: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Behind:
    """What one life or batch adds to a cell; no name where the reader does not see it."""

    cell: Cell
    amount: Amount
    kind: int | None
    name: str | None


_Month = Annotated[int, msgspec.Meta(ge=0, le=999_912)]
_Place = tuple[_Month, str, str, str, str, str, str]
"""A cell of one measure, by what lists are ordered by."""


class _Listed(NamedTuple):
    """Up to where a list was given."""

    cell: _Place
    subject: UUID


def where_of(asked: Asked, measures: Iterable[str]) -> tuple[str, list[Any]]:
    """The condition that cells meet, with its parameters."""
    values: list[Any] = [list(measures), asked.first, asked.last]
    where = "measure = ANY ($1::text[]) AND month BETWEEN $2 AND $3 AND contributors > 0"
    for name in ("prefecture", "chemistry", "firm", "partner"):
        told = getattr(asked, name)
        if told is not None:
            values.append(told)
            where += f" AND {name} = ${len(values)}"
    if asked.seers is not None:
        values.append(list(asked.seers))
        where += f" AND {_MINE} && ${len(values)}::text[]"
    return where, values


def sums_of(asked: Asked) -> str:
    """The table whose sums answer this: those made ahead, where firms and areas do not matter."""
    whole = asked.seers is None and asked.firm is None and asked.partner is None
    return "place_tally" if whole else "tally"


async def sums(
    readers: Lender, asked: Asked, measures: Iterable[str], by: By | None
) -> tuple[AsOf, dict[str, dict[str, Amount]]]:
    """By group (a month as text, a prefecture, a chemistry, or nothing) the sum of each measure."""
    where, values = where_of(asked, measures)
    group = f"{by}::text" if by else "''"
    query = f"""
    SELECT {group} AS which, measure, {SUMS} FROM {sums_of(asked)}
     WHERE {where} GROUP BY 1, 2 ORDER BY 1, 2
    """  # noqa: S608 - our own columns
    as_of, rows = await _read(readers, query, values)
    found: dict[str, dict[str, Amount]] = {}
    for row in rows:
        found.setdefault(row["which"], {})[row["measure"]] = amount_of(row)
    return as_of, found


async def flows(
    readers: Lender, asked: Asked, measures: Iterable[str], *, places: bool
) -> tuple[AsOf, list[Flow]]:
    """How much went each way; of flows between stages all places together."""
    where, values = where_of(asked, measures)
    here = "prefecture" if places else "''"
    query = f"""
    SELECT measure, {here} AS prefecture, partner, {SUMS} FROM tally
     WHERE {where} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """  # noqa: S608 - our own columns
    as_of, rows = await _read(readers, query, values)
    return as_of, [
        Flow(row["measure"], row["prefecture"], row["partner"], amount_of(row)) for row in rows
    ]


async def _read(readers: Lender, query: str, values: Sequence[Any]) -> tuple[AsOf, list[Record]]:
    """Rows, and how far the log was followed at the same moment."""
    async with (
        readers.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        return await read_as_of(connection), await connection.fetch(query, *values)


async def read_as_of(connection: Connection) -> AsOf:
    """How far the counts have come."""
    row = await connection.fetchrow(_REFLECTED)
    return AsOf(row["log_index"], row["logged_at"]) if row else AsOf(0, None)


def amount_of(row: Record) -> Amount:
    """The sums of a row."""
    return Amount(*[row[name] for name in Amount._fields])


async def contributions(
    own: Lender,
    every: Lender,
    asked: Asked,
    measure: str,
    *,
    limit: int,
    after: str | None = None,
) -> tuple[AsOf, Page[Behind]]:
    """A page of the lives and batches behind a number, by month, place and what follows.

    Args:
        own: reads for whoever asks: shows the cells and the names that concern it.
        every: reads what adds to these cells; only of them is anything given.
        asked: which cells.
        measure: of them.
        limit: the most items.
        after: the cursor of the page before.

    Raises:
        Malformed: a cursor of another list, or a limit that no page has.
    """
    place: _Listed | None = read_cursor(after, _Listed) if after is not None else None
    most = within(limit) + 1
    async with own.acquire() as connection:
        as_of = await read_as_of(connection)
        cells = await _cells(connection, asked, measure, place, most)
    first = [row["cell"] for row in cells]
    begun = place is not None and bool(cells) and _place(cells[0]) == place.cell
    behind = place.subject if place is not None and begun else _FIRST
    rows = await every.fetch(_BEHIND, first, behind, most)
    names = {
        row["stream_id"]: row for row in await own.fetch(_NAMED, [r["stream_id"] for r in rows])
    }
    items = [_behind(cells[row["place"] - 1], row, names) for row in rows[: most - 1]]
    further = None
    if len(rows) == most:
        last = rows[most - 2]
        further = cursor_of([_place(cells[last["place"] - 1]), str(last["stream_id"])])
    return as_of, Page(items, further, as_of.log_index)


async def _cells(
    connection: Connection,
    asked: Asked,
    measure: str,
    place: _Listed | None,
    most: int,
) -> list[Record]:
    """The cells that a page needs: each has somebody behind it."""
    where, values = where_of(asked, (measure,))
    if place is not None:
        at = len(values)
        behind = ", ".join(f"${at + number}" for number, _ in enumerate(place.cell, 1))
        where += f" AND ({_KEY}) >= ({behind})"
        values += place.cell
    values.append(most + 1)
    query = f"""
    SELECT cell, measure, {_KEY}, contributors FROM tally WHERE {where}
     ORDER BY {_KEY} LIMIT ${len(values)}
    """  # noqa: S608 - our own columns
    enough: list[Record] = []
    for row in await connection.fetch(query, *values):
        # Of the first, how many were listed before is not known.
        if sum(each["contributors"] for each in enough[1:]) >= most:
            break
        enough.append(row)
    return enough


def _place(cell: Record) -> _Place:
    month, *rest = (cell[name] for name in Cell._fields[1:])
    return month, *rest


def _behind(cell: Record, row: Record, names: Mapping[UUID, Record]) -> Behind:
    told = names.get(row["stream_id"])
    return Behind(
        Cell(*[cell[name] for name in Cell._fields]),
        Amount(*row["amount"]),
        told["kind"] if told else None,
        told["name"] if told else None,
    )
