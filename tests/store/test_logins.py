"""Whom the service connects as, what an injected statement can make of it, and how it is made."""

import asyncio
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from dianchi.cli.database import Addresses, addresses_of, database_of
from dianchi.settings import Settings, load
from dianchi.store.cluster import Cluster, ClusterError, attach
from dianchi.store.connect import connect_as
from dianchi.store.logins import LOGINS, Login, make_logins, powers_of
from dianchi.store.migrate import migrate
from dianchi.store.rights import ROLES
from support.process import Service

ACTS: Final = (
    "UPDATE event SET body = body",
    "DELETE FROM event",
    "UPDATE report SET organisation = 'O'",
    "DELETE FROM report",
    "UPDATE log_entry SET logged_at = now()",
    "DELETE FROM log_entry",
    "UPDATE audit SET actor = 'O'",
    "DELETE FROM audit",
    "TRUNCATE event",
    "ALTER TABLE event NO FORCE ROW LEVEL SECURITY",
)
ESCAPES: Final = (
    "SET ROLE dianchi",
    "SET SESSION AUTHORIZATION dianchi",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE SESSION_USER BYPASSRLS",
    "GRANT dianchi TO CURRENT_USER",
    "CREATE ROLE mine SUPERUSER",
    "CREATE TABLE mine (a int)",
    "COPY event TO PROGRAM 'cat'",
)
OUT: Final = ("RESET ROLE", "SET ROLE NONE", "RESET SESSION AUTHORIZATION", "RESET ALL")
SECRETS: Final = {"vin_key": "11" * 32, "key_pepper": "22" * 32, "personal_key": "33" * 32}
_numbers: Final = count()


@pytest.fixture
async def logins(cluster: Cluster, database: str) -> dict[Login, str]:
    """The address of the database as each login of the service."""
    await make_logins(database, {login: cluster.password_of(login.name) for login in LOGINS})
    return {login: cluster.dsn_as(login.name, database_named(database)) for login in LOGINS}


def database_named(dsn: str) -> str:
    found = re.search(r"@/(\w+)", dsn)
    assert found
    return found[1]


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("out", OUT)
async def test_whoever_leaves_a_role_may_do_nothing_more(
    logins: dict[Login, str], login: Login, out: str
) -> None:
    connection = await connect_as(login.roles[0], logins[login])
    await connection.execute(out)
    for act in (*ACTS, *ESCAPES):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(act)
    await connection.close()


