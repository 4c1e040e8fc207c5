"""Personal values at rest: each under its own key, bound to its reference; keys change."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest
from alembic import command
from cryptography.exceptions import InvalidTag
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine

from dianchi.store import clear_vins, keks
from dianchi.store.clear_vins import seal_clear_vins
from dianchi.store.keks import must_have_keys, rotate
from dianchi.store.migrate import config, migrate
from dianchi.store.readers import open_readers
from dianchi.store.rights import KEEPER
from dianchi.store.vault import KeyGoneError, Locked, Vault

VIN, OTHER = "LSVAA4182E2184847", "LSVAA4184E2184848"
OLD, NEW = bytes(range(32)), bytes(range(1, 33))
NOW = datetime(2026, 6, 1, tzinfo=UTC)
CLEAR = 'CREATE TABLE vin (vin_ref text COLLATE "C" PRIMARY KEY, vin text COLLATE "C" NOT NULL)'
ALL = "SELECT reference, kek, wrapped, sealed FROM personal ORDER BY reference"


def test_what_is_locked_opens_and_no_two_locks_of_one_value_are_alike() -> None:
    vault = Vault([OLD])
    first, second = vault.lock("r1", VIN), vault.lock("r1", VIN)

    assert vault.open(first) == vault.open(second) == VIN
    assert first.sealed != second.sealed
    assert first.wrapped != second.wrapped
    assert VIN.encode() not in first.sealed + first.wrapped


def test_what_was_copied_to_another_row_does_not_open() -> None:
    vault = Vault([OLD])
    mine, theirs = vault.lock("r1", VIN), vault.lock("r2", OTHER)

    with pytest.raises(KeyGoneError):
        vault.open(mine._replace(reference="r2"))
    with pytest.raises(InvalidTag):
        vault.open(mine._replace(sealed=theirs.sealed))


def test_without_its_key_nothing_opens_and_the_key_is_named_not_shown() -> None:
    locked = Vault([OLD]).lock("r1", VIN)

    with pytest.raises(KeyGoneError, match=locked.kek) as gone:
        Vault([NEW]).open(locked)

    assert OLD.hex() not in str(gone.value)
    assert locked.kek not in OLD.hex()


def test_a_rewrapped_value_opens_by_the_new_key_alone() -> None:
    locked = Vault([OLD]).lock("r1", VIN)
    anew = Vault([NEW, OLD]).rewrapped(locked)

    assert Vault([NEW]).open(anew) == VIN
    assert anew.sealed == locked.sealed


async def clear(dsn: str, count: int) -> asyncpg.Connection:
    """A database as migration 0012 leaves one that holds VINs."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(CLEAR)
    await connection.execute(
        f"INSERT INTO vin SELECT 'r' || n, 'VIN' || n FROM generate_series(1, {count}) n"  # noqa: S608
    )
    return connection


async def opened(connection: asyncpg.Connection, vault: Vault) -> dict[str, str]:
    return {row["reference"]: vault.open(Locked(*row)) for row in await connection.fetch(ALL)}


async def test_clear_vins_are_moved_whole_and_their_table_goes(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clear_vins, "CHUNK", 10)
    connection = await clear(fresh_database, 35)
    vault, told = Vault([OLD]), list[int]()

    assert await seal_clear_vins(fresh_database, vault, told.append) == 35

    assert await opened(connection, vault) == {f"r{n}": f"VIN{n}" for n in range(1, 36)}
    assert told[:4] == [10, 20, 30, 35]
    assert not await connection.fetchval("SELECT to_regclass('vin')")
    assert await seal_clear_vins(fresh_database, vault, told.append) == 0
    await connection.close()


async def test_two_services_that_move_at_once_lose_nothing(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clear_vins, "CHUNK", 10)
    connection = await clear(fresh_database, 200)
    vault = Vault([OLD])

    moved = await asyncio.gather(
        *(seal_clear_vins(fresh_database, vault, lambda _: None) for _ in range(3))
    )

    assert sum(moved) == 200
    assert len(await opened(connection, vault)) == 200
    assert not await connection.fetchval("SELECT to_regclass('vin')")
    await connection.close()


