"""One owner per data folder: a lock that the kernel drops when its holder dies."""

import fcntl
import os
import time
from pathlib import Path
from typing import Self

PAUSE_S = 0.1


class Lock:
    """An exclusive lock on a file, which says who holds it."""

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is taken yet."""
        self.path = path
        self._descriptor: int | None = None

    def try_take(self, purpose: str) -> bool:
        """Take the lock if it is free, and say in the file what for."""
        # Python's descriptors are not inherited, so the server never keeps the lock alive.
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{purpose} {os.getpid()}\n".encode())
        self._descriptor = descriptor
        return True

    def take_within(self, purpose: str, seconds: float) -> bool:
        """Take the lock, waiting so long for its holder."""
        deadline = time.monotonic() + seconds
        while not self.try_take(purpose):
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE_S)
        return True

    def holder(self) -> tuple[str, int]:
        """What the lock is held for, and by which process (as far as the file says)."""
        try:
            purpose, pid = self.path.read_text(encoding="utf-8").split()
            return purpose, int(pid)
        except (OSError, ValueError):
            return "", 0

    def release(self) -> None:
        """Give the lock back; the file stays, for removing it would let two hold it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        """Hold what was taken until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Release."""
        self.release()
