"""Attachments of cases (附件): kept whole beside the case, with their hash; nothing decodes them.

What they are is read from their first bytes, whatever they are called: a page is never served as
one. They may show people, so they can be erased (`attachment_erasing`).
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

from asyncpg import Record

from dianchi.access.first_bytes import PDF, PICTURES, kind_of
from dianchi.store.connect import Queryable
from dianchi.store.readers import Readers

MOST_BYTES: Final = 8 * 1024 * 1024
MOST_OF_CASE: Final = 40
"""Attachments that one side may send to a case."""
MOST_A_DAY: Final = 256 * 1024 * 1024
"""Bytes that an organisation may send within a day."""
_DAY: Final = timedelta(days=1)
_OFFICE: Final = b"[Content_Types].xml"
_PLAIN: Final = (PDF, *PICTURES)
_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TEXT: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES: Final = (*(one.type for one in _PLAIN), _SHEET, _TEXT)
_KNOWN: Final = """
SELECT type, size, erased_at FROM case_attachment
 WHERE case_id = $1 AND organisation = $2 AND sha256 = $3
"""
_SENT: Final = """
SELECT (SELECT count(*) FROM case_attachment WHERE organisation = $1 AND case_id = $3) AS files,
       (SELECT coalesce(sum(size), 0)::bigint FROM case_attachment
         WHERE organisation = $1 AND made_at > $2) AS bytes
"""
_KEEP: Final = """
INSERT INTO case_attachment (case_id, organisation, sha256, type, size, body, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
"""
_BODY: Final = """
SELECT type, body, erased_at FROM case_attachment
 WHERE case_id = $1 AND organisation = $2 AND sha256 = $3
"""
_AMONG: Final = """
SELECT sha256, type, size FROM case_attachment
 WHERE case_id = $1 AND organisation = $2 AND sha256 = ANY ($3::bytea[]) AND erased_at IS NULL
"""
_ERASED: Final = """
SELECT sha256, max(erased_at) AS at FROM case_attachment
 WHERE case_id = $1 AND erased_at IS NOT NULL GROUP BY sha256
"""


class Where(NamedTuple):
    """In which case, whose, and its hash."""

    case_id: UUID
    organisation: str
    sha256: bytes


class Attached(NamedTuple):
    """An attachment as it is given out."""

    type: str
    body: bytes


class Fact(NamedTuple):
    """What an attachment is and how large."""

    type: str
    size: int


class ErasedError(Exception):
    """It was erased, and does not come back."""


class WrongHashError(Exception):
    """The bytes have another hash."""


class WrongTypeError(Exception):
    """It is of no kind that is kept."""


class TooMuchError(Exception):
    """As much was sent as may be: to this case, or within a day."""


def type_of(body: bytes) -> str | None:
    """What the bytes are: a PDF, a picture, a workbook or a text of an office; None: else."""
    plain = kind_of(body, _PLAIN)
    if plain is not None or not body.startswith(b"PK\x03\x04") or _OFFICE not in body[:4_000]:
        return plain
    # The names of its parts stand in the directory at the end.
    if b"vbaProject" in body:
        return None
    return _SHEET if b"xl/workbook.xml" in body else _TEXT if b"word/document.xml" in body else None


async def keep(keeper: Readers, where: Where, body: bytes, now: datetime) -> tuple[Fact, bool]:
    """Keeps an attachment; what it is, and whether it is new.

    Raises:
        ErasedError, WrongHashError, WrongTypeError, TooMuchError: it is not taken.
    """
    if sha256(body).digest() != where.sha256:
        raise WrongHashError
    kind = type_of(body)
    if kind is None:
        raise WrongTypeError
    fact = Fact(kind, len(body))
    async with keeper.acquire() as connection, connection.transaction():
        known = await connection.fetchrow(_KNOWN, *where)
        if known is not None:
            _must_stand(known)
            return fact, False
        sent = await connection.fetchrow(_SENT, where.organisation, now - _DAY, where.case_id)
        assert sent is not None  # noqa: S101 - an aggregate has one row
        if sent["files"] >= MOST_OF_CASE or sent["bytes"] + len(body) > MOST_A_DAY:
            raise TooMuchError
        await connection.execute(_KEEP, *where, *fact, body, now)
    return fact, True


async def facts_of(
    keeper: Queryable, case_id: UUID, organisation: str, digests: Collection[bytes]
) -> dict[bytes, Fact]:
    """Those of these that an organisation sent to a case."""
    rows = await keeper.fetch(_AMONG, case_id, organisation, list(digests))
    return {row["sha256"]: Fact(row["type"], row["size"]) for row in rows}


async def attachment_of(keeper: Readers, where: Where) -> Attached | None:
    """An attachment with its bytes.

    Raises:
        ErasedError: they were erased.
    """
    row = await keeper.fetchrow(_BODY, *where)
    if row is None:
        return None
    _must_stand(row)
    return Attached(row["type"], row["body"])


def _must_stand(row: Record) -> None:
    if row["erased_at"] is not None:
        raise ErasedError


async def erased_in(keeper: Readers, case_id: UUID) -> dict[str, datetime]:
    """Since when which attachments of a case are erased, by their SHA-256 in hex."""
    rows = await keeper.fetch(_ERASED, case_id)
    return {row["sha256"].hex(): row["at"] for row in rows}
