"""What the file `postmaster.pid` and the running processes say about a server."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

SOCKET_LINE = 4
# Backends notice within moments that their postmaster died.
ORPHANS_S = 10.0
PAUSE_S = 0.05
# Elsewhere PostgreSQL's own checks have to do.
KERNEL_TELLS = Path("/proc/self/cwd").exists()


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A server process that serves one data folder."""

    pid: int
    socket_dir: Path


def running(data: Path) -> Postmaster | None:
    """The server of this data folder, if one runs.

    A process number alone proves nothing, least of all in a container where numbers repeat: the
    process must work in this very folder.
    """
    try:
        lines = _pid_file(data).read_text(encoding="utf-8").splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    if not _exists(pid) or not _works_in(pid, data):
        return None
    socket_dir = lines[SOCKET_LINE] if len(lines) > SOCKET_LINE else ""
    return Postmaster(pid, Path(socket_dir) if socket_dir else data)


def clear_stale(data: Path) -> None:
    """Remove a `postmaster.pid` whose number lives on as a stranger or as a zombie.

    PostgreSQL would refuse to start beside it. The file guards against old backends that still
    write, so it goes only once no process works in the folder. For the holder of the lock.
    """
    if not KERNEL_TELLS or running(data) is not None:
        return
    deadline = time.monotonic() + ORPHANS_S
    while any(_works_in(pid, data) for pid in _processes()):
        if time.monotonic() > deadline:
            return  # PostgreSQL will say whom it found
        time.sleep(PAUSE_S)
    _pid_file(data).unlink(missing_ok=True)


def _pid_file(data: Path) -> Path:
    return data / "postmaster.pid"


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state == "Z"


def _works_in(pid: int, data: Path) -> bool:
    """Whether a process has the folder for its own, as all of a server's have."""
    if not KERNEL_TELLS:
        return True
    try:
        return Path(f"/proc/{pid}/cwd").samefile(data)
    except OSError:  # it has just ended, or belongs to an account that is not ours
        return False
