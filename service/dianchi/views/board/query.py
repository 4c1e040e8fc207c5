"""All that a dashboard shows, read at one moment of the log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from asyncpg import Connection, Record

from dianchi.domain.indicators.cells import NOTHING, Amount
from dianchi.store.readers import Lender
from dianchi.views.board.circle import Circle, read_circle
from dianchi.views.indicators.query import (
    SUMS,
    Asked,
    AsOf,
    Flow,
    amount_of,
    read_as_of,
    sums_of,
    where_of,
)
from dianchi.views.obligations.timeliness import merge, timeliness

BYS: Final = ("", "month", "prefecture", "chemistry")
"""What counts are grouped by; nothing: all together."""
WAYS: Final = ("moved", "came", "left", "inflow", "outflow")
MOST_OUTLETS: Final = 50
_BEHIND: Final = """
SELECT count(*) AS entries, min(logged_at) AS since FROM log_entry WHERE log_index >= $1
"""
# All together is the sum of the months: a set of groups less over every row.
_SUMS_BY: Final = f"""
SELECT CASE 0 WHEN grouping(month) THEN 'month' WHEN grouping(prefecture) THEN 'prefecture'
            ELSE 'chemistry' END AS by,
       coalesce(month::text, prefecture, chemistry) AS which, measure, {SUMS}
  FROM {{table}} WHERE {{where}}
 GROUP BY GROUPING SETS ((measure, month), (measure, prefecture), (measure, chemistry))
 ORDER BY 1, 2, 3
"""  # noqa: S608 - our own columns
_WAYS: Final = f"""
SELECT measure, CASE measure WHEN 'moved' THEN '' ELSE prefecture END AS prefecture, partner,
       {SUMS}
  FROM tally WHERE {{where}} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""  # noqa: S608 - as above
_OUTLETS: Final = f"""
SELECT firm, partner, {SUMS} FROM tally WHERE {{where}}
 GROUP BY firm, partner ORDER BY sum(things) DESC, firm, partner LIMIT {MOST_OUTLETS}
"""  # noqa: S608 - as above


class Lag(NamedTuple):
    """How many entries of the log are not counted yet, and since when the first of them waits."""

    entries: int
    since: datetime | None


class Outlet(NamedTuple):
    """How much a site of a firm took in."""

    firm: str
    site: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Board:
    """All that a dashboard shows; `sums` by `BYS`, then by group and measure."""

    as_of: AsOf
    lag: Lag
    sums: dict[str, dict[str, dict[str, Amount]]]
    flows: list[Flow]
    outlets: list[Outlet]
    circle: Circle


async def board(readers: Lender, asked: Asked, measures: Iterable[str], today: date) -> Board:
    """Counts for a dashboard, in seven questions at one moment."""
    async with (
        readers.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        as_of = await read_as_of(connection)
        behind = await connection.fetchrow(_BEHIND, as_of.log_index)
        found = await _sums(connection, asked, measures)
        await _add_duties(connection, asked, today, found)
        ways = await _rows(connection, _WAYS, asked, WAYS)
        outlets = await _rows(connection, _OUTLETS, asked, ("taken_in",))
        circle = await read_circle(connection, asked)
    return Board(
        as_of,
        Lag(behind["entries"], behind["since"]) if behind else Lag(0, None),
        found,
        [Flow(row["measure"], row["prefecture"], row["partner"], amount_of(row)) for row in ways],
        [Outlet(row["firm"], row["partner"], amount_of(row)) for row in outlets],
        circle,
    )


async def _rows(
    connection: Connection, query: str, asked: Asked, measures: Iterable[str]
) -> list[Record]:
    where, values = where_of(asked, measures)
    return list(await connection.fetch(query.format(where=where), *values))


async def _sums(
    connection: Connection, asked: Asked, measures: Iterable[str]
) -> dict[str, dict[str, dict[str, Amount]]]:
    query = _SUMS_BY.replace("{table}", sums_of(asked))
    found: dict[str, dict[str, dict[str, Amount]]] = {by: {} for by in BYS}
    for by, which, measure, *amounts in await _rows(connection, query, asked, measures):
        amount = Amount(*amounts)
        found[by].setdefault(which, {})[measure] = amount
        if by == "month":
            whole = found[""].setdefault("", {})
            whole[measure] = whole.get(measure, NOTHING).plus(amount)
    return found


async def _add_duties(
    connection: Connection,
    asked: Asked,
    today: date,
    found: dict[str, dict[str, dict[str, Amount]]],
) -> None:
    """Adds the duties, where they can be told apart: they have no chemistry."""
    if asked.chemistry is not None:
        return
    told = await timeliness(connection, asked, today)
    for by, groups in (("month", told.month), ("prefecture", told.prefecture), ("", told.all)):
        merge(found[by], groups)