@pytest.mark.parametrize("login", LOGINS)
async def test_a_login_begins_as_the_roles_of_its_part_alone(
    logins: dict[Login, str], login: Login
) -> None:
    plain = await asyncpg.connect(logins[login])
    may = set()
    for role in ROLES:
        try:
            await plain.execute(f"SET ROLE {role}")
            may.add(role)
        except asyncpg.InsufficientPrivilegeError:
            pass
        await plain.execute("SET ROLE NONE")
    for table in ("event", "audit", "personal", "stream"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await plain.fetch(f"SELECT * FROM {table}")  # noqa: S608 - our names
    await plain.close()

    assert may == set(login.roles)
    assert await powers_of(logins[login]) == []


async def test_who_answers_requests_may_not_write_the_log(logins: dict[Login, str]) -> None:
    service = logins[LOGINS[0]]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connect_as("dianchi_sequencer", service)


async def test_what_a_login_was_given_beyond_its_part_is_taken_back(
    cluster: Cluster, database: str, logins: dict[Login, str]
) -> None:
    login = LOGINS[0]
    cluster.execute(f"GRANT dianchi_sequencer TO {login.name}; ALTER ROLE {login.name} SUPERUSER")
    assert "superuser" in await powers_of(logins[login])

    await make_logins(database, {login: cluster.password_of(login.name)})

    assert await powers_of(logins[login]) == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connect_as("dianchi_sequencer", logins[login])


async def test_two_services_that_start_together_make_the_logins_one_after_the_other(
    cluster: Cluster, database: str, logins: dict[Login, str]
) -> None:
    passwords = {login: cluster.password_of(login.name) for login in LOGINS}
    await asyncio.gather(*(make_logins(database, passwords) for _ in range(4)))
    for login, dsn in logins.items():
        await (await connect_as(login.roles[0], dsn)).close()


def test_a_folder_from_before_there_were_logins_gets_them(used_dir: Path) -> None:
    """A copied folder: its server knows no login, and it has no password of one."""
    root = used_dir / "postgres"
    assert not list(root.glob("password-*"))
    with database_of(load(data_dir=used_dir, **SECRETS)) as dsn:
        assert asyncio.run(powers_of(dsn)) == []
    kept = sorted(root.glob("password-*"))
    assert [path.name for path in kept] == [f"password-{login.name}" for login in LOGINS]
    for path in kept:
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.stat().st_uid == root.stat().st_uid
        path.unlink()
    with database_of(load(data_dir=used_dir, **SECRETS)) as dsn:  # restored without them
        assert asyncio.run(powers_of(dsn)) == []


CONNECTED: Final = """
SELECT DISTINCT usename FROM pg_stat_activity
 WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def test_nothing_of_a_running_service_is_a_superuser(data_dir: Path) -> None:
    service = Service(data_dir).start()
    try:
        service.key("maker")
        connected = attach(data_dir).execute(CONNECTED).split()
    finally:
        assert service.stop() == 0

    assert sorted(connected) == [login.name for login in LOGINS]


# --- one's own PostgreSQL ----------------------------------------------------------------------


class Theirs:
    """A server of the operator's, with a database of its owner and a login of the service."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self._cluster = cluster
        self.owner, self.login = f"{name}_owner", f"{name}_login"
        self._name = name

    def make(self) -> None:
        self._cluster.execute(
            f"CREATE ROLE {self.owner} LOGIN CREATEROLE PASSWORD 'o';"
            f"CREATE ROLE {self.login} LOGIN NOINHERIT PASSWORD 'l';"
            # As where an administrator makes the roles: another test of this server may have.
            + "".join(f"GRANT {role} TO {self.owner} WITH ADMIN OPTION;" for role in ROLES)
        )
        self._cluster.execute(f"CREATE DATABASE {self._name} OWNER {self.owner}")

    def drop(self) -> None:
        self._cluster.execute(f"DROP DATABASE {self._name} WITH (FORCE)")
        for login in (self.login, self.owner):
            for role in ROLES:
                self._cluster.execute(f"REVOKE {role} FROM {login} CASCADE")
        self._cluster.execute(f"DROP ROLE {self.login}, {self.owner}")

    def dsn(self, login: str, password: str) -> str:
        told = self._cluster.dsn_of(self._name)
        return re.sub(r"//[^@]*@", f"//{login}:{password}@", told)

    def settings(self, *, migrating: bool) -> Settings:
        return load(
            database_url=self.dsn(self.login, "l"),
            migration_url=self.dsn(self.owner, "o") if migrating else "",
            **SECRETS,
        )

    def addresses(self, *, migrating: bool) -> Addresses:
        with addresses_of(self.settings(migrating=migrating), Cluster.start, print) as made:
            return made


@pytest.fixture
def theirs(cluster: Cluster, database: str) -> Iterator[Theirs]:  # noqa: ARG001 - its template has made the roles
    made = Theirs(cluster, f"theirs_{next(_numbers)}")
    made.make()
    yield made
    made.drop()


def test_the_login_of_an_operators_server_needs_not_own_the_tables(theirs: Theirs) -> None:
    addresses = theirs.addresses(migrating=True)

    assert addresses.service == addresses.worker == theirs.dsn(theirs.login, "l")
    assert asyncio.run(powers_of(addresses.service)) == []
    # Later starts do without the owner, as long as no migration is lacking.
    assert theirs.addresses(migrating=False) == addresses._replace(owner="")


def test_a_login_that_may_not_migrate_is_told_how(theirs: Theirs) -> None:
    with pytest.raises(ClusterError, match="DIANCHI_MIGRATION_URL"):
        theirs.addresses(migrating=False)


def test_a_login_that_is_no_member_is_told_the_statement(theirs: Theirs) -> None:
    migrate(theirs.dsn(theirs.owner, "o"))
    with pytest.raises(ClusterError, match=rf"GRANT dianchi_recorder, .* TO {theirs.login}"):
        theirs.addresses(migrating=False)


def test_a_login_that_could_get_round_the_rights_is_named_at_the_start(
    theirs: Theirs, cluster: Cluster, database: str
) -> None:
    theirs.addresses(migrating=True)

    assert asyncio.run(powers_of(database)) == ["superuser", "bypassrls", "createrole", "owner"]
    assert asyncio.run(powers_of(theirs.dsn(theirs.owner, "o"))) == ["createrole", "owner"]
    cluster.execute(f"ALTER ROLE {theirs.login} BYPASSRLS")
    assert asyncio.run(powers_of(theirs.dsn(theirs.login, "l"))) == ["bypassrls"]
