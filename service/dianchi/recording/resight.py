"""Lets those see lives who may, of lives that were recorded before anybody noted it."""

from collections.abc import Iterable
from typing import Final

from asyncpg import Connection, Record
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.life import Event, fold
from dianchi.domain.lines import Line, Stream
from dianchi.domain.registry import Registry
from dianchi.domain.rules import Rules
from dianchi.domain.sight import seers_of_line
from dianchi.store.connect import open_writer
from dianchi.store.heads import read_outline
from dianchi.store.lives import Fresh, Stored, stored_lives
from dianchi.store.sight import show, unseen

AT_ONCE: Final = 500


async def resight(dsn: str, registry: Registry, rules: Rules) -> int:
    """Notes who may see each stream that nobody may; how many streams were looked at.

    Beside a running service, some hundred at a time; begun again, it goes on where little is left.
    """
    connection = await open_writer(dsn)
    looked, last = 0, UUID(bytes(16))
    try:
        while rows := await unseen(connection, last, AT_ONCE):
            await show(connection, await _seers(connection, rows, registry, rules))
            looked, last = looked + len(rows), rows[-1]["stream_id"]
    finally:
        await connection.close()
    return looked


async def _seers(
    connection: Connection, rows: Iterable[Record], registry: Registry, rules: Rules
) -> dict[UUID, set[str]]:
    streams = {row["stream_id"]: row for row in rows}
    joined = {s: r["name"] for s, r in streams.items() if read_outline(r["state"]).joined}
    plain = [stream for stream in streams if stream not in joined]
    stored = await stored_lives(connection, plain, joined, Fresh())
    return {
        stream: _seers_of(Stream(row["kind"]), stored[stream], registry, rules)
        for stream, row in streams.items()
    }


def _seers_of(kind: Stream, stored: Stored, registry: Registry, rules: Rules) -> set[str]:
    seers = {area for event in stored.events for area in _areas(event, registry)}
    if kind is Stream.BATTERY:
        return seers | {seer for seer, _ in fold(stored.events, rules).life.grants}
    for event in sorted(stored.events, key=lambda each: each.version):
        line = Line(kind, event.subject, dict(event.data))
        seers |= seers_of_line(line, event.organisation, seers)
    return seers


def _areas(event: Event, registry: Registry) -> frozenset[str]:
    areas = registry.areas(event.organisation, event.site)
    return areas | {event.data["prefecture"]} if event.type == "sold" else areas
