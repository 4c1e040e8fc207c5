"""The log in its order, as far as a reader is shown it: a bounded stretch at a time."""

from datetime import datetime
from typing import Final, NamedTuple

from dianchi.store.readers import Lender

BEGINNING: Final = -1
"""Before the first entry of the log."""
STRETCH: Final = 5_000
"""Entries looked through for one page, shown or not: about 50 ms where none is."""
SHOWN: Final = "shown_log"
"""What a `READER` reads: rows that concern whom it reads for."""
# OFFSET 0: by keys alone, whatever the planner thinks of the tables.
WHOLE: Final = """(
    SELECT l.log_index, l.logged_at, f.body, f.seen_by FROM log_entry l CROSS JOIN LATERAL (
        SELECT e.body, s.seen_by FROM event e JOIN stream s ON s.stream_id = l.stream_id
         WHERE e.stream_id = l.stream_id AND e.version = l.version OFFSET 0) f) whole_log"""
"""What roles read that see every event."""
# The end is part of the same statement, and so of the same snapshot: what came in between would
# otherwise be passed over.
PAGE: Final = """
WITH bound AS MATERIALIZED (SELECT coalesce(max(log_index), -1) AS last FROM log_entry)
SELECT b.last, p.* FROM bound b LEFT JOIN LATERAL (
    SELECT log_index, logged_at, body, seen_by FROM {log}
     WHERE log_index > $1 AND log_index <= $2 ORDER BY log_index LIMIT $3) p ON true
"""
_ONE: Final = "SELECT log_index, logged_at, body, seen_by FROM {log} WHERE log_index = $1"
_END: Final = "SELECT coalesce(max(log_index), -1) FROM log_entry"


class Entry(NamedTuple):
    """One entry of the log."""

    log_index: int
    logged_at: datetime
    body: bytes
    seen_by: list[str]


class Page(NamedTuple):
    """A stretch of the log.

    Attributes:
        entries: what is shown of it, in order.
        next: the log index up to which it was looked through: the next page begins behind it.
        end: the last index of the log at that moment.
    """

    entries: list[Entry]
    next: int
    end: int


async def read_page(lender: Lender, after: int, limit: int, *, whole: bool) -> Page:
    """What is shown behind a log index.

    Args:
        lender: reads for somebody, or everything.
        after: log index; `BEGINNING` for all.
        limit: at most so many entries.
        whole: whether the lender reads everything.
    """
    sql = PAGE.format(log=WHOLE if whole else SHOWN)
    rows = await lender.fetch(sql, after, after + STRETCH, limit)
    end = rows[0]["last"]
    entries = [Entry(*row[1:]) for row in rows if row["log_index"] is not None]
    full = len(entries) == limit
    return Page(entries, entries[-1].log_index if full else min(after + STRETCH, end), end)


async def read_entry(lender: Lender, log_index: int, *, whole: bool) -> Entry | None:
    """One entry; None where it is not shown."""
    row = await lender.fetchrow(_ONE.format(log=WHOLE if whole else SHOWN), log_index)
    return None if row is None else Entry(*row)


async def end_of_log(lender: Lender) -> int:
    """The last log index; `BEGINNING` of an empty log."""
    return int(await lender.fetchval(_END))
