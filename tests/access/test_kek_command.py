"""`dianchi kek rotate`: the key that wraps is changed while nothing is lost."""

import asyncio
import json

import asyncpg
import pytest
from typer.testing import CliRunner

from dianchi.cli.commands import app
from dianchi.store.vault import KeyGoneError, Locked, Vault

OLD, NEW = "33" * 32, "44" * 32
VIN = "LSVAA4182E2184847"
PUT = """
INSERT INTO personal (reference, kind, kek, wrapped, sealed) VALUES ($1, 'vin', $2, $3, $4)"""


@pytest.fixture
def dsn(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with one value under the old key, and settings that name it."""
    monkeypatch.setenv("DIANCHI_DATABASE_URL", database)
    monkeypatch.setenv("DIANCHI_VIN_KEY", "11" * 32)
    monkeypatch.setenv("DIANCHI_KEY_PEPPER", "22" * 32)
    locked = Vault([bytes.fromhex(OLD)]).lock("r1", VIN)
    asyncio.run(asked(database, PUT, *locked))
    return database


async def asked(dsn: str, query: str, *parameters: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(query, *parameters)
    finally:
        await connection.close()


def test_the_new_key_wraps_what_the_old_one_did(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIANCHI_PERSONAL_KEY", f"{NEW},{OLD}")

    answer = CliRunner().invoke(app, ["kek", "rotate", "--json"])

    assert answer.exit_code == 0, answer.output
    vault = Vault([bytes.fromhex(NEW)])
    assert json.loads(answer.stdout) == {"kek": vault.current, "wrapped": 1}
    [row] = asyncio.run(asked(dsn, "SELECT reference, kek, wrapped, sealed FROM personal"))
    assert vault.open(Locked(*row)) == VIN
    assert [r["id"] for r in asyncio.run(asked(dsn, "SELECT id FROM kek"))] == [vault.current]
    assert OLD not in answer.output
    assert NEW not in answer.output


def test_without_the_old_key_nothing_is_changed(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIANCHI_PERSONAL_KEY", NEW)

    answer = CliRunner().invoke(app, ["kek", "rotate"])

    assert isinstance(answer.exception, KeyGoneError)
    [row] = asyncio.run(asked(dsn, "SELECT reference, kek, wrapped, sealed FROM personal"))
    assert Vault([bytes.fromhex(OLD)]).open(Locked(*row)) == VIN


def test_any_command_first_encrypts_what_stands_in_clear(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIANCHI_DATABASE_URL", fresh_database)
    monkeypatch.setenv("DIANCHI_VIN_KEY", "11" * 32)
    monkeypatch.setenv("DIANCHI_KEY_PEPPER", "22" * 32)
    asyncio.run(asked(fresh_database, "CREATE TABLE vin (vin_ref text PRIMARY KEY, vin text)"))
    asyncio.run(asked(fresh_database, "INSERT INTO vin VALUES ('r1', $1)", VIN))

    keyless = CliRunner().invoke(app, ["migrate"])
    assert "DIANCHI_PERSONAL_KEY" in str(keyless.exception)
    monkeypatch.setenv("DIANCHI_PERSONAL_KEY", OLD)
    answer = CliRunner().invoke(app, ["migrate"])

    assert (answer.exit_code, answer.stdout) == (0, "migrated\n")
    [row] = asyncio.run(
        asked(fresh_database, "SELECT reference, kek, wrapped, sealed FROM personal")
    )
    assert Vault([bytes.fromhex(OLD)]).open(Locked(*row)) == VIN
