"""The system account that PostgreSQL runs as, and what it may reach.

PostgreSQL refuses to run as root. As root we therefore start it as `nobody`, an account that every
system has, and never change the mode or owner of a folder that we did not make.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dianchi.store.errors import ClusterError

PRIVATE = 0o700
# As root, the account must pass through our folder to its own one, but need not list it.
PASSABLE = 0o711


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the server runs as: ourselves, or (as root) somebody without rights."""

    name: str
    uid: int
    gid: int

    @property
    def foreign(self) -> bool:
        """Whether this is not the account that we run as."""
        return self.uid != os.geteuid()

    def spawn_as(self) -> dict[str, Any]:
        """Arguments that make `subprocess` start a program as this account."""
        if not self.foreign:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def make_own(self, folder: Path) -> None:
        """Make a 0700 folder of this account; one that exists must already be such."""
        try:
            folder.mkdir(mode=PRIVATE)
        except FileExistsError:
            self._check_own(folder)
            return
        except OSError as error:
            raise ClusterError(f"cannot make {folder}: {error.strerror}") from error
        # The kernel applied our umask; the folder is new, so its mode and owner are ours to set.
        folder.chmod(PRIVATE)
        if self.foreign:
            os.chown(folder, self.uid, self.gid)

    def _check_own(self, folder: Path) -> None:
        owner = folder.stat().st_uid
        if owner != self.uid:
            raise ClusterError(
                f"{folder} belongs to user {owner}, but PostgreSQL would run as {self.name} "
                f"({self.uid}): start the service as the user who began it, or choose another "
                "folder by DIANCHI_DATA_DIR"
            )

    def reaches(self, folder: Path) -> bool:
        """Whether this account can pass through a folder (asked of the kernel, not of modes)."""
        if not self.foreign:
            return os.access(folder, os.X_OK)
        probe = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
        done = subprocess.run(
            probe, cwd="/", stderr=subprocess.DEVNULL, check=False, **self.spawn_as()
        )
        return done.returncode == 0

    def require_reach(self, folder: Path) -> None:
        """Refuse a data folder that the server could not open.

        Raises:
            ClusterError: with the first parent that is closed, and the remedy.
        """
        existing = next(path for path in (folder, *folder.parents) if _is_folder(path))
        if self.reaches(existing):
            return
        way = [*reversed(existing.parents), existing]
        closed = next(path for path in way if not self.reaches(path))
        raise ClusterError(
            f"PostgreSQL runs as the user {self.name}, who cannot pass through {closed} to "
            f"{folder}: set DIANCHI_DATA_DIR to a folder outside it (for instance under "
            f"/var/lib), or start the service as an ordinary user, or open {closed} yourself "
            f"(chmod o+x {closed})"
        )


def account() -> Account:
    """The account for the server: `nobody` for root, otherwise ourselves."""
    if os.geteuid() != 0:
        return Account(f"user {os.geteuid()}", os.geteuid(), os.getegid())
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError as error:
        raise ClusterError(
            "PostgreSQL does not run as root and this system has no user `nobody`: start the "
            "service as an ordinary user, or set DIANCHI_DATABASE_URL to a server of your own"
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def make_data_dir(folder: Path) -> None:
    """Make the data folder and its parents; one that exists is left as it is.

    Raises:
        ClusterError: it cannot be made, or the server's account could not reach it.
    """
    # Before anything is made, so that a refused folder is not half there.
    account().require_reach(folder)
    _make_folder(folder)


def _make_folder(folder: Path) -> None:
    # Passable for root, whose server runs as another account; private for anybody else.
    mode = PASSABLE if os.geteuid() == 0 else PRIVATE
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    try:
        folder.mkdir(mode=mode)
    except FileExistsError:
        if folder.is_dir():  # somebody was faster
            return
        raise ClusterError(f"{folder} is not a folder: set DIANCHI_DATA_DIR to one") from None
    except OSError as error:
        raise ClusterError(
            f"cannot make {folder}: {error.strerror}; set DIANCHI_DATA_DIR to a folder that you "
            "may write"
        ) from error
    folder.chmod(mode)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except PermissionError:
        return False
