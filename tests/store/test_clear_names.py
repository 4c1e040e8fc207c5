"""Names and contacts that stood in clear are moved into their encrypted form, and lost nowhere."""

import asyncio

import asyncpg
import pytest

from dianchi.store import clear_names
from dianchi.store.clear_names import has_clear_names, seal_clear_names
from dianchi.store.vault import Locked, Vault

NAME, CONTACT = "欧阳翠湖", "cuihu.ouyang@example.cn"
ALL = "SELECT reference, kek, wrapped, sealed FROM personal"
# As migration 0019 leaves a database that holds some.
CLEAR = f"""
ALTER TABLE person ADD COLUMN name text COLLATE "C";
ALTER TABLE application ADD COLUMN contact text COLLATE "C";
INSERT INTO person (id, organisation, role, manages, name, made_at)
SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'O', 'outlet', false,
       '{NAME}' || n, now() FROM generate_series(1, 25) n;
INSERT INTO application (number, secret, told, name, roles, contact, made_at)
SELECT 'A' || n, '', '', 'x', '{{}}', '{CONTACT}' || n, now() FROM generate_series(1, 12) n;
INSERT INTO application (number, secret, told, name, roles, made_at)
VALUES ('A0', '', '', 'x', '{{}}', now());
"""  # noqa: S608 - constants


def expected() -> dict[str, str]:
    person = "name:00000000-0000-4000-8000-"
    names = {f"{person}{n:012}": f"{NAME}{n}" for n in range(1, 26)}
    return names | {f"contact:A{n}": f"{CONTACT}{n}" for n in range(1, 13)}


async def opened(connection: asyncpg.Connection, vault: Vault) -> dict[str, str]:
    return {row["reference"]: vault.open(Locked(*row)) for row in await connection.fetch(ALL)}


async def test_names_and_contacts_are_moved_whole_and_their_columns_go(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clear_names, "CHUNK", 10)
    connection, vault = await asyncpg.connect(fresh_database), Vault([bytes(32)])
    assert not await has_clear_names(fresh_database)
    await connection.execute(CLEAR)
    assert await has_clear_names(fresh_database)

    moved = await asyncio.gather(*(seal_clear_names(fresh_database, vault) for _ in range(2)))

    assert sum(moved) == 37
    assert await opened(connection, vault) == expected()
    assert not await has_clear_names(fresh_database)
    assert await seal_clear_names(fresh_database, vault) == 0
    await connection.close()


async def test_a_move_that_was_cut_off_leaves_each_value_in_one_place_and_goes_on(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clear_names, "CHUNK", 10)
    connection, vault = await asyncpg.connect(fresh_database), Vault([bytes(32)])
    await connection.execute(CLEAR)

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
        await seal_clear_names(fresh_database, Failing([bytes(32)]))
    assert await connection.fetchval("SELECT count(name) FROM person") == 15
    assert await connection.fetchval("SELECT count(*) FROM personal") == 10

    await seal_clear_names(fresh_database, vault)

    assert await opened(connection, vault) == expected()
    await connection.close()
