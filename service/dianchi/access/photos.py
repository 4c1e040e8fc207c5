"""Photos and drawn signatures: kept in parts beside the record, which has their hashes only.

They may show people, so they can be erased. Nothing here ever decodes a picture.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

from dianchi.access.first_bytes import PICTURES, kind_of
from dianchi.domain.lines import KeyKind
from dianchi.store.connect import Queryable
from dianchi.store.envelope import open_json
from dianchi.store.names import key_id
from dianchi.store.readers import Readers

PART_BYTES: Final = 64 * 1024
MOST_BYTES: Final = 2 * 1024 * 1024
MOST_PARTS: Final = MOST_BYTES // PART_BYTES
MOST_A_DAY: Final = 512 * 1024 * 1024
"""Bytes that an organisation may add within a day."""
_DAY: Final = timedelta(days=1)
_UNFINISHED_FOR: Final = timedelta(days=7)
_MOST_REPORTS: Final = 50
TYPES: Final = tuple(one.type for one in PICTURES)
_KNOWN: Final = """
SELECT type, size, parts, erased_at FROM photo WHERE organisation = $1 AND sha256 = $2
"""
_TODAY: Final = """
SELECT coalesce(sum(size), 0)::bigint FROM photo_part WHERE organisation = $1 AND made_at > $2
"""
# What was sent wrongly is sent again; of a photo that is whole, nothing is changed.
_PUT: Final = """
INSERT INTO photo_part (organisation, sha256, part, size, body, made_at)
SELECT $1, $2, p.part, octet_length(p.body), p.body, $5
  FROM unnest($3::int[], $4::bytea[]) p(part, body)
 WHERE NOT EXISTS (SELECT FROM photo w WHERE w.organisation = $1 AND w.sha256 = $2)
    ON CONFLICT (organisation, sha256, part) DO UPDATE
   SET size = excluded.size, body = excluded.body, made_at = excluded.made_at
