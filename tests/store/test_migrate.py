"""Migrations: found, run once, and never by two at the same time."""

import subprocess
import sys

import asyncpg
import pytest

from dianchi.store.cluster import Cluster
from dianchi.store.migrate import migrate
from dianchi.store.published import published

MIGRATE = "import sys; from dianchi.store.migrate import migrate; migrate(sys.argv[1])"


def test_the_migrations_are_found() -> None:
    assert (published("migrations") / "env.py").is_file()


def test_a_migrated_database_is_left_alone(database: str) -> None:
    migrate(database)


def test_services_that_start_together_migrate_one_after_the_other(cluster: Cluster) -> None:
    cluster.create_database("together")
    command = [sys.executable, "-c", MIGRATE, cluster.dsn_of("together")]
    started = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait() for process in started] == [0, 0]


@pytest.mark.parametrize("turn", [1, 2])
async def test_each_test_finds_the_database_empty(database: str, turn: int) -> None:
    connection = await asyncpg.connect(database)
    # Left open with a lock, as a failing test might: the next one must not wait for it.
    await connection.execute("BEGIN; LOCK TABLE outbox")
    counted = await connection.fetchval("SELECT count(*) FROM report")
    kept = await connection.fetchval("SELECT count(*) FROM alembic_version")
    assert (counted, kept) == (0, 1), turn
    await connection.execute("COMMIT")
    await connection.execute(
        "INSERT INTO report (event_id, stream_id, version, organisation, sha256)"
        " VALUES (gen_random_uuid(), gen_random_uuid(), 1, 'somebody', '')"
    )
    connection.terminate()
