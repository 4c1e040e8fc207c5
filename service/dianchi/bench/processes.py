"""CPU time of processes as the kernel counts it, by /proc; None elsewhere than on Linux."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_TICK_NS: Final = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
# Fields of /proc/<pid>/stat after the command's name.
_PARENT, _WAITED = 1, slice(13, 15)
available: Final = (_PROC / "self" / "schedstat").exists()


def cpu_us(roots: Iterable[int]) -> float:
    """CPU microseconds that these processes and their descendants have used so far."""
    return sum(_used_ns(pid) for root in roots for pid in _tree(root)) / 1000


def own_cpu_us(roots: Iterable[int]) -> float:
    """CPU microseconds of these processes alone."""
    return sum(_threads_ns(pid) for pid in roots) / 1000


def resident(pid: int) -> int:
    """Bytes that a process and its descendants have in memory, shared pages in equal parts."""
    return sum(map(_resident, _tree(pid)))


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError, StopIteration):
        told = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        kibibytes = next(line for line in told if line.startswith("Pss:")).split()[1]
        return int(kibibytes) * 1024
    return 0


def children(pid: int) -> list[int]:
    """The direct children of a process."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in (_PROC / str(pid) / "task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def parent(pid: int) -> int:
    """The process that started this one."""
    return int(_stat(pid)[_PARENT])


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for child in children(pid):
        yield from _tree(child)


def _used_ns(pid: int) -> int:
    """What it used, with the children it has already waited for (in ticks, so less exact)."""
    with contextlib.suppress(OSError):
        return _threads_ns(pid) + sum(map(int, _stat(pid)[_WAITED])) * _TICK_NS
    return 0


def _threads_ns(pid: int) -> int:
    used = 0
    with contextlib.suppress(OSError):
        for task in (_PROC / str(pid) / "task").iterdir():
            used += int((task / "schedstat").read_text().split()[0])
    return used


def _stat(pid: int) -> list[str]:
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
