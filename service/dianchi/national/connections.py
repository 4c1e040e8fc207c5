"""The connection of an organisation to the national platform: made, changed, paused."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec
from asyncpg import Record

from dianchi.access.keys import now_of
from dianchi.access.sealing import Seal
from dianchi.domain.admit import Reporter
from dianchi.exchange.national.wire import Credentials
from dianchi.ports import Clock
from dianchi.store.names import new_id
from dianchi.store.readers import Readers
from dianchi.webhooks.targets import Reach

PURPOSE: Final = "credentials of the national platform"
"""Of the seal that credentials are stored under."""
TYPES: Final = ("installed", "sold", "removed", "owner_changed")
"""Reports that tell which batteries are in a vehicle, and what became of it."""
COLUMNS: Final = """
id, organisation, role, url, profile, types, fixed, credentials_at, per_minute, log_index, made_at,
paused_at, failures, failing_since, fault, next_at, held_at, held_why
"""
_ONE: Final = f"SELECT {COLUMNS} FROM national_connection WHERE organisation = $1"  # noqa: S608 - constants
_SEALED: Final = "SELECT id, credentials FROM national_connection WHERE organisation = $1"
_PUT: Final = """
INSERT INTO national_connection (organisation, id, role, url, profile, types, fixed, per_minute,
                                 credentials, credentials_at, log_index, made_at, next_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $11, $10, $11, $11)
    ON CONFLICT (organisation) DO UPDATE
   SET role = excluded.role, url = excluded.url, profile = excluded.profile,
       types = excluded.types, fixed = excluded.fixed, per_minute = excluded.per_minute,
       next_at = excluded.next_at
"""
# Whoever gives new credentials wants them tried.
_NEW_CREDENTIALS: Final = """
UPDATE national_connection
   SET credentials = $2, credentials_at = $3, held_at = NULL, held_why = NULL, failures = 0,
       failing_since = NULL, next_at = $3
 WHERE organisation = $1
"""
_PAUSE: Final = """
UPDATE national_connection SET paused_at = coalesce(paused_at, $2) WHERE organisation = $1
"""
_RESUME: Final = """
UPDATE national_connection
   SET paused_at = NULL, held_at = NULL, held_why = NULL, failures = 0, failing_since = NULL,
       next_at = $2
 WHERE organisation = $1
"""
_DELETE: Final = "DELETE FROM national_connection WHERE organisation = $1 RETURNING id"
_FORGET: Final = "DELETE FROM national_item WHERE connection = $1"
_read: Final = msgspec.json.Decoder(Credentials).decode


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a connection is to be.

    Attributes:
        url: base address of the platform.
        profile: of `PROFILES`.
        types: of reports, of `TYPES`.
        fixed: members of a vehicle that all vehicles share.
        per_minute: calls.
        after: log index behind which it begins; only where it is new.
        credentials: None where they stay.
    """

    url: str
    profile: str
    types: Sequence[str]
    fixed: Mapping[str, str]
    per_minute: int
    after: int
    credentials: Credentials | None


def credentials_of(seal: Seal, connection: UUID, sealed: bytes) -> Credentials | None:
    """What was issued to an organisation; None where it was sealed under another key."""
    opened = seal.open(sealed, connection.bytes)
    return None if opened is None else _read(opened)


class Connections:
    """Keeps connections; one for an organisation, which nobody else sees.

    Args:
        registrar: connections of the registrar.
        seal: of credentials.
        reach: where they may lead.
        clock: the machine's.
        make_id: for each connection.
    """

    def __init__(
        self,
        registrar: Readers,
        seal: Seal,
        reach: Reach,
        clock: Clock,
        make_id: Callable[[], UUID] = new_id,
    ) -> None:
        self.registrar = registrar
        self._seal = seal
        self._clock = clock
        self._make_id = make_id
        self.reach = reach

    async def find(self, organisation: str) -> Record | None:
        """The connection of an organisation, without its credentials."""
        row: Record | None = await self.registrar.fetchrow(_ONE, organisation)
        return row

    async def put(self, reporter: Reporter, wanted: Wanted) -> bool:
        """Makes it, or changes it; False where it is new and has no credentials."""
        row = await self.registrar.fetchrow(_SEALED, reporter.organisation)
        if row is None and wanted.credentials is None:
            return False
        identity = self._make_id() if row is None else row["id"]
        sealed = row["credentials"] if row is not None else b""
        if wanted.credentials is not None:
            sealed = self._seal.close(msgspec.json.encode(wanted.credentials), identity.bytes)
        now = now_of(self._clock)
        await self.registrar.fetch(
            _PUT,
            reporter.organisation,
            identity,
            reporter.role,
            wanted.url,
            wanted.profile,
            sorted(set(wanted.types)),
            msgspec.json.encode(dict(wanted.fixed)).decode(),
            wanted.per_minute,
            sealed,
            wanted.after,
            now,
        )
        if row is not None and wanted.credentials is not None:
            await self.registrar.fetch(_NEW_CREDENTIALS, reporter.organisation, sealed, now)
        return True

    async def pause(self, organisation: str) -> None:
        """Sends nothing until it is resumed; nothing is lost meanwhile."""
        await self.registrar.fetch(_PAUSE, organisation, now_of(self._clock))

    async def resume(self, organisation: str) -> None:
        """Goes on where it was paused, held, or waits because the platform failed."""
        await self.registrar.fetch(_RESUME, organisation, now_of(self._clock))

    async def delete(self, organisation: str) -> None:
        """Deletes it, its credentials, and what is known of the vehicles that were sent."""
        deleted: list[Any] = await self.registrar.fetch(_DELETE, organisation)
        for row in deleted:
            await self.registrar.fetch(_FORGET, row["id"])
