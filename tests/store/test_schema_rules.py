"""What keeps the record distributable by stream (design 5), and its migrations reversible."""

import asyncio

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from dianchi.store.migrate import config, migrate

RECORD = ("report", "stream", "event", "event_key", "outbox", "log_entry", "personal")


async def asked(dsn: str, query: str, *parameters: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(query, *parameters)
    finally:
        await connection.close()


async def test_no_table_of_the_record_has_foreign_keys(database: str) -> None:
    found = """
    SELECT conname FROM pg_constraint WHERE contype = 'f'
       AND (conrelid::regclass::text = ANY ($1) OR confrelid::regclass::text = ANY ($1))"""
    assert not await asked(database, found, list(RECORD))


async def test_no_table_of_the_record_has_triggers(database: str) -> None:
    found = "SELECT tgname FROM pg_trigger WHERE tgrelid::regclass::text = ANY ($1)"
    assert not await asked(database, found, list(RECORD))


async def test_no_table_of_the_record_has_sequences(database: str) -> None:
    found = """
    SELECT attrelid::regclass, attname FROM pg_attribute LEFT JOIN pg_attrdef
        ON adrelid = attrelid AND adnum = attnum
     WHERE attrelid::regclass::text = ANY ($1) AND attnum > 0
       AND (attidentity <> '' OR pg_get_expr(adbin, adrelid) LIKE '%nextval%')"""
    assert not await asked(database, found, list(RECORD))
    assert not await asked(
        database,
        "SELECT 1 FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'"
        " WHERE d.refobjid::regclass::text = ANY ($1)",
        list(RECORD),
    )


@pytest.mark.parametrize("table", ["stream", "event"])
async def test_every_unique_key_holds_the_stream(database: str, table: str) -> None:
    keys = """
    SELECT array_agg(attname::text) AS columns
      FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
     WHERE indrelid = $1::text::regclass AND indisunique GROUP BY indexrelid"""
    found = [row["columns"] for row in await asked(database, keys, table)]
    assert found
    assert all("stream_id" in columns for columns in found), found


async def test_a_head_has_no_index_but_its_key(database: str) -> None:
    """A head is rewritten with every event: in place, as long as no index covers what changes."""
    indexes = "SELECT indexdef FROM pg_indexes WHERE tablename = 'stream'"
    [index] = await asked(database, indexes)
    assert index["indexdef"].endswith("(stream_id)")
    [options] = await asked(database, "SELECT reloptions FROM pg_class WHERE relname = 'stream'")
    assert options["reloptions"] == ["fillfactor=75"]


def test_the_migrations_can_be_taken_back_and_made_again(fresh_database: str) -> None:
    before = shape(fresh_database)
    assert {"report", "organisation"} <= before.keys()
    asyncio.run(_down(fresh_database))
    assert shape(fresh_database).keys() == {"alembic_version"}
    migrate(fresh_database)
    assert shape(fresh_database) == before


def shape(dsn: str) -> dict[str, list[str]]:
    """The tables with their columns and indexes."""
    query = """
    SELECT c.relname,
           array_agg(DISTINCT concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
                                        a.attnotnull, a.attcollation))
           || array_agg(DISTINCT pg_get_indexdef(i.indexrelid))
           || array_agg(DISTINCT pg_get_constraintdef(k.oid)) AS parts
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      LEFT JOIN pg_index i ON i.indrelid = c.oid LEFT JOIN pg_constraint k ON k.conrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY c.relname"""
    return {row["relname"]: row["parts"] for row in asyncio.run(asked(dsn, query))}


async def _down(dsn: str) -> None:
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(dsn),
        poolclass=pool.NullPool,
    )
    async with engine.connect() as connection:
        await connection.run_sync(_to_base)
    await engine.dispose()


def _to_base(connection: Connection) -> None:
    command.downgrade(config(connection), "base")
