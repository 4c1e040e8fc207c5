"""The machine a figure was measured on; without it a figure says little."""

import os
import platform
from pathlib import Path
from typing import Any

import asyncpg


async def machine(connection: asyncpg.Connection, folder: Path) -> dict[str, Any]:
    """Cores, CPU, memory, kernel, file system, PostgreSQL and its settings, Python."""
    settings = {
        name: await connection.fetchval(f"SHOW {name}")
        for name in (
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "shared_buffers",
            "max_wal_size",
            "checkpoint_timeout",
        )
    }
    return {
        "cores": len(os.sched_getaffinity(0)),
        "cpu": _line("/proc/cpuinfo", "model name") or platform.processor(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "kernel": f"{platform.system()} {platform.release()}",
        "file_system": _file_system(folder),
        "load": [round(load, 2) for load in os.getloadavg()],
        "postgresql": await connection.fetchval("SHOW server_version"),
        "settings": settings,
        "python": platform.python_version(),
    }


def _line(file: str, name: str) -> str | None:
    for line in Path(file).read_text(encoding="utf-8").splitlines():
        if line.startswith(name):
            return line.partition(":")[2].strip()
    return None


def _file_system(folder: Path) -> str:
    """The type of the file system: on `tmpfs` a durable write costs nothing and proves nothing."""
    best, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        _, place, this, *_ = line.split()
        if folder.is_relative_to(place) and len(place) > len(best):
            best, kind = place, this
    return kind
