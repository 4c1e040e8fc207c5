"""What became of vehicles, for whoever owes them: listed, sent again, set aside."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec
from asyncpg import Record

from dianchi.store.readers import Lender

COUNTED: Final = 100_000
_ITEM: Final = """
SELECT id, vehicle, battery, type, log_index, state, tries, next_at, made_at, due_on, tried_at,
       asked IS NOT NULL AS unheard, sent_at, code, said, fault, gaps, given, reason,
       state NOT IN ('sent', 'set_aside') AND due_on < $2 AS late
  FROM national_item
"""
_LIST: Final = f"""{_ITEM}
 WHERE connection = $1 AND ($3::text IS NULL OR state = $3)
   AND (NOT $4 OR state NOT IN ('sent', 'set_aside') AND due_on < $2)
   AND (log_index, vehicle) < ($5, $6)
 ORDER BY log_index DESC, vehicle DESC LIMIT $7
"""
_ONE: Final = f"{_ITEM} WHERE connection = $1 AND id = $3"
_COUNT: Final = f"""
SELECT state, count(*)::int AS count,
       (count(*) FILTER (WHERE state NOT IN ('sent', 'set_aside') AND due_on < $2))::int AS late
  FROM (SELECT state, due_on FROM national_item WHERE connection = $1 LIMIT {COUNTED}) i
 GROUP BY state
"""  # noqa: S608 - a constant
_AGAIN: Final = """
UPDATE national_item SET state = 'waiting', tries = 0, next_at = $3, given = $4, reason = NULL
 WHERE connection = $1 AND id = $2
"""
_ALL_AGAIN: Final = """
WITH again AS (
    UPDATE national_item SET state = 'waiting', tries = 0, next_at = $2, reason = NULL
     WHERE connection = $1 AND state = $3 AND ($4::int IS NULL OR code = $4) RETURNING 1)
SELECT count(*)::int FROM again
"""
_SET_ASIDE: Final = """
UPDATE national_item SET state = 'set_aside', reason = $3
 WHERE connection = $1 AND id = $2 AND state <> 'sent' RETURNING id
"""
Place = tuple[int, str]
FIRST: Final[Place] = (2**53, "")


async def listed(  # noqa: PLR0913 - one for each condition
    lender: Lender,
    connection: UUID,
    today: date,
    *,
    state: str | None,
    late: bool,
    behind: Place,
    most: int,
) -> list[Record]:
    """Vehicles of a connection, what was told of last first, behind a place."""
    return await lender.fetch(_LIST, connection, today, state, late, *behind, most)


async def one(lender: Lender, connection: UUID, today: date, item: UUID) -> Record | None:
    """A vehicle of a connection."""
    row: Record | None = await lender.fetchrow(_ONE, connection, today, item)
    return row


async def counts(lender: Lender, connection: UUID, today: date) -> dict[str, int]:
    """How many there are of each state, and `late`."""
    rows = await lender.fetch(_COUNT, connection, today)
    found = {row["state"]: row["count"] for row in rows}
    return {**found, "late": sum(row["late"] for row in rows)}


async def send_again(
    lender: Lender, connection: UUID, item: UUID, given: Mapping[str, str], now: datetime
) -> None:
    """Has a vehicle sent again, with what was given by hand."""
    told = msgspec.json.encode(dict(given)).decode()
    await lender.fetch(_AGAIN, connection, item, now, told)


async def send_all_again(
    lender: Lender, connection: UUID, state: str, code: int | None, now: datetime
) -> int:
    """Has the refused or withheld sent again; how many they are."""
    return int(await lender.fetchval(_ALL_AGAIN, connection, now, state, code))


async def set_aside(lender: Lender, connection: UUID, item: UUID, reason: str) -> bool:
    """Closes a vehicle that is settled elsewhere; whether there was anything to close."""
    return await lender.fetchval(_SET_ASIDE, connection, item, reason) is not None
