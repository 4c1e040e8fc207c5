"""Receipts of uploads (回执): made when all that a file reported is in the log, then kept."""

import json
from collections.abc import AsyncIterator, Collection
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

from dianchi.access.slips import letters_of
from dianchi.domain.working_days import CHINA
from dianchi.store.readers import Lender, Readers
from dianchi.uploads.results import events_of
from dianchi.uploads.upload import TALLIES, Upload, json_of

PREFIX: Final = "HZ-"
_AT_ONCE: Final = 5_000
_MOST_TRIES: Final = 4
_PLACES: Final = """
SELECT l.log_index, r.event_id FROM report r LEFT JOIN log_entry l USING (stream_id, version)
 WHERE r.event_id = ANY ($1::uuid[])
"""
_LEAF: Final = """
SELECT e.body FROM log_entry l JOIN event e USING (stream_id, version) WHERE l.log_index = $1
"""
_KEPT: Final = "SELECT number, body, issued_at FROM upload_receipt WHERE upload = $1"
_NUMBERED: Final = """
SELECT organisation, number, body, issued_at FROM upload_receipt WHERE number = $1
"""
_OF_WHOM: Final = """
SELECT number, organisation, upload FROM upload_receipt WHERE number = ANY ($1::text[])
"""
_KEEP: Final = """
INSERT INTO upload_receipt (upload, number, organisation, body, issued_at)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
"""


class Places(NamedTuple):
    """Where the events of a file stand in the log.

    Attributes:
        events: how many different ones.
        digest: SHA-256 over their ids in the order of rows, one per line, repeats included.
        first: the lowest log index; None where there are no events.
        last: the highest.
        last_event: the id of the event there.
        last_leaf: its bytes, as they are hashed into the log.
    """

    events: int
    digest: str
    first: int | None
    last: int | None
    last_event: str | None
    last_leaf: bytes | None = None


class Kept(NamedTuple):
    """A receipt as it was first given."""

    number: str
    body: dict[str, Any]
    issued_at: datetime


async def kept_receipt(uploader: Readers, upload: Upload) -> Kept | None:
    """The receipt of an upload; None where none was given yet."""
    row = await uploader.fetchrow(_KEPT, upload.id)
    return Kept(row["number"], json.loads(row["body"]), row["issued_at"]) if row else None


async def numbered_receipt(uploader: Readers, number: str) -> tuple[str, Kept] | None:
    """The receipt of a number, with the organisation whose it is."""
    row = await uploader.fetchrow(_NUMBERED, number.strip().upper())
    if row is None:
        return None
    return row["organisation"], Kept(row["number"], json.loads(row["body"]), row["issued_at"])


async def uploads_of(uploader: Readers, numbers: Collection[str]) -> dict[str, tuple[str, UUID]]:
    """Whose these receipts are, and of which uploads, of those that were given; in one trip."""
    rows = await uploader.fetch(_OF_WHOM, list(numbers))
    return {row["number"]: (row["organisation"], row["upload"]) for row in rows}


async def keep_receipt(
    uploader: Readers, upload: Upload, body: dict[str, Any], now: datetime
) -> Kept:
    """Keeps what a receipt says; whoever was first is right.

    Raises:
        RuntimeError: no number is free, which needs four strokes of bad luck in 2**40.
    """
    for tried in range(_MOST_TRIES):
        number = number_of(upload, now, tried)
        told = (upload.id, number, upload.organisation, json_of(body), now)
        await uploader.fetch(_KEEP, *told)
        kept = await kept_receipt(uploader, upload)
        if kept is not None:
            return kept
    raise RuntimeError(f"no number is free for upload {upload.id}")


def number_of(upload: Upload, now: datetime, tried: int = 0) -> str:
    """`HZ-`, the Chinese day, and 40 bits of a hash of the upload's id."""
    letters = letters_of(b"upload:%d:" % tried + upload.id.bytes)
    return f"{PREFIX}{now.astimezone(CHINA):%Y%m%d}-{letters}"


async def places_of(seeing: Lender, record: Lender, upload: Upload) -> Places | None:
    """Where the events of a committed upload stand; None while one of them is not in the log.

    Args:
        seeing: connections that read for its organisation.
        record: connections that read the record.
        upload: committed.
    """
    digest, seen = sha256(), 0
    ends: list[tuple[int, str]] = []
    async for some in _chunks(events_of(seeing, upload)):
        for event_id, _ in some:
            digest.update(f"{event_id}\n".encode())
        ids = [UUID(event_id) for event_id, is_first in some if is_first]
        places = [tuple(row) for row in await record.fetch(_PLACES, ids)]
        if any(index is None for index, _ in places):
            return None
        if places:
            ends = [min([*ends, *places]), max([*ends, *places])]
        seen += len(places)
    if not ends:
        return Places(seen, digest.hexdigest(), None, None, None)
    (first, _), (last, last_event) = ends
    leaf: bytes = await record.fetchval(_LEAF, last)
    return Places(seen, digest.hexdigest(), first, last, str(last_event), leaf)


async def _chunks(
    events: AsyncIterator[tuple[str, bool]],
) -> AsyncIterator[list[tuple[str, bool]]]:
    some: list[tuple[str, bool]] = []
    async for event in events:
        some.append(event)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def said(upload: Upload, places: Places, proof: str | None) -> dict[str, Any]:
    """What a receipt says.

    Args:
        upload: committed.
        places: of its events.
        proof: that the last of them is in the log (c2sp.org/tlog-proof); None where it has none.
    """
    tallies = upload.committed or {}
    return {
        "upload": str(upload.id),
        "organisation": upload.organisation,
        "role": upload.reporter.role,
        "type": upload.type,
        "name": upload.name,
        "size": upload.size,
        "sha256": upload.sha256.hex(),
        "rows": upload.row_count,
        "tallies": {name: tallies.get(name, 0) for name in TALLIES},
        "mode": upload.mode,
        "sent_at": upload.made_at.isoformat(),
        "ended_at": upload.ended_at.isoformat() if upload.ended_at else None,
        "events": places.events,
        "events_sha256": places.digest,
        "first_index": places.first,
        "last_index": places.last,
        "last_event": places.last_event,
        "last_leaf": places.last_leaf.decode() if places.last_leaf else None,
        "proof": proof,
    }
