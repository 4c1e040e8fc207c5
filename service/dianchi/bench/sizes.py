"""Bytes: what lives of ten events take on disk and in the write-ahead log, per canonical byte."""

from typing import Final

import asyncpg

from dianchi.bench.append import appending
from dianchi.bench.field import Field
from dianchi.bench.scales import STEPS
from dianchi.ledger.sequencer import Sequencer

_TABLES: Final = (
    *("report", "stream", "event", "event_key", "outbox", "personal"),
    *("log_entry", "log_tile"),
)
_DISK: Final = "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest($1::text[]) name"
_BODIES: Final = "SELECT sum(octet_length(body)) FROM event"
_LSN: Final = "SELECT pg_current_wal_insert_lsn()::text"
_RECORDS: Final = """
SELECT sum(record_size)::bigint FROM pg_get_wal_stats($1::text::pg_lsn, $2::text::pg_lsn)
"""
"""The size of records without the full-page images in them."""


async def weigh(field: Field) -> None:
    """Lets lives happen, one report at a time with 32 in flight; then weighs what they left."""
    dsn = await field.database("weighed")
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("CREATE EXTENSION pg_walinspect")
        empty = await connection.fetchval(_DISK, list(_TABLES))
        start = await connection.fetchval(_LSN)
        async with appending(field, dsn, 0, sequenced=False) as append:
            for step in range(STEPS):
                field.say(f"lives of ten events, step {step + 1}")
                await append.step(step, field.scale.weighed)
        appended = await connection.fetchval(_LSN)
        await _place(dsn)
        placed = await connection.fetchval(_LSN)
        await connection.execute("VACUUM")
        bodies = int(await connection.fetchval(_BODIES))
        disk = int(await connection.fetchval(_DISK, list(_TABLES)) - empty)
        wal = await connection.fetchval(_RECORDS, start, appended)
        with_log = await connection.fetchval(_RECORDS, start, placed)
    finally:
        await connection.close()
    ratios = field.results.ratios
    ratios["disk_vs_body"] = [disk / bodies]
    ratios["wal_vs_body"] = [wal / bodies]
    ratios["wal_with_log_vs_body"] = [with_log / bodies]


async def _place(dsn: str) -> None:
    sequencer = Sequencer(dsn)
    await sequencer.open()
    try:
        while await sequencer.drain():
            pass
    finally:
        await sequencer.close()
