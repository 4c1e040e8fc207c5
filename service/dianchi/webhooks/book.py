"""The webhooks of organisations: made, listed, paused, replayed; and what was sent to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from asyncpg import Record

from dianchi.access.keys import now_of
from dianchi.access.sealing import Seal
from dianchi.domain.admit import Reporter
from dianchi.exchange.standard_webhooks import new_secret
from dianchi.ports import Clock
from dianchi.store.names import new_id
from dianchi.store.readers import Readers
from dianchi.webhooks.targets import Reach

PURPOSE: Final = "secrets of webhooks"
"""Of the seal that secrets are stored under."""
MOST: Final = 20
"""Webhooks of one organisation."""
FORMER_FOR: Final = timedelta(days=1)
"""How long messages are signed with the former secret, too."""
TEST: Final = "webhook_test"
_COLUMNS: Final = """
id, organisation, role, area, url, types, whole, log_index, made_at, paused_at, failures,
failing_since, disabled_at, disabled_why, former_until,
(SELECT count(*) FROM (SELECT FROM delivery d
  WHERE d.webhook = w.id AND d.state = 'waiting' LIMIT 10000) x) AS waiting
"""
# An officer of a county must not have what the province's own webhook of the same office has.
_MINE: Final = "organisation = $1 AND role = $2 AND area IS NOT DISTINCT FROM $3"
_LIST: Final = f"SELECT {_COLUMNS} FROM webhook w WHERE {_MINE} ORDER BY made_at, id"  # noqa: S608
_ONE: Final = f"SELECT {_COLUMNS} FROM webhook w WHERE {_MINE} AND id = $4"  # noqa: S608
_ADD: Final = """
INSERT INTO webhook (organisation, role, area, id, url, types, whole, secret, log_index, made_at,
                     next_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10
 WHERE (SELECT count(*) FROM webhook WHERE organisation = $1) < $11
RETURNING id
"""
_DELETE: Final = f"DELETE FROM webhook WHERE {_MINE} AND id = $4 RETURNING id"  # noqa: S608
_FORGET: Final = "DELETE FROM delivery WHERE webhook = $1"
_ROTATE: Final = f"""
UPDATE webhook SET secret = $5, former_secret = secret, former_until = $6
 WHERE {_MINE} AND id = $4
"""  # noqa: S608
_PAUSE: Final = f"""
UPDATE webhook SET paused_at = coalesce(paused_at, $5) WHERE {_MINE} AND id = $4
"""  # noqa: S608
_RESUME: Final = f"""
UPDATE webhook SET paused_at = NULL, disabled_at = NULL, disabled_why = NULL, failures = 0,
                   failing_since = NULL, next_at = $5
 WHERE {_MINE} AND id = $4
"""  # noqa: S608
_REPLAY: Final = f"""
UPDATE webhook SET log_index = $5 WHERE {_MINE} AND id = $4
"""  # noqa: S608
# Written anew, for it may not be changed by who keeps webhooks; its id stays.
_REPEAT: Final = """
WITH sent AS (DELETE FROM delivery WHERE webhook = $1 AND message = $2 AND state <> 'waiting'
              RETURNING webhook, message, log_index, type)
INSERT INTO delivery (webhook, message, log_index, type, state, next_at, made_at)
SELECT webhook, message, log_index, type, 'waiting', $3, $3 FROM sent
"""
_KNOWN: Final = "SELECT FROM delivery WHERE webhook = $1 AND message = $2"
_TEST: Final = """
INSERT INTO delivery (webhook, message, type, state, next_at, made_at)
VALUES ($1, $2, $3, 'waiting', $4, $4)
"""
_SENT: Final = """
SELECT message, log_index, type, state, tries, next_at, made_at, tried_at, status, took_ms, fault
  FROM delivery WHERE webhook = $1 AND (made_at, message) < ($2, $3)
 ORDER BY made_at DESC, message DESC LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a webhook is made for.

    Attributes:
        url: where to.
        types: of reports; None for all.
        whole: whether events are sent whole, or only where to read them.
        after: log index behind which it begins.
    """

    url: str
    types: Sequence[str] | None
    whole: bool
    after: int


def secret_of(seal: Seal, webhook: UUID, sealed: bytes) -> str | None:
    """A stored secret; None where it was sealed under another key."""
    opened = seal.open(sealed, webhook.bytes)
    return None if opened is None else opened.decode()


class Book:
    """Keeps webhooks; everybody sees their own organisation's only.

    Args:
        readers: of the registrar.
        seal: of secrets.
        reach: where webhooks may lead.
        clock: the machine's.
        make_id: for each webhook and test.
    """

    def __init__(
        self,
        readers: Readers,
        seal: Seal,
        reach: Reach,
        clock: Clock,
        make_id: Callable[[], UUID] = new_id,
    ) -> None:
        self._readers = readers
        self._seal = seal
        self._clock = clock
        self._make_id = make_id
        self.reach = reach

    async def add(self, reporter: Reporter, wanted: Wanted) -> tuple[UUID, str] | None:
        """A new webhook's id and secret, which is shown this once; None where there are too many.

        Args:
            reporter: whose it will be; it is sent what this caller may see.
            wanted: with an address that was read by `parse_target`.
        """
        made, secret = self._make_id(), new_secret()
        types = None if wanted.types is None else sorted(set(wanted.types))
        found = await self._readers.fetch(
            _ADD,
            *_owner(reporter),
            made,
            wanted.url,
            types,
            wanted.whole,
            self._sealed(made, secret),
            wanted.after,
            now_of(self._clock),
            MOST,
        )
        return (made, secret) if found else None

    def _sealed(self, webhook: UUID, secret: str) -> bytes:
        return self._seal.close(secret.encode(), webhook.bytes)

    async def all_of(self, reporter: Reporter) -> list[Record]:
        """The webhooks of a caller's organisation."""
        return await self._readers.fetch(_LIST, *_owner(reporter))

    async def find(self, reporter: Reporter, webhook: UUID) -> Record | None:
        """One of them."""
        row: Record | None = await self._readers.fetchrow(_ONE, *_owner(reporter), webhook)
        return row

    async def delete(self, reporter: Reporter, webhook: UUID) -> None:
        """Deletes one, and the log of what was sent to it."""
        if await self._readers.fetch(_DELETE, *_owner(reporter), webhook):
            await self._readers.fetch(_FORGET, webhook)

    async def rotate(self, reporter: Reporter, webhook: UUID) -> str:
        """A new secret; the former one signs, too, for `FORMER_FOR`."""
        secret = new_secret()
        until = now_of(self._clock) + FORMER_FOR
        told = (*_owner(reporter), webhook, self._sealed(webhook, secret), until)
        await self._readers.fetch(_ROTATE, *told)
        return secret

    async def pause(self, reporter: Reporter, webhook: UUID) -> None:
        """Sends nothing until it is resumed; nothing is lost meanwhile."""
        await self._readers.fetch(_PAUSE, *_owner(reporter), webhook, now_of(self._clock))

    async def resume(self, reporter: Reporter, webhook: UUID) -> None:
        """Goes on where it was paused, or disabled because nothing was taken."""
        await self._readers.fetch(_RESUME, *_owner(reporter), webhook, now_of(self._clock))

    async def replay(self, reporter: Reporter, webhook: UUID, after: int) -> None:
        """Sends again what lies behind a log index, each message under the id that it had."""
        await self._readers.fetch(_REPLAY, *_owner(reporter), webhook, after)

    async def repeat(self, webhook: UUID, message: str) -> bool:
        """Sends one message again, under its id; whether it is known. One that waits does so."""
        await self._readers.fetch(_REPEAT, webhook, message, now_of(self._clock))
        return bool(await self._readers.fetch(_KNOWN, webhook, message))

    async def test(self, webhook: UUID) -> str:
        """Has a message sent that says nothing; its id."""
        message = f"test-{self._make_id()}"
        await self._readers.fetch(_TEST, webhook, message, TEST, now_of(self._clock))
        return message

    async def sent(self, webhook: UUID, place: tuple[datetime, str], most: int) -> list[Record]:
        """What was sent, or waits to be, the newest first, behind a place."""
        return await self._readers.fetch(_SENT, webhook, *place, most)


def _owner(reporter: Reporter) -> tuple[str, str, str | None]:
    return reporter.organisation, reporter.role, reporter.bound_to
