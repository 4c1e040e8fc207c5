"""How many obligations are over: kept with the rows, so that nobody counts millions for a page."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

from asyncpg import Connection
from asyncpg.pgproto.pgproto import UUID


class Kind(NamedTuple):
    """What is counted together; the month is that of the due day, by its first day."""

    seen_by: tuple[str, ...]
    bearer: str
    prefecture: str
    duty: str
    statutory: bool
    phase: str
    month: date


Tallies = Mapping[Kind, int]
_KIND: Final = ", ".join(Kind._fields[:-1])
_MONTH: Final = "date_trunc('month', due_day)::date"
_OVER: Final = "phase IN ('met', 'late', 'unchecked', 'lapsed')"
_COUNT: Final = f"""
SELECT {_KIND}, {_MONTH}, count(*) FROM obligation
 WHERE stream_id = ANY ($1::uuid[]) AND {_OVER} GROUP BY {_KIND}, {_MONTH}
"""  # noqa: S608 - made of the constants above
_ADD: Final = f"""
INSERT INTO obligation_tally AS t ({_KIND}, month, rows) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT ({_KIND}, month) DO UPDATE SET rows = t.rows + excluded.rows
"""  # noqa: S608 - as above
_EMPTY: Final = "DELETE FROM obligation_tally"
_ALL: Final = f"""
INSERT INTO obligation_tally ({_KIND}, month, rows)
SELECT {_KIND}, {_MONTH}, count(*) FROM obligation WHERE {_OVER} GROUP BY {_KIND}, {_MONTH}
"""  # noqa: S608 - as above


async def count_of(connection: Connection, streams: Iterable[UUID]) -> Tallies:
    """How many obligations of these batteries are over."""
    rows = await connection.fetch(_COUNT, list(streams))
    return {Kind(tuple(seen_by), *kind): rows for seen_by, *kind, rows in rows}


async def settle_tallies(connection: Connection, before: Tallies, after: Tallies) -> None:
    """Notes what changed between two counts of the same batteries."""
    change = {
        kind: after.get(kind, 0) - before.get(kind, 0) for kind in before.keys() | after.keys()
    }
    changed = [(list(kind.seen_by), *kind[1:], by) for kind, by in sorted(change.items()) if by]
    if changed:
        await connection.executemany(_ADD, changed)


async def count_all(connection: Connection) -> None:
    """Counts all obligations anew, in the caller's transaction."""
    await connection.execute(_EMPTY)
    await connection.execute(_ALL)
