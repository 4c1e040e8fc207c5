"""Moves names and contacts that stood in clear, before migration 0019, into `personal`."""

from typing import Final, NamedTuple

import asyncpg

from dianchi.store.connect import Queryable
from dianchi.store.locking_up import lock_up
from dianchi.store.rights import REGISTRAR
from dianchi.store.vault import Vault

CHUNK: Final = 2000


class Clear(NamedTuple):
    """A column that held values in clear: of which kind they are, and what names their row."""

    table: str
    column: str
    id: str
    kind: str


COLUMNS: Final = (
    Clear("person", "name", "id", "name"),
    Clear("application", "contact", "number", "contact"),
)
_THERE: Final = """
SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = $2
                  AND NOT attisdropped)
"""
# Emptied and inserted in one transaction: a crash leaves each value in exactly one place.
_TAKE: Final = """
SELECT {id}::text AS id, {column} AS value FROM {table} WHERE {column} IS NOT NULL
 ORDER BY {id} LIMIT $1 FOR UPDATE SKIP LOCKED
"""
_EMPTY: Final = "UPDATE {table} SET {column} = NULL WHERE {id}::text = ANY ($1::text[])"


def drop_when_empty(clear: Clear) -> str:
    """The statement that drops a column in which nothing stands, and leaves it otherwise.

    To an owner whom the policies bind, the table would seem to be empty: the registrar looks.
    """
    return f"""
DO $$ DECLARE full_yet boolean; BEGIN
    LOCK TABLE {clear.table} IN ACCESS EXCLUSIVE MODE;
    SET LOCAL ROLE {REGISTRAR};
    full_yet := EXISTS (SELECT FROM {clear.table} WHERE {clear.column} IS NOT NULL);
    RESET ROLE;
    IF NOT full_yet THEN ALTER TABLE {clear.table} DROP COLUMN IF EXISTS {clear.column}; END IF;
END $$
"""


async def has_clear_names(dsn: str) -> bool:
    """Whether a column for values in clear still stands."""
    connection = await asyncpg.connect(dsn)
    try:
        return any([await _stands(connection, clear) for clear in COLUMNS])
    finally:
        await connection.close()


async def seal_clear_names(dsn: str, vault: Vault) -> int:
    """Moves names and contacts, drops their columns; how many were moved.

    It may be stopped at any moment and begun again. The tables are written anew in the end, so that
    no dead row of theirs keeps a value.

    Args:
        dsn: of a migrated database, as its owner.
        vault: locks the values.
    """
    connection = await asyncpg.connect(dsn)
    try:
        return sum([await _moved(connection, vault, clear) for clear in COLUMNS])
    finally:
        await connection.close()


async def _moved(connection: Queryable, vault: Vault, clear: Clear) -> int:
    moved = 0
    try:
        while await _stands(connection, clear):
            taken = await _move(connection, vault, clear)
            moved += taken
            if not taken:
                await connection.execute(drop_when_empty(clear))
                await connection.execute(f"VACUUM (FULL) {clear.table}")
    except asyncpg.UndefinedColumnError:
        pass  # another service moved the last of them
    return moved


async def _stands(connection: Queryable, clear: Clear) -> bool:
    return bool(await connection.fetchval(_THERE, clear.table, clear.column))


async def _move(connection: Queryable, vault: Vault, clear: Clear) -> int:
    """Moves a chunk as the registrar; how many."""
    names = clear._asdict()
    async with connection.transaction():
        await connection.execute(f"SET LOCAL ROLE {REGISTRAR}")
        rows = await connection.fetch(_TAKE.format(**names), CHUNK)
        values = [(f"{clear.kind}:{row['id']}", row["value"]) for row in rows]
        await lock_up(connection, vault, clear.kind, values)
        await connection.execute(_EMPTY.format(**names), [row["id"] for row in rows])
    return len(rows)
