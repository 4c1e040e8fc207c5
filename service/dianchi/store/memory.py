"""How much memory the embedded server takes for its pages."""

import contextlib
import os
from pathlib import Path

MIB = 1024 * 1024
SMALLEST, LARGEST = 64, 1024
# The service and the page cache share the machine, often a small one: 8 GiB give 256 MiB.
SHARE = 32
# A container's own limit, by the second and the first version of cgroups.
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def shared_buffers() -> int:
    """MiB for `shared_buffers`, by the memory that this machine or container may use."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in LIMITS:
        # "max" where there is no limit; no file outside Linux.
        with contextlib.suppress(OSError, ValueError):
            total = min(total, int(Path(limit).read_text(encoding="ascii")))
    return max(SMALLEST, min(LARGEST, total // MIB // SHARE))