def test_the_migration_leaves_vins_where_they_are_and_an_empty_table_goes(
    fresh_database: str,
) -> None:
    there = "SELECT to_regclass('vin') IS NOT NULL AS there"
    assert asyncio.run(asked(fresh_database, there))[0]["there"] is False

    asyncio.run(down(fresh_database, "0007"))
    asyncio.run(asked(fresh_database, "INSERT INTO vin VALUES ('r1', $1)", VIN))
    migrate(fresh_database)

    [row] = asyncio.run(asked(fresh_database, "SELECT * FROM vin"))
    assert row["vin"] == VIN


async def asked(dsn: str, query: str, *parameters: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(query, *parameters)
    finally:
        await connection.close()


async def down(dsn: str, revision: str) -> None:
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(dsn),
        poolclass=pool.NullPool,
    )
    async with engine.connect() as connection:
        await connection.run_sync(lambda sync: command.downgrade(config(sync), revision))
    await engine.dispose()


async def test_a_move_that_was_cut_off_goes_on_and_loses_nothing(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clear_vins, "CHUNK", 10)
    connection = await clear(fresh_database, 35)
    vault = Vault([OLD])
    both = "SELECT (SELECT count(*) FROM vin) + (SELECT count(*) FROM personal)"

    class CutOffError(Exception):
        pass

    class Failing(Vault):
        left = 13

        def lock(self, reference: str, value: str) -> Locked:
            self.left -= 1
            if not self.left:
                raise CutOffError
            return super().lock(reference, value)

    with pytest.raises(CutOffError):
        await seal_clear_vins(fresh_database, Failing([OLD]), lambda _: None)
    assert await connection.fetchval(both) == 35
    assert await connection.fetchval("SELECT count(*) FROM personal") == 10

    await seal_clear_vins(fresh_database, vault, lambda _: None)

    assert len(await opened(connection, vault)) == 35
    await connection.close()


async def test_a_move_brings_no_erased_value_back(fresh_database: str) -> None:
    connection = await clear(fresh_database, 1)
    await connection.execute(
        "INSERT INTO personal (reference, kind, erased_at) VALUES ('r1', 'vin', now())"
    )

    await seal_clear_vins(fresh_database, Vault([OLD]), lambda _: None)

    assert await connection.fetchval("SELECT num_nulls(kek, wrapped, sealed) FROM personal") == 3
    await connection.close()


async def test_keys_are_changed_in_parts_and_erased_rows_are_left(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keks, "CHUNK", 10)
    connection = await clear(fresh_database, 25)
    await seal_clear_vins(fresh_database, Vault([OLD]), lambda _: None)
    await connection.execute(
        "UPDATE personal SET kek = NULL, wrapped = NULL, sealed = NULL, erased_at = now()"
        " WHERE reference = 'r7'"
    )
    told = list[int]()

    assert await rotate(fresh_database, Vault([NEW, OLD]), told.append) == 24
    assert told == [10, 20, 24]
    assert await rotate(fresh_database, Vault([NEW, OLD]), told.append) == 0

    rows = [Locked(*row) for row in await connection.fetch(ALL) if row["reference"] != "r7"]
    assert {row.reference: Vault([NEW]).open(row) for row in rows} == {
        f"r{n}": f"VIN{n}" for n in range(1, 26) if n != 7
    }
    await connection.close()


async def test_a_service_without_a_key_that_is_in_use_does_not_start(database: str) -> None:
    async with await open_readers(database, most=1, role=KEEPER) as readers:
        await must_have_keys(readers, Vault([OLD]), NOW)
        await must_have_keys(readers, Vault([NEW, OLD]), NOW)
        with pytest.raises(KeyGoneError, match=r"personal-key\.json"):
            await must_have_keys(readers, Vault([NEW]), NOW)

        await rotate(database, Vault([NEW, OLD]), lambda _: None)

        await must_have_keys(readers, Vault([NEW]), NOW)
        with pytest.raises(KeyGoneError):
            await must_have_keys(readers, Vault([OLD]), NOW)
