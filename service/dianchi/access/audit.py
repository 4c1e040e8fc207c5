"""The audit log: who read what of others, and what was done in the registry. Nobody edits it.

An entry is stored before the answer is given; entries that come together are stored together. Each
such batch is then sealed: its digest becomes an entry of the log itself, so that a changed or
removed entry shows (`check`), whoever changed it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

import structlog

from dianchi.access.keys import now_of
from dianchi.domain.admit import Reporter
from dianchi.domain.personal import redacted
from dianchi.ports import Clock
from dianchi.store.connect import Queryable
from dianchi.store.envelope import canonical_json, open_json
from dianchi.store.names import new_id
from dianchi.store.readers import Readers

SEALED: Final = "audit_sealed"
_INSERT: Final = """
INSERT INTO audit (batch, place, at, actor, role, person, act, subject)
SELECT $1, t.* FROM unnest($2::int[], $3::timestamptz[], $4::text[], $5::text[], $6::text[],
                           $7::text[], $8::text[]) t
"""
_BATCH: Final = """
SELECT at, actor, role, person, act, subject FROM audit WHERE batch = $1 ORDER BY place
"""
_UNSEALED: Final = """
SELECT DISTINCT batch FROM audit WHERE NOT batch = ANY ($1::uuid[]) ORDER BY batch
"""
_LIST: Final = """
SELECT at, actor, role, person, act, subject, batch, place FROM audit
 WHERE (at, batch, place) < ($1, $2, $3) ORDER BY at DESC, batch DESC, place DESC LIMIT $4
"""
_LONGEST: Final = 300
log = structlog.get_logger()
Seal = Callable[[dict[str, Any]], Awaitable[object]]
"""Makes data an entry of the log."""


class Entry(NamedTuple):
    """What one caller did or read."""

    at: datetime
    actor: str
    role: str
    person: str | None
    act: str
    subject: str


class Verdict(NamedTuple):
    """What a check of the audit log found.

    Attributes:
        entries: how many were sealed and are as they were.
        changed: batches of which an entry was changed, added or removed.
        unsealed: batches that were never sealed: stored just before the service ended.
    """

    entries: int
    changed: list[str]
    unsealed: list[str]


class AuditLog:
    """Takes entries; whoever notes one waits until it is stored."""

    def __init__(self, readers: Readers, seal: Seal, clock: Clock) -> None:
        self._readers = readers
        self._seal = seal
        self._clock = clock
        self._waiting: list[tuple[Entry, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def note(self, reporter: Reporter, act: str, subject: str) -> None:
        """Stores what a caller is about to do or read.

        Args:
            reporter: the caller.
            act: the method and the route.
            subject: what it is about; whatever looks personal or secret is struck out.

        Raises:
            OSError, asyncpg.PostgresError: it was not stored: then it must not be done either.
        """
        entry = Entry(
            now_of(self._clock),
            reporter.organisation,
            reporter.role,
            reporter.person,
            act,
            redacted(subject)[:_LONGEST],
        )
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, stored))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        await stored

    async def aclose(self) -> None:
        """Waits until what was taken is stored and sealed."""
        while self._writing is not None:
            await asyncio.gather(self._writing, return_exceptions=True)

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                taken, self._waiting = self._waiting, []
                await self._write(taken)
        finally:
            self._writing = None

    async def _write(self, taken: Sequence[tuple[Entry, asyncio.Future[None]]]) -> None:
        batch, entries = new_id(), [entry for entry, _ in taken]
        columns = [list(column) for column in zip(*entries, strict=True)]
        try:
            await self._readers.fetch(_INSERT, batch, list(range(len(entries))), *columns)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            for _, stored in taken:
                if not stored.done():
                    stored.set_exception(error)
            return
        for _, stored in taken:
            if not stored.done():
                stored.set_result(None)
        try:
            await self._seal(sealed(batch, entries))
        except Exception:
            # The check names the batch; nobody waits for a seal.
            log.warning("audit batch not sealed", batch=str(batch), exc_info=True)


def sealed(batch: UUID, entries: Sequence[Entry]) -> dict[str, Any]:
    """What the log is told of a batch."""
    return {"batch": str(batch), "count": len(entries), "sha256": _digest(entries)}


def _digest(entries: Iterable[Entry]) -> str:
    """SHA-256, in hexadecimal, of the entries as canonical JSON, each with a line feed."""
    return sha256(b"".join(canonical_json(_plain(entry)) + b"\n" for entry in entries)).hexdigest()


def _plain(entry: Entry) -> dict[str, Any]:
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return {**entry._asdict(), "at": at}


async def check(connection: Queryable, seals: Iterable[bytes]) -> Verdict:
    """Compares the audit log with what was sealed of it.

    Args:
        connection: reads.
        seals: the stored events of type `SEALED`.
    """
    good, changed, known = 0, list[str](), list[UUID]()
    for body in seals:
        told = open_json(body)["data"]
        batch = UUID(told["batch"])
        known.append(batch)
        entries = [Entry(*row) for row in await connection.fetch(_BATCH, batch)]
        if sealed(batch, entries) == told:
            good += len(entries)
        else:
            changed.append(str(batch))
    unsealed = [str(row["batch"]) for row in await connection.fetch(_UNSEALED, known)]
    return Verdict(good, changed, unsealed)


async def entries_before(
    readers: Readers, place: tuple[datetime, UUID, int], most: int
) -> list[tuple[Entry, tuple[datetime, UUID, int]]]:
    """Entries, the newest first, behind a place; each with its own."""
    rows = await readers.fetch(_LIST, *place, most)
    return [(Entry(*row[:6]), (row["at"], row["batch"], row["place"])) for row in rows]
