"""The embedded PostgreSQL: one server per data folder, started and stopped by the service.

It listens on a socket in a private folder only, runs in a process session of its own (Ctrl-C
reaches the service, which stops it in order), and is found again after the service was killed.
"""

import signal
import subprocess
import time
from pathlib import Path
from typing import Self
from urllib.parse import quote

from dianchi.store.binaries import binaries
from dianchi.store.errors import ClusterBusyError, ClusterError
from dianchi.store.home import ENVIRONMENT, PORT, SUPERUSER, Home, open_home
from dianchi.store.lockfile import Lock
from dianchi.store.memory import shared_buffers
from dianchi.store.postmaster import clear_stale, running

__all__ = ["Cluster", "ClusterBusyError", "ClusterError", "attach", "binaries"]

Child = subprocess.Popen[bytes]

DATABASE = "dianchi"
# Recovery after a crash replays at most about max_wal_size; this is far beyond it.
START_S = 120.0
# What a predecessor needs to stop; a visitor (`dianchi key add`) needs its own command's time.
HANDOVER_S = 5.0
VISIT_S = 60.0
PAUSE_S = 0.05


class Cluster:
    """A running server. Its owner stops it; a guest only leaves."""

    def __init__(
        self, home: Home, socket_dir: Path, lock: Lock | None, child: Child | None = None
    ) -> None:
        """Wrap a server that answers; use `Cluster.start` or `attach`."""
        self._home = home
        self._socket_dir = socket_dir
        self._lock = lock
        self._child = child

    @classmethod
    def start(cls, data_dir: Path) -> Self:
        """Start the server of a data folder, or take over the one a killed service left.

        Raises:
            ClusterBusyError: another service runs on the folder.
            ClusterError: the server cannot run there; the text names the path and the remedy.
        """
        home = open_home(data_dir)
        lock = home.lock
        if not lock.try_take("serve"):
            patience = VISIT_S if lock.holder()[0] == "visit" else HANDOVER_S
            if not lock.take_within("serve", patience):
                raise _busy(home)
        return cls._own(home, lock)

    @classmethod
    def _own(cls, home: Home, lock: Lock) -> Self:
        try:
            home.prepare()
            clear_stale(home.data)
            left = _find(home)
            cluster = cls(home, left, lock) if left else cls(home, *_launch(home, lock))
            cluster.create_database(DATABASE)
        except BaseException:
            _halt(home)
            lock.release()
            raise
        return cluster

    @property
    def dsn(self) -> str:
        """The address of the service's database as its superuser, for asyncpg."""
        return self.dsn_of(DATABASE)

    def dsn_of(self, database: str) -> str:
        """The address of any database of this server, as its superuser."""
        return self._address(SUPERUSER, self._home.password, database)

    def dsn_as(self, login: str, database: str = DATABASE) -> str:
        """The address of a database as a login of the service."""
        return self._address(login, self.password_of(login), database)

    def password_of(self, login: str) -> str:
        """The password of a login, kept in the data folder."""
        return self._home.password_of(login)

    def _address(self, login: str, password: str, database: str) -> str:
        host = quote(str(self._socket_dir), safe="")
        return f"postgresql://{login}:{password}@/{database}?host={host}&port={PORT}"

    def execute(self, sql: str, database: str = "postgres") -> str:
        """Run statements of administration by psql and return what they print."""
        done = _psql(self._home, self._socket_dir, sql, database)
        if done.returncode != 0:
            raise ClusterError(f"psql: {done.stderr.strip()}")
        return done.stdout.strip()

    def create_database(self, name: str) -> None:
        """Create a database unless it exists."""
        # psql's \gexec runs what the query says; PostgreSQL has no CREATE DATABASE IF NOT EXISTS.
        self.execute(
            rf"""
            SELECT 'CREATE DATABASE "{name}"'
            WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}') \gexec
            """  # noqa: S608 - the name is our own constant
        )

    def stop(self) -> None:
        """Stop the server, or (as a guest) leave it to its owner; a second call does nothing."""
        if self._lock is not None:
            _halt(self._home)
            if self._child is not None:
                self._child.wait()
            self._home.drop_socket_dir(self._socket_dir)
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        """Use the server until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop or leave."""
        self.stop()


