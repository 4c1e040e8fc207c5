"""The messages to webhooks in the database: found due, and settled. Several workers may do so.

What is taken to be sent is due again when its lease ends: where a worker was killed, another sends
it then, under the same id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from asyncpg import Connection, Record
from asyncpg.pgproto.pgproto import UUID

from dianchi.exchange.cloud_events import Told
from dianchi.store.feed import Entry
from dianchi.store.readers import Lender
from dianchi.webhooks.schedule import DISABLED_AFTER, next_probe, next_try
from dianchi.webhooks.sending import Outcome

LEASE: Final = timedelta(seconds=60)
AT_ONCE: Final = 8
"""Messages to one webhook at the same time; one where the last one failed."""
MOST_WAITING: Final = 1_000
"""Of one webhook: more of the log is looked through when some of them were taken."""
KEPT: Final = timedelta(days=30)
GONE: Final = 410
MESSAGE_IDS: Final = "msg_{webhook}_{message}"
"""How receivers know a message that they have already, whoever else writes to them."""
# Locked until the transaction ends: nobody else looks through the log for it meanwhile.
_BEHIND: Final = f"""
SELECT id, organisation, role, area, types, log_index FROM webhook w
 WHERE disabled_at IS NULL AND paused_at IS NULL AND log_index < $1
   AND (SELECT count(*) FROM (SELECT FROM delivery d
         WHERE d.webhook = w.id AND d.state = 'waiting' LIMIT {MOST_WAITING}) x) < {MOST_WAITING}
 ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - a constant
# One that was sent before is sent again: the webhook was set back.
_NOTE: Final = """
INSERT INTO delivery (webhook, message, log_index, type, state, next_at, made_at)
SELECT $1, t.log_index::text, t.log_index, t.type, 'waiting', $4, $4
  FROM unnest($2::bigint[], $3::text[]) t (log_index, type)
ON CONFLICT (webhook, message) DO UPDATE
   SET state = 'waiting', tries = 0, next_at = excluded.next_at, made_at = excluded.made_at,
       status = NULL, fault = NULL
 WHERE delivery.state <> 'waiting'
"""
_MOVE: Final = "UPDATE webhook SET log_index = $2 WHERE id = $1"
_TAKE: Final = f"""
WITH due AS (
    SELECT d.* FROM webhook w CROSS JOIN LATERAL (
        SELECT m.webhook, m.message FROM delivery m
         WHERE m.webhook = w.id AND m.state = 'waiting' AND m.next_at <= $1
           AND (m.log_index IS NULL
                OR w.disabled_at IS NULL AND w.paused_at IS NULL AND w.next_at <= $1)
         ORDER BY m.next_at, m.log_index LIMIT CASE WHEN w.failures > 0 THEN 1 ELSE {AT_ONCE} END
           FOR UPDATE SKIP LOCKED) d
     WHERE w.id <> ALL ($2::uuid[]) LIMIT $4)
UPDATE delivery d SET next_at = $3, tried_at = $1, tries = d.tries + 1
  FROM due JOIN webhook w ON w.id = due.webhook
 WHERE d.webhook = due.webhook AND d.message = due.message
RETURNING d.webhook, d.message, d.log_index, d.tries, d.made_at, w.organisation, w.role, w.area,
          w.url, w.whole, w.secret, w.former_secret, w.former_until, w.failures
"""  # noqa: S608 - a constant
# Of those that were under way together the first one counts: what is known is that it failed once.
_FAILED: Final = """
UPDATE webhook
   SET failures = failures + 1, failing_since = coalesce(failing_since, $2), next_at = $3,
       disabled_at = CASE WHEN $4 OR failing_since < $5 THEN $2 END,
       disabled_why = CASE WHEN $4 THEN 'gone' WHEN failing_since < $5 THEN 'failing' END
 WHERE id = $1 AND next_at <= $2 AND disabled_at IS NULL RETURNING disabled_why
"""
_TAKEN: Final = """
UPDATE webhook SET failures = 0, failing_since = NULL, next_at = least(next_at, $2)
 WHERE id = $1 AND failures > 0
"""
_SETTLE: Final = """
UPDATE delivery SET state = $3, next_at = $4, status = $5, took_ms = $6, fault = $7
 WHERE webhook = $1 AND message = $2 AND state = 'waiting'
"""
_SWEEP: Final = """
DELETE FROM delivery WHERE (webhook, message) IN (
    SELECT webhook, message FROM delivery WHERE state <> 'waiting' AND made_at < $1 LIMIT 5000)
    OR webhook NOT IN (SELECT id FROM webhook)
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that is to be sent now, and the webhook that it goes to."""

    webhook: UUID
    message: str
    log_index: int | None
    tries: int
    made_at: datetime
    organisation: str
    role: str
    area: str | None
    url: str
    whole: bool
    secret: bytes
    former_secret: bytes | None
    former_until: datetime | None
    failures: int

    @property
    def message_id(self) -> str:
        """The header `webhook-id`."""
        return MESSAGE_IDS.format(webhook=self.webhook.hex, message=self.message)


async def one_behind(connection: Connection, end: int) -> Record | None:
    """A webhook for which the log is not looked through to its end, locked."""
    found: Record | None = await connection.fetchrow(_BEHIND, end)
    return found


async def note_messages(
    connection: Connection,
    webhook: Record,
    found: Sequence[tuple[Entry, Told]],
    reached: int,
    now: datetime,
) -> None:
    """Has these entries sent to a webhook, and notes up to where the log was looked through."""
    if found:
        indexes = [entry.log_index for entry, _ in found]
        types = [told.type for _, told in found]
        await connection.execute(_NOTE, webhook["id"], indexes, types, now)
    await connection.execute(_MOVE, webhook["id"], reached)


async def take(lender: Lender, now: datetime, busy: Sequence[UUID], most: int) -> list[Taken]:
    """Messages that are due, some of each webhook.

    Args:
        lender: of the courier.
        now: the time.
        busy: webhooks that are being sent to.
        most: messages.
    """
    rows = await lender.fetch(_TAKE, now, busy, now + LEASE, most)
    taken = [Taken(**row) for row in rows]
    return sorted(taken, key=lambda one: one.log_index or 0)


async def settle(lender: Lender, taken: Taken, outcome: Outcome, now: datetime) -> str | None:
    """Notes what became of a message; why its webhook was disabled, if it was just now."""
    state, again = _state(taken, outcome, now)
    await lender.fetch(
        _SETTLE,
        taken.webhook,
        taken.message,
        state,
        again or now,
        outcome.status,
        outcome.took_ms,
        outcome.fault,
    )
    if taken.log_index is None or state == "withdrawn":
        return None
    if outcome.fault is None:
        await lender.fetch(_TAKEN, taken.webhook, now)
        return None
    probe = next_probe(taken.failures + 1, now, outcome.wait_s)
    told = now, probe, outcome.status == GONE, now - DISABLED_AFTER
    row = await lender.fetchrow(_FAILED, taken.webhook, *told)
    return None if row is None else row["disabled_why"]


def _state(taken: Taken, outcome: Outcome, now: datetime) -> tuple[str, datetime | None]:
    """What a message is now, and when it is tried again."""
    if outcome.fault is None:
        return "delivered", None
    if outcome.fault == "not_shown":
        return "withdrawn", None
    again = None if taken.log_index is None else next_try(taken.tries, now)
    return ("waiting", again) if again else ("given_up", None)


async def sweep(lender: Lender, now: datetime) -> None:
    """Forgets what was settled long ago, and what was sent to webhooks that are gone."""
    await lender.fetch(_SWEEP, now - KEPT)
