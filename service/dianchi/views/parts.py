"""All lives in parts, in the order in which they began: the next is read while one is used.

Read on a connection of their own, so that PostgreSQL fetches while Python assesses. A part depends
on nothing that is written of another.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Final, NamedTuple

from asyncpg import Connection

from dianchi.domain.life import Event
from dianchi.domain.lines import Stream
from dianchi.store.envelope import open_event
from dianchi.store.names import UUID
from dianchi.views.reading import Lives, read_lives
from dianchi.views.related import Known

_STREAMS: Final = """
SELECT l.log_index, s.kind, s.name, s.stream_id
  FROM log_entry l JOIN stream s ON s.stream_id = l.stream_id
 WHERE l.log_index >= $1 AND l.log_index < $2 AND l.version = 1
 ORDER BY l.log_index LIMIT $3
"""
_EVENTS: Final = "SELECT stream_id, body FROM event WHERE stream_id = ANY ($1::uuid[])"
# Every process cuts the log in the same parts, so that their numbers tell them apart.
_CLAIM: Final = "SELECT pg_try_advisory_lock($1, $2)"


class Part(NamedTuple):
    """Lives, and the events of what else began among them; `after` is where the next begins."""

    number: int
    after: int
    lives: Lives
    others: Known


class _Cut(NamedTuple):
    """How the log is cut, and for whom."""

    end: int
    size: int
    run: int


async def parts(reader: Connection, end: int, size: int, run: int) -> AsyncGenerator[Part, None]:
    """Every part of the log below `end`, of at most so many streams each, that nobody claimed.

    Claims are advisory locks of the reader's session, and hold for one run: who is left of another
    does not keep anything from this one.

    Args:
        reader: nobody else's until the last part; close the iterator to have it back earlier.
        end: a place in the log.
        size: streams in a part.
        run: its number, the same for all who share it.
    """
    cut = _Cut(end, size, run)
    ahead = asyncio.create_task(_read(reader, 0, 0, cut))
    try:
        while (part := await ahead) is not None:
            ahead = asyncio.create_task(_read(reader, part.number, part.after, cut))
            yield part
    finally:
        ahead.cancel()
        await asyncio.wait((ahead,))


async def _read(reader: Connection, number: int, after: int, cut: _Cut) -> Part | None:
    """The next part after this one that can be claimed."""
    while rows := await reader.fetch(_STREAMS, after, cut.end, cut.size):
        number, after = number + 1, rows[-1]["log_index"] + 1
        if await reader.fetchval(_CLAIM, cut.run, number):
            names = [name for _, kind, name, _ in rows if kind == Stream.BATTERY]
            streams = [stream for _, kind, _, stream in rows if kind != Stream.BATTERY]
            others = await _others(reader, streams)
            return Part(number, after, await read_lives(reader, names), others)
    return None


async def _others(reader: Connection, streams: Sequence[UUID]) -> Known:
    known: dict[UUID, dict[int, Event]] = {stream: {} for stream in streams}
    for stream, body in await reader.fetch(_EVENTS, streams) if streams else ():
        event = open_event(body)
        known[stream][event.version] = event
    return known
