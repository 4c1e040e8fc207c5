"""The vehicles that are owed to the platform: noted, taken to be sent, settled.

What is taken is due again when its lease ends: where a worker was killed, another sends it then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from dianchi.store.names import new_id
from dianchi.store.readers import Lender

LEASE: Final = timedelta(minutes=3)
"""Longer than a whole batch takes at a platform that answers late."""
AT_ONCE: Final = 8
"""Vehicles taken for one connection; one where it fails."""
# Locked until the transaction ends: nobody else looks through the log for it meanwhile.
_BEHIND: Final = """
SELECT id, organisation, role, types, log_index FROM national_connection
 WHERE log_index < $1 ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED
"""
# Whatever became of a vehicle: what is told of it now is owed again.
_NOTE: Final = """
INSERT INTO national_item (connection, vehicle, id, battery, type, log_index, state, next_at,
                           made_at, due_on)
SELECT $1, t.vehicle, t.id, t.battery, t.type, t.log_index, 'waiting', $7, $7, t.due_on
  FROM unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $8::date[])
       t(vehicle, id, battery, type, log_index, due_on)
ON CONFLICT (connection, vehicle) DO UPDATE
   SET state = 'waiting', tries = 0, next_at = excluded.next_at, type = excluded.type,
       battery = excluded.battery, log_index = excluded.log_index, reason = NULL,
       due_on = CASE WHEN national_item.state = 'sent' THEN excluded.due_on
                     ELSE least(national_item.due_on, excluded.due_on) END
 WHERE national_item.log_index < excluded.log_index
"""
_MOVE: Final = "UPDATE national_connection SET log_index = $2 WHERE id = $1"
# The rate and the lease are one statement: two workers together keep to it as one does.
_CHOOSE: Final = """
SELECT id, failures, fault, per_minute, organisation, role, url, profile, fixed, types,
       credentials
  FROM national_connection c
 WHERE next_at <= $1 AND paused_at IS NULL AND held_at IS NULL AND id <> ALL ($2::uuid[])
   AND EXISTS (SELECT FROM national_item i
                WHERE i.connection = c.id AND i.state = 'waiting' AND i.next_at <= $1)
 ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_TAKE: Final = """
WITH due AS (
    SELECT connection, vehicle FROM national_item
     WHERE connection = $1 AND state = 'waiting' AND next_at <= $2
     ORDER BY next_at, log_index LIMIT $4 FOR UPDATE SKIP LOCKED)
UPDATE national_item i SET next_at = $3, tried_at = $2, tries = i.tries + 1
  FROM due WHERE i.connection = due.connection AND i.vehicle = due.vehicle
RETURNING i.connection, i.vehicle, i.log_index, i.tries, i.asked, i.sent, i.given
"""
_PACE: Final = "UPDATE national_connection SET next_at = $2 WHERE id = $1"
_ASKING: Final = """
UPDATE national_item SET asked = $3 WHERE connection = $1 AND vehicle = $2
"""
_RELEASE: Final = """
UPDATE national_item SET next_at = $3, tries = tries - 1
 WHERE connection = $1 AND vehicle = ANY ($2::text[]) AND state = 'waiting'
"""
# Only as long as nothing newer was told of it: then it stays owed.
_SETTLE: Final = """
UPDATE national_item
   SET state = CASE WHEN log_index = $3 THEN $4 ELSE 'waiting' END,
       next_at = CASE WHEN log_index = $3 THEN $5::timestamptz ELSE $6::timestamptz END,
       asked = $7, sent = coalesce($8, sent),
       sent_at = CASE WHEN $8::bytea IS NULL THEN sent_at ELSE $6::timestamptz END,
       code = $9, said = $10, fault = $11, gaps = coalesce($12, gaps)
 WHERE connection = $1 AND vehicle = $2
"""
_FAILED: Final = """
UPDATE national_connection
   SET failures = failures + 1, failing_since = coalesce(failing_since, $2), fault = $4,
       next_at = greatest(next_at, $3),
       held_at = CASE WHEN $5::text IS NULL THEN held_at ELSE $2::timestamptz END,
       held_why = coalesce($5, held_why)
 WHERE id = $1
"""
_WORKED: Final = """
UPDATE national_connection SET failures = 0, failing_since = NULL, fault = NULL
 WHERE id = $1 AND failures > 0
"""


