"""Asks the database what one reader may see; it answers by its own policies, not by ours."""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from asyncpg import Record
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.lines import KeyKind
from dianchi.store.connect import Queryable
from dianchi.store.lives import SQL
from dianchi.store.names import key_id
from dianchi.store.readers import Lender

# A policy is asked for each row, a view once for the life: a third of what the page costs there.
SHOWN_PAGE: Final = SQL["history_page"].replace("FROM event e", "FROM shown_event e")
"""`history_page` for a reader: None of a life that it is not shown."""
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
_LINES: Final = """
SELECT r.organisation, s.seen_by
  FROM (SELECT stream_id FROM event_key WHERE kind = 8 AND key = $2
        UNION SELECT stream_id FROM report WHERE event_id = $1) l
  JOIN stream s ON s.stream_id = l.stream_id JOIN report r ON r.event_id = $1
"""
_UNSEEN: Final = """
SELECT stream_id, kind, name, state FROM stream
 WHERE stream_id > $1 AND seen_by = '{}' ORDER BY stream_id LIMIT $2
"""
# Whoever came in between knew better: only what nobody may see is written.
_SHOW: Final = """
UPDATE stream s SET seen_by = string_to_array(n.seers, ',')
  FROM unnest($1::uuid[], $2::text[]) n(id, seers) WHERE s.stream_id = n.id AND s.seen_by = '{}'
"""
_LOOKED: Final = "SELECT version FROM projection WHERE name = 'sight'"
_NOTE_LOOKED: Final = """
INSERT INTO projection (name, log_index, version) VALUES ('sight', 0, 1) ON CONFLICT DO NOTHING
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


async def lines_of_report(readers: Lender, event_id: str) -> list[tuple[str, list[str]]]:
    """Of each thing that a report touched: who made the report, and who may see the thing."""
    key = key_id(KeyKind.REPORT, event_id)
    rows = await readers.fetch(_LINES, UUID(event_id), key)
    return [(row["organisation"], row["seen_by"]) for row in rows]


async def shown_events(readers: Lender, stream: UUID) -> list[Record]:
    """The events of a stream that the reader is shown: version, body, log index."""
    return await readers.fetch(_OWN, stream)


async def unseen(connection: Queryable, after: UUID, most: int) -> list[Record]:
    """Streams, in order behind one of them, that nobody but the province may see."""
    return await connection.fetch(_UNSEEN, after, most)


async def show(connection: Queryable, seers: Mapping[UUID, Collection[str]]) -> None:
    """Lets these see those streams, as far as nobody may yet."""
    told = [(stream, ",".join(sorted(some))) for stream, some in seers.items() if some]
    await connection.execute(_SHOW, [stream for stream, _ in told], [some for _, some in told])


async def was_noted(connection: Queryable) -> bool:
    """Whether it was noted who may see what was recorded before anybody noted it."""
    return await connection.fetchval(_LOOKED) is not None


async def note(connection: Queryable) -> None:
    """Says that it was."""
    await connection.execute(_NOTE_LOOKED)