"""
_JOIN: Final = """
INSERT INTO photo (organisation, sha256, type, size, parts, made_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
"""
_SIZES: Final = """
SELECT part, size FROM photo_part WHERE organisation = $1 AND sha256 = $2 ORDER BY part
"""
_BODIES: Final = """
SELECT body FROM photo_part WHERE organisation = $1 AND sha256 = $2 AND part < $3 ORDER BY part
"""
_TRIM: Final = """
DELETE FROM photo_part p WHERE organisation = $1 AND made_at < $2
   AND NOT EXISTS (SELECT FROM photo w
                    WHERE w.organisation = p.organisation AND w.sha256 = p.sha256)
"""
_ERASE: Final = """
UPDATE photo SET erased_at = coalesce(erased_at, $3) WHERE organisation = $1 AND sha256 = $2
RETURNING erased_at
"""
_DROP: Final = "DELETE FROM photo_part WHERE organisation = $1 AND sha256 = $2"
_NAMED: Final = """
SELECT e.body FROM event_key k JOIN event e ON e.stream_id = k.stream_id AND e.version = k.version
 WHERE k.kind = $1 AND k.key = $2 LIMIT $3
"""


class Place(NamedTuple):
    """Whose photo, and its hash."""

    organisation: str
    sha256: bytes


class ErasedError(Exception):
    """It was erased, and does not come back."""


class TooMuchError(Exception):
    """The organisation sent as much as it may within a day."""


class WrongPartsError(Exception):
    """The parts do not make the photo; `parts` are to be sent again."""

    def __init__(self, parts: Sequence[int]) -> None:
        super().__init__(str(parts))
        self.parts = parts


class WrongTypeError(Exception):
    """It is no picture of a kind that is kept, or not of the kind that was told."""


class Photo(NamedTuple):
    """A photo."""

    type: str
    body: bytes


class Naming(NamedTuple):
    """A report that names a photo, and whose photos that may be."""

    event_id: str
    organisations: frozenset[str]


async def put_whole(readers: Readers, place: Place, body: bytes, kind: str, now: datetime) -> bool:
    """Keeps a photo that came in one piece; whether it is new.

    Raises:
        ErasedError, TooMuchError: it is not taken.
        WrongPartsError: it has another hash.
        WrongTypeError: it is not what was told.
    """
    _must_fit(body, place, kind, MOST_PARTS)
    parts = [body[at : at + PART_BYTES] for at in range(0, len(body), PART_BYTES)]
    async with readers.acquire() as connection, connection.transaction():
        if await _is_whole(connection, place):
            return False
        await _put(connection, place, list(enumerate(parts)), now)
        await connection.execute(_JOIN, *place, kind, len(body), len(parts), now)
        return True


async def put_part(readers: Readers, place: Place, part: int, body: bytes, now: datetime) -> None:
    """Keeps one part; sent again, it replaces the first.

    Raises:
        ErasedError, TooMuchError: it is not taken.
    """
    async with readers.acquire() as connection, connection.transaction():
        if not await _is_whole(connection, place):
            await _put(connection, place, [(part, body)], now)


async def _put(
    connection: Queryable, place: Place, parts: Sequence[tuple[int, bytes]], now: datetime
) -> None:
    sent = await connection.fetchval(_TODAY, place.organisation, now - _DAY)
    if sent + sum(len(body) for _, body in parts) > MOST_A_DAY:
        raise TooMuchError
    numbers, bodies = [part for part, _ in parts], [body for _, body in parts]
    await connection.execute(_PUT, *place, numbers, bodies, now)


async def _is_whole(connection: Queryable, place: Place) -> bool:
    row = await connection.fetchrow(_KNOWN, *place)
    if row is not None and row["erased_at"] is not None:
        raise ErasedError
    return row is not None


async def parts_of(readers: Readers, place: Place) -> tuple[list[int], bool]:
    """Which parts are there, and whether the photo is whole.

    Raises:
        ErasedError: it was erased.
    """
    async with readers.acquire() as connection:
        whole = await _is_whole(connection, place)
        return [row["part"] for row in await connection.fetch(_SIZES, *place)], whole


async def join(readers: Readers, place: Place, parts: int, kind: str, now: datetime) -> bool:
    """Makes a photo of its parts; whether it is new.

    Raises:
        ErasedError: it was erased.
        WrongPartsError: some are missing, or they have another hash.
        WrongTypeError: it is not what was told.
    """
    async with readers.acquire() as connection, connection.transaction():
        if await _is_whole(connection, place):
            return False
        sizes = {row["part"]: row["size"] for row in await connection.fetch(_SIZES, *place)}
        wrong = [n for n in range(parts) if not _fits(sizes.get(n, 0), last=n == parts - 1)]
        if wrong:
            raise WrongPartsError(wrong)
        body = await _body(connection, place, parts)
        _must_fit(body, place, kind, parts)
        await connection.execute(_JOIN, *place, kind, len(body), parts, now)
        await connection.execute(_TRIM, place.organisation, now - _UNFINISHED_FOR)
        return True


def _fits(size: int, *, last: bool) -> bool:
    return 0 < size <= PART_BYTES if last else size == PART_BYTES


async def _body(connection: Queryable, place: Place, parts: int) -> bytes:
    return b"".join([row["body"] for row in await connection.fetch(_BODIES, *place, parts)])


def _must_fit(body: bytes, place: Place, kind: str, parts: int) -> None:
    if sha256(body).digest() != place.sha256:
        raise WrongPartsError(range(min(parts, -(-len(body) // PART_BYTES))))
    if kind_of(body, PICTURES) != kind:
        raise WrongTypeError


async def erase(readers: Readers, place: Place, now: datetime) -> datetime | None:
    """Erases a photo for good; since when it is, None where there is none."""
    async with readers.acquire() as connection, connection.transaction():
        await connection.execute(_DROP, *place)
        at: datetime | None = await connection.fetchval(_ERASE, *place, now)
        return at


async def reports_naming(connection: Queryable, digest: str) -> list[Naming]:
    """The reports that name a photo, in whatever lives."""
    rows = await connection.fetch(
        _NAMED, int(KeyKind.PHOTO), key_id(KeyKind.PHOTO, digest), _MOST_REPORTS
    )
    told = [open_json(row["body"]) for row in rows]
    return [
        Naming(each["event_id"], frozenset((each["organisation"], each.get("agent", ""))))
        for each in told
    ]


async def photo_of(readers: Readers, organisations: Collection[str], digest: bytes) -> Photo | None:
    """The photo of this hash that one of these organisations sent, where it was not erased."""
    async with readers.acquire() as connection:
        for organisation in sorted(organisations):
            place = Place(organisation, digest)
            row = await connection.fetchrow(_KNOWN, *place)
            if row is not None and row["erased_at"] is None:
                return Photo(row["type"], await _body(connection, place, row["parts"]))
    return None
