"""The folder of an embedded server: its paths, its password, its socket folder, its first data.

<data folder>/postgres/      0700, of the account that the server runs as
    data/                    what initdb made
    log/                     a week of server logs
    password                 0600, of the superuser `dianchi`: migrations and administration
    password-dianchi_...     0600, of each login of the service (store/logins.py)
    socket                   names the socket folder, whose path must be short
    lock                     held by the service
"""

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dianchi.store.account import Account, account, make_data_dir
from dianchi.store.binaries import BUILTIN_LOCALES, major_version, reachable_binaries
from dianchi.store.errors import ClusterError
from dianchi.store.lockfile import Lock

SUPERUSER = "dianchi"
PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"
# sockaddr_un of Linux holds 108 bytes with the final zero.
LONGEST_SOCKET_PATH = 107
# A server gets what it needs and nothing of our surroundings: a PGDATA or LANG would mislead it.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Home:
    """Where one embedded server lives."""

    root: Path
    programs: Path
    account: Account

    @property
    def data(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.root / "data"

    @property
    def logs(self) -> Path:
        """The folder of the server logs."""
        return self.root / "log"

    @property
    def lock(self) -> Lock:
        """A new handle on the lock of this folder."""
        return Lock(self.root / "lock")

    @property
    def password(self) -> str:
        """The password of the role that owns everything."""
        return (self.root / "password").read_text(encoding="utf-8").strip()

    def password_of(self, login: str) -> str:
        """The password of a login of the service, made when it is first asked for."""
        path = self.root / f"password-{login}"
        if not path.exists():
            draft = path.with_name(f"{path.name}.{os.getpid()}")
            self._write(draft, secrets.token_urlsafe(32))
            # A command beside a service that is just starting: the first one wins.
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return path.read_text(encoding="utf-8").strip()

    def run(
        self, *command: str | Path, given: str = "", secret: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the account, its output captured."""
        program, *arguments = command
        return subprocess.run(
            [self.programs / program, *arguments],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env={**ENVIRONMENT, "PGPASSWORD": secret} if secret else ENVIRONMENT,
            **self.account.spawn_as(),
        )

    def prepare(self) -> None:
        """Make what a first start needs, and refuse data of another major version."""
        major = major_version(self.programs)
        self.account.make_own(self.logs)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(major)
        made_by = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        if made_by != str(major):
            raise ClusterError(
                f"{self.data} was made by PostgreSQL {made_by}, but {self.programs} holds {major}: "
                f"set DIANCHI_PG_BIN to programs of version {made_by}, or move the data by "
                "pg_dump into a new data folder"
            )

    def _initialise(self, major: int) -> None:
        """Make the data folder in a draft, so that a killed initdb leaves nothing half made."""
        draft = self.root / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        self._write(self.root / "password", secrets.token_urlsafe(32))
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        # The builtin provider sorts alike on every machine; before it existed, libc's C.UTF-8 did.
        locale = builtin if major >= BUILTIN_LOCALES else ["--locale=C.UTF-8"]
        options = ("--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums")
        done = self.run(
            *("initdb", "-D", draft, "-U", SUPERUSER, "--pwfile", self.root / "password"),
            *(*options, *locale),
        )
        if done.returncode != 0:
            raise ClusterError(f"initdb failed in {self.root}: {done.stderr.strip()}")
        draft.rename(self.data)

    def socket_dir(self) -> Path:
        """The private folder for the socket of a new start; the last one's is used again."""
        note = self.root / "socket"
        with contextlib.suppress(FileNotFoundError):
            kept = Path(note.read_text(encoding="utf-8"))
            if self._is_ours(kept):
                # What a killed server left: its lock may name a number that lives on.
                _empty(kept)
                return kept
        made = self._make_socket_dir()
        self._write(note, str(made))
        return made

    def drop_socket_dir(self, folder: Path) -> None:
        """Remove the socket folder after the server has stopped."""
        _empty(folder)
        with contextlib.suppress(OSError):
            folder.rmdir()
        (self.root / "socket").unlink(missing_ok=True)

    def _is_ours(self, folder: Path) -> bool:
        # Temporary folders are shared: one that somebody else made in its place must not be used.
        try:
            status = folder.lstat()
        except FileNotFoundError:
            return False
        return folder.is_dir() and not folder.is_symlink() and status.st_uid == self.account.uid

    def _make_socket_dir(self) -> Path:
        runtime = None if self.account.foreign else os.environ.get("XDG_RUNTIME_DIR")
        usual = "/tmp"  # noqa: S108 - mkdtemp makes a private folder in it
        tried = [Path(place) for place in (runtime, tempfile.gettempdir(), usual) if place]
        for place in tried:
            # The longest name that mkdtemp makes is counted before anything is made.
            length = len(os.fsencode(place / "dianchi-xxxxxxxx" / SOCKET_NAME))
            if length > LONGEST_SOCKET_PATH or not self.account.reaches(place):
                continue
            with contextlib.suppress(OSError):
                made = Path(tempfile.mkdtemp(prefix="dianchi-", dir=place))
                if self.account.foreign:
                    os.chown(made, self.account.uid, self.account.gid)
                return made
        places = ", ".join(str(place) for place in tried)
        raise ClusterError(
            f"no folder for the socket of PostgreSQL: {places} are too long (a socket's path may "
            f"have {LONGEST_SOCKET_PATH} bytes), or the user {self.account.name} may not enter "
            "them: set TMPDIR to a short folder that it can use"
        )

    def _write(self, path: Path, text: str) -> None:
        """Write a 0600 file of the account."""
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            if self.account.foreign:
                os.fchown(descriptor, self.account.uid, self.account.gid)
            file.write(text)


def _empty(socket_dir: Path) -> None:
    for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
        (socket_dir / name).unlink(missing_ok=True)


def open_home(data_dir: Path) -> Home:
    """Find or make the server's folder inside a data folder.

    Raises:
        ClusterError: the folder cannot be made, or the server could not reach it.
    """
    # The server names its folder by its real path, and so must whoever looks for the server.
    real = data_dir.expanduser().resolve()
    make_data_dir(real)
    who = account()
    root = real / "postgres"
    who.make_own(root)
    return Home(root, reachable_binaries(who, real), who)
