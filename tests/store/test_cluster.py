"""The embedded PostgreSQL: what it opens, what it keeps, and what it survives."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from dianchi.store.cluster import Cluster, ClusterBusyError, attach
from dianchi.store.postmaster import running

HOLD = """
import sys, pathlib
from dianchi.store.cluster import Cluster
server = Cluster.start(pathlib.Path(sys.argv[1]))
server.execute("CREATE TABLE kept (what text); INSERT INTO kept VALUES ('before')", "dianchi")
print("ready", flush=True)
sys.stdin.read()
server.stop()
"""
VISIT = """
import sys, pathlib
from dianchi.store.cluster import attach
with attach(pathlib.Path(sys.argv[1])) as server:
    server.execute("CREATE TABLE IF NOT EXISTS visits (n int); INSERT INTO visits VALUES (1)")
"""
Hold = Callable[[Path], "subprocess.Popen[str]"]

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as somebody else")


@pytest.fixture
def hold() -> Iterator[Hold]:
    """Start another process that holds a server, as a service does."""
    with ExitStack() as stack:

        def start(folder: Path) -> "subprocess.Popen[str]":
            command = [sys.executable, "-c", HOLD, str(folder)]
            pipe = subprocess.PIPE
            # Leaving the stack closes its input, which lets it stop the server and end.
            holder = stack.enter_context(
                subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
            )
            assert holder.stdout is not None
            assert holder.stdout.readline() == "ready\n"
            return holder

        yield start


def _postmaster_pid(data_dir: Path) -> int:
    server = running(data_dir.resolve() / "postgres" / "data")
    assert server is not None
    return server.pid


def _socket_dir(server: Cluster) -> Path:
    return Path(parse_qs(urlsplit(server.dsn).query)["host"][0])


async def test_the_service_connects_by_socket_and_password(used_dir: Path) -> None:
    with Cluster.start(used_dir) as server:
        connection = await asyncpg.connect(server.dsn)
        assert await connection.fetchval("SELECT current_database()") == "dianchi"
        assert await connection.fetchval("SHOW listen_addresses") == ""
        assert await connection.fetchval("SHOW data_checksums") == "on"
        # By code point, on every machine alike; a natural language would put a before Z.
        assert await connection.fetchval("SELECT 'Z' < 'a'")
        await connection.close()


async def test_nobody_enters_without_the_password(used_dir: Path) -> None:
    with Cluster.start(used_dir) as server:
        address = server.dsn.replace(urlsplit(server.dsn).password or "", "guess")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(address)


def test_only_the_account_reaches_the_socket_and_the_secrets(used_dir: Path) -> None:
    with Cluster.start(used_dir) as server:
        root = used_dir / "postgres"
        owner = root.stat().st_uid
        for folder in (root, root / "data", root / "log", _socket_dir(server)):
            assert (folder.stat().st_uid, folder.stat().st_mode & 0o777) == (owner, 0o700)
        assert (root / "password").stat().st_mode & 0o777 == 0o600


def test_stopping_leaves_nothing_behind_and_keeps_the_data(used_dir: Path) -> None:
    with Cluster.start(used_dir) as server:
        server.execute("CREATE TABLE kept ()", "dianchi")
        pid, socket_dir = _postmaster_pid(used_dir), _socket_dir(server)
    assert not socket_dir.exists()
    assert not Path(f"/proc/{pid}").exists()
    with Cluster.start(used_dir) as server:
        assert server.execute("SELECT count(*) FROM kept", "dianchi") == "0"


def test_ctrl_c_does_not_reach_the_server(used_dir: Path) -> None:
    with Cluster.start(used_dir):
        assert os.getsid(_postmaster_pid(used_dir)) != os.getsid(0)


def test_a_server_that_a_killed_service_left_is_taken_over(used_dir: Path, hold: Hold) -> None:
    holder = hold(used_dir)
    left = _postmaster_pid(used_dir)
    holder.kill()
    holder.wait()
    with Cluster.start(used_dir) as server:
        assert _postmaster_pid(used_dir) == left
        assert server.execute("SELECT what FROM kept", "dianchi") == "before"
    assert running(used_dir / "postgres" / "data") is None


def test_data_survives_when_service_and_server_are_killed(used_dir: Path, hold: Hold) -> None:
    holder = hold(used_dir)
    os.kill(_postmaster_pid(used_dir), signal.SIGKILL)
    holder.kill()
    holder.wait()
    with Cluster.start(used_dir) as server:
        assert server.execute("SELECT what FROM kept", "dianchi") == "before"


def test_a_server_whose_socket_was_cleaned_away_makes_room(used_dir: Path, hold: Hold) -> None:
    holder = hold(used_dir)
    left = running(used_dir.resolve() / "postgres" / "data")
    assert left is not None
    for entry in left.socket_dir.iterdir():
        entry.unlink()
    left.socket_dir.rmdir()
    holder.kill()
    holder.wait()
    with Cluster.start(used_dir) as server:
        assert _postmaster_pid(used_dir) != left.pid
        assert server.execute("SELECT what FROM kept", "dianchi") == "before"


def test_a_strangers_process_number_does_not_stop_the_start(used_dir: Path) -> None:
    Cluster.start(used_dir).stop()
    stale = used_dir / "postgres" / "data" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n1\n5432\n/nowhere\n\n")
    with Cluster.start(used_dir) as server:
        assert server.execute("SELECT 1") == "1"


def test_two_services_do_not_share_a_folder(
    used_dir: Path, hold: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = hold(used_dir)
    monkeypatch.setattr("dianchi.store.cluster.HANDOVER_S", 0.2)
    with pytest.raises(ClusterBusyError, match="DIANCHI_DATA_DIR") as refused:
        Cluster.start(used_dir)
    assert str(used_dir.resolve()) in str(refused.value)
    assert str(holder.pid) in str(refused.value)
    with attach(used_dir) as guest:
        assert guest.execute("SELECT what FROM kept", "dianchi") == "before"


def test_a_guest_leaves_the_server_running(used_dir: Path) -> None:
    with Cluster.start(used_dir) as server:
        attach(used_dir).stop()
        assert server.execute("SELECT 1") == "1"


def test_a_visitor_without_a_service_starts_the_server_and_stops_it(used_dir: Path) -> None:
    with attach(used_dir) as server:
        assert server.execute("SELECT 1") == "1"
    assert running(used_dir / "postgres" / "data") is None


def test_visitors_at_the_same_time_take_turns(data_dir: Path) -> None:
    command = [sys.executable, "-c", VISIT, str(data_dir)]
    visitors = [subprocess.Popen(command) for _ in range(3)]
    assert [visitor.wait() for visitor in visitors] == [0, 0, 0]
    with attach(data_dir) as server:
        assert server.execute("SELECT count(*) FROM visits") == "3"


def test_a_service_waits_for_a_visitor(data_dir: Path) -> None:
    command = [sys.executable, "-c", VISIT, str(data_dir)]
    with subprocess.Popen(command) as visitor:
        while not (data_dir / "postgres" / "lock").exists():
            time.sleep(0.01)
        with Cluster.start(data_dir) as server:
            assert visitor.wait() == 0
            assert server.execute("SELECT count(*) FROM visits") == "1"
