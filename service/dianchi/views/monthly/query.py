"""Reads a month: sums and flows, duties that were due, findings, and who took in how much."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from dianchi.domain.indicators.cells import Amount
from dianchi.domain.indicators.values import in_months, measures_of
from dianchi.domain.months import first_day, last_day
from dianchi.domain.working_days import CHINA, business_date
from dianchi.store.readers import Lender
from dianchi.views.board.circle import Circle, read_circle
from dianchi.views.indicators.query import Asked, AsOf, Flow, flows, sums
from dianchi.views.obligations.summary import Group, summarise
from dianchi.views.obligations.timeliness import merge, timeliness
from dianchi.views.snapshots import snapshot

_WAYS: Final = ("came", "inflow", "outflow")
_STEPS: Final = ("moved",)
_FINDINGS: Final = """
SELECT code, severity, count(*) FILTER (WHERE opened_at >= $1 AND opened_at < $2) AS opened,
       count(*) FILTER (WHERE closed_at >= $1 AND closed_at < $2) AS closed,
       count(*) FILTER (WHERE closed_at IS NULL OR closed_at >= $2) AS still
  FROM finding WHERE opened_at < $2 {filters} GROUP BY code, severity ORDER BY code, severity
"""
_GATHERED: Final = """
SELECT firm, sum(things)::bigint AS things, sum(mass_g)::bigint AS mass_g FROM tally
 WHERE measure = 'gathered' AND month = $1 {filters}
 GROUP BY firm ORDER BY 3 DESC, 1 LIMIT 20
"""


class Found(NamedTuple):
    """How many findings of a code and severity were opened, were closed, stood at the end."""

    code: str
    severity: str
    opened: int
    closed: int
    still: int


class Gathered(NamedTuple):
    """How much an organisation took in."""

    firm: str
    things: int
    mass_g: int


@dataclass(frozen=True, slots=True)
class Month:
    """A month as of a place in the log; nothing in it depends on when it is asked for."""

    asked: Asked
    as_of: AsOf
    sums: Mapping[str, Amount]
    ways: Sequence[Flow]
    steps: Sequence[Flow]
    owed: Counter[Group]
    findings: Sequence[Found]
    gathered: Sequence[Gathered]
    circle: Circle


async def read_month(lender: Lender, asked: Asked, eyes: Collection[str] | None) -> Month:
    """A month of an area.

    Args:
        lender: reads for whoever asks.
        asked: for one month; its seers read counts and findings.
        eyes: whoever reads obligations; None for who may read all.
    """
    month = asked.first
    measures = measures_of(in_months(month, month))
    async with snapshot(lender) as seeing:
        as_of, groups = await sums(seeing, asked, measures, None)
        _, ways = await flows(seeing, asked, _WAYS, places=True)
        _, steps = await flows(seeing, asked, _STEPS, places=False)
        owed = await summarise(
            seeing,
            day_of(as_of, month),
            prefecture=asked.prefecture,
            statutory=True,
            seers=eyes,
            due=(first_day(month), last_day(month)),
        )
        found = await findings_between(seeing, month, month, asked)
        gathered = await _gathered(seeing, asked)
        async with seeing.acquire() as connection:
            circle = await read_circle(connection, asked)
            told = await timeliness(connection, asked, day_of(as_of, month))
    merge(groups, told.all)
    sums_of = groups.get("", {})
    return Month(asked, as_of, sums_of, ways, steps, owed.counts, found, gathered, circle)


def day_of(as_of: AsOf, last: int) -> date:
    """By which day terms are judged: that of the last entry of the log that is reflected.

    So the same place in the log gives the same verdicts, on whatever day it is asked for.
    """
    return business_date(as_of.logged_at) if as_of.logged_at else last_day(last)


async def findings_between(seeing: Lender, first: int, last: int, asked: Asked) -> Sequence[Found]:
    """Findings by code and severity, of those that the months from `first` to `last` knew.

    By the prefecture and the organisation of the report that shows each.
    """
    where, values = _filters(
        {
            "prefecture =": asked.prefecture,
            "organisation =": asked.firm,
            "seen_by &&": list(asked.seers) if asked.seers is not None else None,
        },
        2,
    )
    between = _midnight(first_day(first)), _midnight(last_day(last) + timedelta(days=1))
    rows = await seeing.fetch(_FINDINGS.format(filters=where), *between, *values)
    return [Found(*row) for row in rows]


async def _gathered(seeing: Lender, asked: Asked) -> Sequence[Gathered]:
    where, values = _filters(
        {
            "prefecture =": asked.prefecture,
            "ARRAY[prefecture, county, functional, firm] &&": (
                list(asked.seers) if asked.seers is not None else None
            ),
        },
        1,
    )
    rows = await seeing.fetch(_GATHERED.format(filters=where), asked.first, *values)
    return [Gathered(*row) for row in rows]


def _filters(told: Mapping[str, Any], before: int) -> tuple[str, list[Any]]:
    kept = {name: value for name, value in told.items() if value is not None}
    where = "".join(f" AND {name} ${at}" for at, name in enumerate(kept, before + 1))
    return where, list(kept.values())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=CHINA)
