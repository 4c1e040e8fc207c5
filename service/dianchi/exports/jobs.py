"""Asking for exports, and whose turn it is: taken over from whoever falls silent."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from asyncpg import Connection

from dianchi.access.owners import owner_of
from dianchi.domain.admit import Reporter
from dianchi.domain.exports import Form
from dianchi.exchange.language import Language
from dianchi.exports.export import COLUMNS, Export, export_of
from dianchi.store.names import new_id
from dianchi.store.readers import Lender, Readers

LEASE_S: Final = 20.0
MOST_WAITING: Final = 10
"""Exports of one owner that wait or run at a time."""
_LEASE: Final = timedelta(seconds=LEASE_S)
_ASK: Final = f"""
INSERT INTO export (id, owner, organisation, reporter, list, filters, form, language, state, rows,
                    size, asked_at, turn_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, 'waiting', 0, 0, $9, $9
 WHERE (SELECT count(*) FROM export WHERE owner = $2 AND state IN ('waiting', 'running')) < $10
RETURNING {COLUMNS}
"""  # noqa: S608 - constants
_ONE: Final = f"SELECT {COLUMNS} FROM export WHERE id = $1"  # noqa: S608 - constants
_LIST: Final = f"""
SELECT {COLUMNS} FROM export
 WHERE owner = $1 AND ($2::timestamptz IS NULL OR (asked_at, id) < ($2, $3))
 ORDER BY asked_at DESC, id DESC LIMIT $4
"""  # noqa: S608 - constants
_CANCEL: Final = """
UPDATE export SET state = 'cancelled', ended_at = $3
 WHERE id = $1 AND owner = $2 AND state IN ('waiting', 'running') RETURNING id
"""
_PART: Final = "SELECT body FROM export_part WHERE export = $1 AND part = $2"
_TAKE: Final = f"""
UPDATE export SET state = 'running', rows = 0, lease_by = $1,
       lease_until = clock_timestamp() + $2::interval
 WHERE id = (SELECT id FROM export
              WHERE state IN ('waiting', 'running')
                AND (lease_until IS NULL OR lease_until < clock_timestamp())
              ORDER BY turn_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING {COLUMNS}
"""  # noqa: S608 - constants
_WAITS: Final = """
SELECT EXISTS (SELECT FROM export
                WHERE state IN ('waiting', 'running')
                  AND (lease_until IS NULL OR lease_until < clock_timestamp()))
"""
_KEEP: Final = """
UPDATE export SET lease_until = clock_timestamp() + $3::interval, rows = greatest(rows, $4)
 WHERE id = $1 AND lease_by = $2 AND state = 'running' RETURNING id
"""


class TooManyError(Exception):
    """The owner has as many exports waiting as it may."""


class LeaseLostError(Exception):
    """Somebody else has the export now, or it was cancelled."""


class Wish(msgspec.Struct, frozen=True):
    """What is asked for: a list, its filters with ids for names, a form, a language."""

    list: str
    filters: Mapping[str, str]
    form: Form
    language: Language


async def ask(keeper: Readers, wish: Wish, reporter: Reporter, now: datetime) -> Export:
    """Has a file written, when its turn comes.

    Raises:
        TooManyError: the caller has to wait for others first.
    """
    who, filters = map(_json, (msgspec.to_builtins(reporter), dict(wish.filters)))
    owned = owner_of(reporter), reporter.organisation, who
    told = wish.list, filters, wish.form, wish.language
    async with keeper.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(_ASK, new_id(), *owned, *told, now, MOST_WAITING)
    if row is None:
        raise TooManyError
    return export_of(row)


async def own_export(seeing: Lender, identity: UUID) -> Export | None:
    """An export, as its owner sees it; None for others."""
    row = await seeing.fetchrow(_ONE, identity)
    return export_of(row) if row is not None else None


async def exports_of(
    seeing: Lender, owner: str, after: tuple[datetime, UUID] | None, limit: int
) -> list[Export]:
    """The exports of an owner, the newest first."""
    rows = await seeing.fetch(_LIST, owner, *(after or (None, None)), limit)
    return [export_of(row) for row in rows]


async def cancel(keeper: Readers, export: Export, now: datetime) -> bool:
    """Ends an export that is not finished; whether it was not."""
    return await keeper.fetchval(_CANCEL, export.id, export.owner, now) is not None


async def part_of(seeing: Lender, export: Export, part: int) -> bytes | None:
    """A part of a finished file; None once it was deleted."""
    found: bytes | None = await seeing.fetchval(_PART, export.id, part)
    return found


class Lease:
    """An export in hand."""

    def __init__(self, keeper: Readers, export: Export, by: UUID) -> None:
        self.export = export
        self.keeper = keeper
        self.by = by
        self.rows = 0
        """Written so far: told with every sign of life."""

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """A transaction that holds only while the export is in hand.

        Raises:
            LeaseLostError: it is not.
        """
        async with self.keeper.acquire() as connection, connection.transaction():
            told = self.export.id, self.by, _LEASE, self.rows
            if await connection.fetchval(_KEEP, *told) is None:
                raise LeaseLostError
            yield connection

    async def tell(self) -> None:
        """Says that it goes on, and how far it is.

        Raises:
            LeaseLostError: it is not in hand any more.
        """
        async with self.writing():
            pass


async def waits(keeper: Readers) -> bool:
    """Whether an export waits for its turn."""
    return bool(await keeper.fetchval(_WAITS))


async def take(keeper: Readers, by: UUID) -> Lease | None:
    """The export that waits longest; None while none does."""
    row = await keeper.fetchrow(_TAKE, by, _LEASE)
    return Lease(keeper, export_of(row), by) if row is not None else None


@asynccontextmanager
async def kept(lease: Lease, *, every_s: float = LEASE_S / 4) -> AsyncIterator[None]:
    """Keeps an export in hand for the length of the block."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(every_s)
            with contextlib.suppress(LeaseLostError):
                await lease.tell()

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
