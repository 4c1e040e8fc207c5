"""How many statutory duties fell due, and how many were met in time: by month and by prefecture.

What is over is read from the tallies; only what is overdue is counted row by row.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from asyncpg import Connection

from dianchi.domain.indicators.cells import NOTHING, Amount
from dianchi.views.indicators.query import Asked

MET: Final = "duties_met"
DUE: Final = "duties_due"
_QUERY: Final = """
SELECT month, prefecture, phase = 'met' AS met, sum(rows)::bigint AS rows FROM (
    SELECT month, prefecture, phase, rows FROM obligation_tally
     WHERE phase IN ('met', 'late') AND month BETWEEN $2 AND $3 {where}
    UNION ALL
    SELECT date_trunc('month', due_day)::date, prefecture, phase, 1 FROM obligation
     WHERE phase = 'open' AND due_day < $1
       AND due_day >= $2 AND due_day < $3::date + interval '1 month' {where}) told
 GROUP BY 1, 2, 3
"""
Groups = Mapping[str, Mapping[str, Amount]]


class Timeliness(NamedTuple):
    """By month, by prefecture, and all together, what was met and what was due."""

    month: Groups
    prefecture: Groups
    all: Groups


async def timeliness(connection: Connection, term: Asked, today: date) -> Timeliness:
    """Counts duties by the month of the due day and the place where they are owed.

    Of what is asked for, a firm is who answers; duties have no chemistry and no other end.
    """
    values: list[Any] = [today, _first_day(term.first), _first_day(term.last)]
    where = " AND statutory"
    for holds, told in (
        ("prefecture =", term.prefecture),
        ("bearer =", term.firm),
        ("seen_by &&", None if term.seers is None else list(term.seers)),
    ):
        if told is not None:
            values.append(told)
            where += f" AND {holds} ${len(values)}"
    found: tuple[dict[str, dict[str, Amount]], ...] = ({}, {}, {})
    for month, prefecture, met, rows in await connection.fetch(_QUERY.format(where=where), *values):
        names = f"{month.year * 100 + month.month}", prefecture, ""
        for groups, name in zip(found, names, strict=True):
            group = groups.setdefault(name, {MET: NOTHING, DUE: NOTHING})
            for measure in (MET, DUE) if met else (DUE,):
                group[measure] = group[measure].plus(Amount(rows))
    return Timeliness(*found)


def merge(found: dict[str, dict[str, Amount]], groups: Groups) -> None:
    """Adds the measures of duties to groups of others."""
    for group, amounts in groups.items():
        found.setdefault(group, {}).update(amounts)


def _first_day(month: int) -> date:
    return date(month // 100, month % 100, 1)
