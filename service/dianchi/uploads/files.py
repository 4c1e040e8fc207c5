"""Sending a file: announced with its hash, sent in parts in any order, gone on with after a cut."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from dianchi.domain.admit import Reporter
from dianchi.store.names import new_id
from dianchi.store.readers import Lender, Readers
from dianchi.uploads.upload import COLUMNS, RECEIVING, Upload, json_of, upload_of

PART_BYTES: Final = 1024 * 1024
MOST_BYTES: Final = 256 * 1024 * 1024
MOST_PARTS: Final = MOST_BYTES // PART_BYTES
MOST_A_DAY: Final = 2 * 1024 * 1024 * 1024
"""Bytes that an organisation may announce within a day."""
_DAY: Final = timedelta(days=1)
_BEGIN: Final = f"""
INSERT INTO upload (id, organisation, reporter, type, name, size, sha256, parts, state, row_count,
                    done, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'receiving', 0, 0, $9)
    ON CONFLICT (organisation, sha256, type) WHERE state NOT IN ('failed', 'cancelled') DO NOTHING
RETURNING {COLUMNS}
"""  # noqa: S608 - constants
_SAME: Final = f"""
SELECT {COLUMNS} FROM upload
 WHERE organisation = $1 AND sha256 = $2 AND type = $3 AND state NOT IN ('failed', 'cancelled')
"""  # noqa: S608 - constants
_TODAY: Final = """
SELECT coalesce(sum(size), 0)::bigint FROM upload WHERE organisation = $1 AND made_at > $2
"""
_ONE: Final = f"SELECT {COLUMNS} FROM upload WHERE id = $1 AND organisation = $2"  # noqa: S608 - constants
_OWN: Final = f"SELECT {COLUMNS} FROM upload WHERE id = $1"  # noqa: S608 - constants
_LIST: Final = f"""
SELECT {COLUMNS} FROM upload
 WHERE organisation = $1 AND ($2::timestamptz IS NULL OR (made_at, id) < ($2, $3))
 ORDER BY made_at DESC, id DESC LIMIT $4
"""  # noqa: S608 - constants
_PUT: Final = """
INSERT INTO upload_part (upload, part, size, body)
SELECT u.id, $3, octet_length($4::bytea), $4 FROM upload u
 WHERE u.id = $1 AND u.organisation = $2 AND u.state = 'receiving'
    ON CONFLICT (upload, part) DO UPDATE SET size = excluded.size, body = excluded.body
"""
_THERE: Final = "SELECT part FROM upload_part WHERE upload = $1 ORDER BY part"
_WHOLE: Final = """
UPDATE upload SET state = 'reading', asked_at = $2, turn_at = $2, done = 0
 WHERE id = $1 AND state = 'receiving'
   AND (SELECT count(*) FROM upload_part WHERE upload = $1) = parts
"""


class TooMuchError(Exception):
    """The organisation announced as much as it may within a day."""


class Announced(NamedTuple):
    """What is said of a file before it is sent."""

    name: str
    size: int
    sha256: bytes
    type: str

    @property
    def parts(self) -> int:
        """In how many parts it is sent."""
        return -(-self.size // PART_BYTES)

    def size_of(self, part: int) -> int:
        """How many bytes a part has."""
        return min(PART_BYTES, self.size - part * PART_BYTES)


async def begin(
    uploader: Readers, told: Announced, reporter: Reporter, now: datetime
) -> tuple[Upload, bool]:
    """The upload of a file, and whether it is new: the same file is not sent twice.

    Raises:
        TooMuchError: it is not taken today.
    """
    organisation = reporter.organisation
    made: Any
    async with uploader.acquire() as connection, connection.transaction():
        sent = await connection.fetchval(_TODAY, organisation, now - _DAY)
        same: Any = await connection.fetchrow(_SAME, organisation, told.sha256, told.type)
        if same is None and sent + told.size > MOST_A_DAY:
            raise TooMuchError
        who = json_of(msgspec.to_builtins(reporter))
        told_all = (told.type, told.name, told.size, told.sha256, told.parts)
        made = same or await connection.fetchrow(
            _BEGIN, new_id(), organisation, who, *told_all, now
        )
        if made is None:  # somebody else announced it at this moment
            same = made = await connection.fetchrow(_SAME, organisation, told.sha256, told.type)
        return upload_of(made), same is None


async def own_upload(seeing: Lender, identity: UUID) -> Upload | None:
    """An upload, as its organisation sees it; None for others."""
    row = await seeing.fetchrow(_OWN, identity)
    return upload_of(row) if row is not None else None


async def uploads_of(
    seeing: Lender, organisation: str, after: tuple[datetime, UUID] | None, limit: int
) -> list[Upload]:
    """The uploads of an organisation, the newest first."""
    rows = await seeing.fetch(_LIST, organisation, *(after or (None, None)), limit)
    return [upload_of(row) for row in rows]


async def put_part(
    uploader: Readers, upload: Upload, part: int, body: bytes, now: datetime
) -> Sequence[int]:
    """Keeps one part; again replaces it. Which are missing; with the last, reading begins."""
    if upload.state == RECEIVING:
        async with uploader.acquire() as connection, connection.transaction():
            await connection.execute(_PUT, upload.id, upload.organisation, part, body)
        await uploader.fetch(_WHOLE, upload.id, now)
    return await missing_of(uploader, upload)


async def missing_of(uploader: Readers, upload: Upload) -> Sequence[int]:
    """The parts that are still to be sent."""
    fresh = await uploader.fetchrow(_ONE, upload.id, upload.organisation)
    if fresh is None or fresh["state"] != RECEIVING:
        return []
    there = {row["part"] for row in await uploader.fetch(_THERE, upload.id)}
    return [part for part in range(upload.parts) if part not in there]


def is_hash_of(digest: bytes, body: bytes) -> bool:
    """Whether these bytes have this SHA-256."""
    return sha256(body).digest() == digest
