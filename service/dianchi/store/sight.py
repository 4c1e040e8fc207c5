"""Asks the database what one reader may see; it answers by its own policies, not by ours."""

from collections.abc import Collection
from typing import Final, NamedTuple

from asyncpg import Record
from asyncpg.pgproto.pgproto import UUID

from dianchi.store.readers import Lender

_LOOK: Final = """
SELECT (SELECT s.seen_by FROM stream s WHERE s.stream_id = $1) AS seen_by,
       EXISTS (SELECT FROM event e WHERE e.stream_id = $1) AS told
"""
_SHOWN: Final = "SELECT stream_id, seen_by FROM stream WHERE stream_id = ANY ($1::uuid[])"
_OWN: Final = """
SELECT e.version, e.body, l.log_index FROM event e
  LEFT JOIN log_entry l ON l.stream_id = e.stream_id AND l.version = e.version
 WHERE e.stream_id = $1 ORDER BY e.version
"""
_REPORTED: Final = """
SELECT event_id FROM report WHERE event_id = ANY ($1::uuid[]) AND organisation = $2
"""


class Look(NamedTuple):
    """What a reader is shown of a stream.

    `seen_by` is None where the reader does not see it; `told` says whether there are events of it
    that the reader may read all the same, as its own reports.
    """

    seen_by: Collection[str] | None
    told: bool


async def look(readers: Lender, stream: UUID) -> Look:
    """What the reader is shown of a stream."""
    row = await readers.fetchrow(_LOOK, stream)
    return Look(row["seen_by"], row["told"])


async def shown_among(readers: Lender, streams: Collection[UUID]) -> dict[UUID, list[str]]:
    """Who sees each of these streams, of those that the reader is shown."""
    rows = await readers.fetch(_SHOWN, list(streams))
    return {row["stream_id"]: row["seen_by"] for row in rows}


async def reported_among(
    readers: Lender, organisation: str, event_ids: Collection[str]
) -> frozenset[str]:
    """Those of these reports that an organisation made, of those that the reader is shown."""
    rows = await readers.fetch(_REPORTED, list(event_ids), organisation)
    return frozenset(str(row["event_id"]) for row in rows)


async def shown_events(readers: Lender, stream: UUID) -> list[Record]:
    """The events of a stream that the reader is shown: version, body, log index."""
    return await readers.fetch(_OWN, stream)
