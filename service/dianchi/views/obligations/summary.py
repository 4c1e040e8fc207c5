"""How many obligations there are by duty and state: of those that go on, counted; else as kept."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import Final, NamedTuple

from dianchi.store.readers import Lender
from dianchi.views.obligations.query import STATE


class Group(NamedTuple):
    """What is counted together."""

    duty: str
    statutory: bool
    state: str


class Summary(NamedTuple):
    """Counts, and how far in the log they are."""

    counts: Counter[Group]
    log_index: int


_OPEN: Final = f"""
SELECT duty, statutory, {STATE} AS state, count(*) FROM obligation
 WHERE phase IN ('open', 'owed') AND {{where}} AND {{open}} GROUP BY 1, 2, 3
"""  # noqa: S608 - our own words
_OVER: Final = """
SELECT duty, statutory, phase AS state, sum(rows)::bigint FROM obligation_tally
 WHERE {where} AND {over} AND $1::date IS NOT NULL GROUP BY 1, 2, 3
"""
_REFLECTED: Final = "SELECT log_index FROM projection WHERE name = 'views'"


async def summarise(  # noqa: PLR0913 - one for each filter
    readers: Lender,
    today: date,
    *,
    bearer: str | None = None,
    prefecture: str | None = None,
    statutory: bool | None = None,
    seers: Collection[str] | None = None,
    due: tuple[date, date] | None = None,
) -> Summary:
    """Counts by duty and state today; `due` are the first and the last day of whole months.

    `seers` are the organisations and areas that read, None for who may read all; the database
    shows `readers` no others either.
    """
    told = {
        "bearer =": bearer,
        "prefecture =": prefecture,
        "statutory =": statutory,
        "seen_by &&": list(seers) if seers is not None else None,
    }
    filters = {name: value for name, value in told.items() if value is not None}
    where = " AND ".join(f"{name} ${n}" for n, name in enumerate(filters, 2)) or "true"
    values = [*filters.values(), *(due or ())]
    between = f"BETWEEN ${len(values)} AND ${len(values) + 1}" if due else ""
    of_open, of_over = (f"{name} {between}" if due else "true" for name in ("due_day", "month"))
    counts: Counter[Group] = Counter()
    async with readers.acquire() as connection:
        for query in (_OPEN, _OVER):
            asked = query.format(where=where, open=of_open, over=of_over)
            rows = await connection.fetch(asked, today, *values)
            for *group, count in rows:
                counts[Group(*group)] += count
        reflected = await connection.fetchval(_REFLECTED)
    return Summary(+counts, reflected or 0)
