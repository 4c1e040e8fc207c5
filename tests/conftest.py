"""What every test may ask for: a folder that a server can use, a server, a clean database."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from dianchi.access import passwords
from dianchi.store.cluster import Cluster
from dianchi.store.migrate import migrate

# An eighth of the time of the tests went into looking for cycles among what imports made.
gc.set_threshold(20_000, 20, 20)
# Beside other tests a thread that steps back hashes one password in seconds.
passwords._NICE = 0  # type: ignore[misc]
TEMPLATE = "template_dianchi"
# Tests look at what is written, not at whether it survives a power cut.
HASTY = """
ALTER SYSTEM SET fsync = off;
ALTER SYSTEM SET full_page_writes = off;
ALTER SYSTEM SET synchronous_commit = off;
SELECT pg_reload_conf();
"""
# Ends what the last test left open, then empties the tables that it wrote to. Tables that the
# migrations filled are not touched: a test that changes those asks for a `fresh_database`.
PREPARE_EMPTYING = """
CREATE SCHEMA testing;
CREATE PROCEDURE testing.note_filled() LANGUAGE plpgsql AS $$
DECLARE name regclass; filled boolean;
BEGIN
  CREATE TABLE testing.kept (name regclass);
  FOR name IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
      AND relkind IN ('r', 'p') AND NOT relispartition LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO filled;
    IF filled THEN INSERT INTO testing.kept VALUES (name); END IF;
  END LOOP;
END $$;
CREATE PROCEDURE testing.empty() LANGUAGE plpgsql AS $$
DECLARE name regclass; filled boolean;
BEGIN
  PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND backend_type = 'client backend';
  FOR name IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
      AND relkind IN ('r', 'p') AND NOT relispartition
      AND oid NOT IN (SELECT kept.name FROM testing.kept) LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO filled;
    IF filled THEN EXECUTE format('TRUNCATE %s RESTART IDENTITY CASCADE', name); END IF;
  END LOOP;
END $$;
CALL testing.note_filled();
"""


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> None:
    """Keep the developer's own settings out; the choice of PostgreSQL stays (`make drills`)."""
    for name in [name for name in os.environ if name.startswith("DIANCHI_")]:
        if name != "DIANCHI_PG_BIN":
            del os.environ[name]


def make_data_dir() -> Path:
    # Not tmp_path: pytest keeps that closed to others, and root's server runs as somebody else.
    folder = Path(tempfile.mkdtemp(prefix="dianchi-test-"))
    folder.chmod(0o711)
    return folder


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An empty data folder that the server's account can reach, whoever runs the tests."""
    folder = make_data_dir()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The server of this test process, with a migrated template.

    Each xdist worker has its own: it is there in a second, and nothing needs to be shared.
    """
    folder = make_data_dir()
    with Cluster.start(folder) as server:
        server.execute(HASTY)
        server.create_database(TEMPLATE)
        migrate(server.dsn_of(TEMPLATE))
        yield server
    shutil.rmtree(folder)


_numbers = count()


@pytest.fixture(scope="module")
def module_database(cluster: Cluster) -> Iterator[str]:
    """A new migrated database that all tests of a module read from."""
    name = f"test_{next(_numbers)}"
    cluster.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY WAL_LOG")
    yield cluster.dsn_of(name)
    cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def fresh_database(cluster: Cluster) -> Iterator[str]:
    """The address of a new migrated database: for tests of the schema, of sizes and of plans."""
    name = f"test_{next(_numbers)}"
    # WAL_LOG copies the few pages that there are; FILE_COPY would force two checkpoints.
    cluster.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY WAL_LOG")
    yield cluster.dsn_of(name)
    cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _shared_database(cluster: Cluster) -> str:
    name = "test_shared"
    cluster.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY WAL_LOG")
    cluster.execute(PREPARE_EMPTYING, name)
    return name


@pytest.fixture
def database(cluster: Cluster, _shared_database: str) -> str:
    """The address of a migrated database without any rows but those of the migrations.

    Emptied before each test, which takes a fifth of the time that a new database does.
    """
    cluster.execute("CALL testing.empty()", _shared_database)
    return cluster.dsn_of(_shared_database)