class Noted(NamedTuple):
    """A vehicle of which something was reported.

    Attributes:
        vehicle: its `vin_ref`; `battery:` or `owner:` and a name where the form has no place.
        battery: that the report was about.
        type: of the report.
        log_index: of the report.
        due_on: the last day of the term, where one is known.
    """

    vehicle: str
    battery: str
    type: str
    log_index: int
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A vehicle that is to be sent now."""

    connection: UUID
    vehicle: str
    log_index: int
    tries: int
    asked: bytes | None
    sent: bytes | None
    given: dict[str, str]


class Outcome(NamedTuple):
    """What became of a vehicle.

    Attributes:
        state: `waiting`, `sent`, `refused` or `withheld`.
        again: when it is tried next.
        asked: the hash of what is under way still, where no answer was heard.
        sent: the hash of what the platform has now, where it took something.
        code: of its answer.
        said: what it said.
        fault: why nothing was heard or sent.
        gaps: of the form, as JSON.
    """

    state: str
    again: datetime
    asked: bytes | None = None
    sent: bytes | None = None
    code: int | None = None
    said: str | None = None
    fault: str | None = None
    gaps: list[dict[str, Any]] | None = None


async def one_behind(connection: Connection, end: int) -> Record | None:
    """A connection for which the log is not looked through to its end, locked."""
    found: Record | None = await connection.fetchrow(_BEHIND, end)
    return found


async def note(
    connection: Connection, of: UUID, noted: Iterable[Noted], reached: int, now: datetime
) -> None:
    """Has these vehicles sent, and notes up to where the log was looked through."""
    newest = {one.vehicle: one for one in sorted(noted, key=lambda one: one.log_index)}
    if newest:
        some = list(newest.values())
        await connection.execute(
            _NOTE,
            of,
            [one.vehicle for one in some],
            [new_id() for _ in some],
            [one.battery for one in some],
            [one.type for one in some],
            [one.log_index for one in some],
            now,
            [one.due_on for one in some],
        )
    await connection.execute(_MOVE, of, reached)


async def take(
    connection: Connection, now: datetime, busy: Sequence[UUID]
) -> tuple[Record, list[Taken]] | None:
    """Vehicles that are due at one connection, and that connection; None where there are none.

    Args:
        connection: of the courier, in a transaction.
        now: the time.
        busy: connections that are being sent to.
    """
    chosen: Record | None = await connection.fetchrow(_CHOOSE, now, busy)
    if chosen is None:
        return None
    most = 1 if chosen["failures"] else AT_ONCE
    rows = await connection.fetch(_TAKE, chosen["id"], now, now + LEASE, most)
    pause = timedelta(minutes=1) * len(rows) / chosen["per_minute"]
    await connection.execute(_PACE, chosen["id"], now + pause)
    taken = [Taken(**{**row, "given": msgspec.json.decode(row["given"])}) for row in rows]
    return chosen, sorted(taken, key=lambda one: one.log_index)


async def note_asking(lender: Lender, taken: Taken, digest: bytes) -> None:
    """Notes what is sent before it is: whoever comes after a crash knows what may be there."""
    await lender.fetch(_ASKING, taken.connection, taken.vehicle, digest)


async def release(lender: Lender, some: Sequence[Taken], now: datetime) -> None:
    """Gives back what was taken and not sent."""
    if some:
        vehicles = [taken.vehicle for taken in some]
        await lender.fetch(_RELEASE, some[0].connection, vehicles, now)


async def settle(lender: Lender, taken: Taken, outcome: Outcome, now: datetime) -> None:
    """Notes what became of a vehicle."""
    gaps = None if outcome.gaps is None else msgspec.json.encode(outcome.gaps).decode()
    await lender.fetch(
        _SETTLE,
        taken.connection,
        taken.vehicle,
        taken.log_index,
        outcome.state,
        outcome.again,
        now,
        outcome.asked,
        outcome.sent,
        outcome.code,
        outcome.said,
        outcome.fault,
        gaps,
    )


async def note_failure(
    lender: Lender, connection: UUID, now: datetime, again: datetime, why: tuple[str, str | None]
) -> None:
    """Notes that a connection failed, when to try again, and why it is held, if it is."""
    fault, held = why
    await lender.fetch(_FAILED, connection, now, again, fault, held)


async def note_success(lender: Lender, connection: UUID) -> None:
    """Notes that a connection works."""
    await lender.fetch(_WORKED, connection)
