"""Whose turn it is: uploads are taken one by one, and taken over from whoever falls silent."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from asyncpg import Connection

from dianchi.domain.refusals import Fault, Refused
from dianchi.store.readers import Readers
from dianchi.uploads.upload import COLUMNS, Upload, json_of, upload_of

LEASE_S: Final = 20.0
_TAKE: Final = f"""
UPDATE upload SET lease_by = $1, lease_until = clock_timestamp() + $2
 WHERE id = (SELECT id FROM upload
              WHERE state IN ('reading', 'checking', 'committing')
                AND (lease_until IS NULL OR lease_until < clock_timestamp())
              ORDER BY turn_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING {COLUMNS}
"""  # noqa: S608 - constants
_WAITS: Final = """
SELECT EXISTS (SELECT FROM upload
                WHERE state IN ('reading', 'checking', 'committing')
                  AND (lease_until IS NULL OR lease_until < clock_timestamp())
                   OR state = 'receiving' AND made_at > clock_timestamp() - interval '1 minute')
"""
_KEEP: Final = """
UPDATE upload SET lease_until = clock_timestamp() + $3 WHERE id = $1 AND lease_by = $2 RETURNING id
"""
_GIVE_BACK: Final = """
UPDATE upload SET lease_by = NULL, lease_until = NULL, turn_at = clock_timestamp()
 WHERE id = $1 AND lease_by = $2
"""
_END: Final = """
UPDATE upload SET state = $3, problem = $4, row_count = coalesce($5, row_count),
       ended_at = CASE WHEN $3 IN ('committed', 'failed') THEN clock_timestamp() END
 WHERE id = $1 AND lease_by = $2 RETURNING id
"""


class LeaseLostError(Exception):
    """Somebody else has the upload now, or it was cancelled."""


class Lease:
    """An upload in hand."""

    def __init__(self, uploader: Readers, upload: Upload, by: UUID) -> None:
        self.upload = upload
        self.uploader = uploader
        self.by = by

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """A transaction that holds only while the upload is in hand.

        Raises:
            LeaseLostError: it is not.
        """
        async with self.uploader.acquire() as connection, connection.transaction():
            held = await connection.fetchval(_KEEP, self.upload.id, self.by, _seconds(LEASE_S))
            if held is None:
                raise LeaseLostError
            yield connection

    async def end(
        self, state: str, refused: Refused | None = None, rows: int | None = None
    ) -> None:
        """Tells how it ended.

        Raises:
            LeaseLostError: somebody else does.
        """
        problem = json_of(problem_of(refused)) if refused is not None else None
        async with self.writing() as connection:
            await connection.execute(_END, self.upload.id, self.by, state, problem, rows)


async def waits(uploader: Readers) -> bool:
    """Whether an upload waits for its turn, or soon will: its first parts are coming in."""
    return bool(await uploader.fetchval(_WAITS))


async def take(uploader: Readers, by: UUID) -> Lease | None:
    """The upload that waits longest for its turn; None while none does."""
    row = await uploader.fetchrow(_TAKE, by, _seconds(LEASE_S))
    return Lease(uploader, upload_of(row), by) if row is not None else None


@asynccontextmanager
async def kept(lease: Lease, *, every_s: float = LEASE_S / 4) -> AsyncIterator[None]:
    """Keeps an upload in hand for the length of the block, then gives it back."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(every_s)
            await lease.uploader.fetch(_KEEP, lease.upload.id, lease.by, _seconds(LEASE_S))

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        await lease.uploader.fetch(_GIVE_BACK, lease.upload.id, lease.by)


def _seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def fault_json(fault: Fault) -> dict[str, Any]:
    """A fault as it is kept and shown."""
    return {
        "code": fault.code,
        "pointer": fault.pointer,
        "value": fault.value if isinstance(fault.value, int) else _short(fault.value),
        "message": fault.what._asdict(),
        "way_out": fault.way_out._asdict(),
    }


def _short(value: object) -> str | None:
    return None if value is None else str(value)[:200]


def problem_of(refused: Refused) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Why an upload failed."""
    return {"errors": [fault_json(fault) for fault in refused.faults[:100]]}