def attach(data_dir: Path) -> Cluster:
    """Join the server of the running service; without one, start it until `stop`.

    Visitors that had to start the server take turns, so that none stops it under another.
    """
    home = open_home(data_dir)
    lock = home.lock
    deadline = time.monotonic() + VISIT_S
    while not lock.try_take("visit"):
        server = running(home.data) if lock.holder()[0] == "serve" else None
        if server and _psql(home, server.socket_dir, "SELECT 1", DATABASE).returncode == 0:
            return Cluster(home, server.socket_dir, None)
        if time.monotonic() > deadline:
            raise _busy(home)
        time.sleep(PAUSE_S)
    return Cluster._own(home, lock)  # noqa: SLF001 - the module's second constructor


def _busy(home: Home) -> ClusterBusyError:
    pid = home.lock.holder()[1]
    return ClusterBusyError(
        f"another dianchi (process {pid}) uses {home.root.parent}: stop it first, or choose "
        "another folder by DIANCHI_DATA_DIR"
    )


def _find(home: Home) -> Path | None:
    """The socket folder of a server that a killed service left, once it answers."""
    server = running(home.data)
    if server is None:
        return None
    deadline = time.monotonic() + START_S
    while server.socket_dir.is_dir() and running(home.data) is not None:
        if _answers(home, server.socket_dir):
            return server.socket_dir
        if time.monotonic() > deadline:
            break
        time.sleep(PAUSE_S)
    # Its socket was cleaned away, or it hangs: nobody can use it, so it makes room.
    _halt(home)
    return None


def _launch(home: Home, lock: Lock) -> tuple[Path, Lock, Child]:
    """Start the server and wait until it answers."""
    socket_dir = home.socket_dir()
    # Opened by us and handed over; the server's own collector takes over once it runs.
    with (home.logs / "start.log").open("wb") as log:
        child = subprocess.Popen(
            [home.programs / "postgres", "-D", home.data, *_options(home, socket_dir)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=ENVIRONMENT,
            start_new_session=True,
            umask=0o077,
            **home.account.spawn_as(),
        )
    try:
        _await_start(home, socket_dir, child)
    except BaseException:
        # Not yet in postmaster.pid, perhaps: only its parent knows it.
        child.send_signal(signal.SIGQUIT)
        child.wait()
        home.drop_socket_dir(socket_dir)
        raise
    return socket_dir, lock, child


def _await_start(home: Home, socket_dir: Path, child: Child) -> None:
    deadline = time.monotonic() + START_S
    while not _answers(home, socket_dir):
        if child.poll() is not None or time.monotonic() > deadline:
            raise ClusterError(f"PostgreSQL did not start in {home.root}:\n{_last_words(home)}")
        time.sleep(PAUSE_S)


def _options(home: Home, socket_dir: Path) -> list[str]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_dir),
        "unix_socket_permissions": "0700",
        "port": str(PORT),
        "max_connections": "100",
        "shared_buffers": f"{shared_buffers()}MB",
        # Long checkpoints write each page's full image less often; recovery stays under a minute.
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        # Our statements are short; compiling them costs more than it saves.
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "on",
        "log_directory": str(home.logs),
        # One file per weekday, each begun anew a week later.
        "log_filename": "postgresql-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        # Parameters may hold what must never reach a log.
        "log_parameter_max_length": "0",
    }
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _answers(home: Home, socket_dir: Path) -> bool:
    return home.run("pg_isready", "-q", "-h", socket_dir, "-p", str(PORT)).returncode == 0


def _psql(
    home: Home, socket_dir: Path, sql: str, database: str
) -> subprocess.CompletedProcess[str]:
    where = ("-h", socket_dir, "-p", str(PORT), "-U", SUPERUSER, "-d", database)
    quiet = ("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1")
    return home.run("psql", *quiet, *where, given=sql, secret=home.password)


def _halt(home: Home) -> None:
    """Stop the server in order; if it does not obey, at once (it recovers at its next start)."""
    for mode in ("fast", "immediate"):
        server = running(home.data)
        if server is None:
            return
        home.run("pg_ctl", "stop", "-D", home.data, "-m", mode, "-w", "-t", "60")


def _last_words(home: Home) -> str:
    files = sorted(home.logs.glob("*.log"), key=lambda path: path.stat().st_mtime)
    lines = [line for path in files for line in path.read_text(errors="replace").splitlines()]
    return "\n".join(lines[-10:])
