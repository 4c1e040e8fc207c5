"""Moves VINs that were stored in clear, before migration 0012, into their encrypted form."""

from collections.abc import Callable
from typing import Final

import asyncpg

from dianchi.store.connect import Queryable
from dianchi.store.locking_up import lock_up
from dianchi.store.vault import Vault

CHUNK: Final = 2000
# Deleted and inserted in one transaction: a crash leaves each VIN in exactly one of the two tables.
# Two services that start together take different rows. Each chunk begins behind the last, or it
# would pass all that was deleted before.
_TAKE: Final = """
DELETE FROM vin WHERE vin_ref IN (
    SELECT vin_ref FROM vin WHERE vin_ref > $1 ORDER BY vin_ref LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING vin_ref, vin
"""
_THERE: Final = "SELECT to_regclass('vin') IS NOT NULL"
_DROP: Final = """
DO $$ BEGIN
    LOCK TABLE vin IN ACCESS EXCLUSIVE MODE;
    IF NOT EXISTS (SELECT FROM vin) THEN DROP TABLE vin; END IF;
END $$
"""


async def has_clear_vins(dsn: str) -> bool:
    """Whether the table of VINs in clear still stands."""
    connection = await asyncpg.connect(dsn)
    try:
        return bool(await connection.fetchval(_THERE))
    finally:
        await connection.close()


async def seal_clear_vins(dsn: str, vault: Vault, say: Callable[[int], None]) -> int:
    """Moves what is left of the table `vin`, drops it when it is empty; how many were moved.

    It may be stopped at any moment and begun again.

    Args:
        dsn: of a migrated database.
        vault: locks the values.
        say: told after each chunk how many were moved so far.
    """
    connection = await asyncpg.connect(dsn)
    moved, last = 0, ""
    try:
        while await connection.fetchval(_THERE):
            references = await _move(connection, vault, last)
            if not references and not last:
                await connection.execute(_DROP)
            # Behind the end once more from the beginning: another service may have let some go.
            moved, last = moved + len(references), max(references, default="")
            say(moved)
    except asyncpg.UndefinedTableError:
        pass  # another service moved the last of them
    finally:
        await connection.close()
    return moved


async def _move(connection: Queryable, vault: Vault, after: str) -> list[str]:
    """Moves a chunk; its references."""
    async with connection.transaction():
        rows = await connection.fetch(_TAKE, after, CHUNK)
        values = [(row["vin_ref"], row["vin"]) for row in rows]
        await lock_up(connection, vault, "vin", values)
    return [reference for reference, _ in values]
