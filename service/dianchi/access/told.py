"""What devices were told: so that a delta is right whatever came and went in between.

The cursor is a digest of what was told. Nothing is written while nothing changes, and a device
that was told the same twice has the same cursor.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Final

import msgspec

from dianchi.store.envelope import canonical_json
from dianchi.store.readers import Readers

_KEPT: Final = 3
"""Cursors of a device: an answer may be lost, and the one before it asked for again."""
_READ: Final = "SELECT told FROM device_told WHERE device = $1 AND cursor = $2"
_WRITE: Final = """
INSERT INTO device_told (device, cursor, told, told_at) VALUES ($1, $2, $3::text::jsonb, $4)
    ON CONFLICT (device, cursor) DO UPDATE SET told_at = excluded.told_at
"""
_FORGET: Final = """
DELETE FROM device_told WHERE device = $1 AND cursor NOT IN (
    SELECT cursor FROM device_told WHERE device = $1 ORDER BY told_at DESC LIMIT $2)
"""
Marks = dict[str, str]
"""What stands for each row that a device has, by the row's name."""


def mark(row: object) -> str:
    """What stands for a row: another row has another."""
    return blake2b(canonical_json(row), digest_size=8).hexdigest()


def cursor_of(marks: Mapping[str, str]) -> str:
    """The cursor of a device that has these rows."""
    return blake2b(canonical_json(dict(marks)), digest_size=12).hexdigest()


async def marks_at(readers: Readers, device: str, cursor: str) -> Marks | None:
    """What a device has that got this cursor; None where that is no longer known."""
    told = await readers.fetchval(_READ, device, cursor)
    return None if told is None else msgspec.json.decode(told, type=Marks)


async def keep(readers: Readers, device: str, marks: Marks, now: datetime) -> None:
    """Keeps what a device is about to be told, and forgets what it no longer asks for."""
    told = canonical_json(marks).decode()
    async with readers.acquire() as connection, connection.transaction():
        await connection.execute(_WRITE, device, cursor_of(marks), told, now)
        await connection.execute(_FORGET, device, _KEPT)
