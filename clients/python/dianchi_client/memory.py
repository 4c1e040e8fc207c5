"""What was last seen of each log, kept in a file that only its owner reads.

Used by whoever must never accept a smaller or another log than before: the client, a witness, and
the log's own signer.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dianchi_client.checkpoint import Checkpoint

Seen = dict[str, Checkpoint]
_MODE: Final = 0o600


class Memory:
    """The last checkpoint of each log by its origin."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Seen:
        """What is remembered.

        Raises:
            ValueError: the file is damaged. It is never silently begun anew: that would accept a
                forked log.
        """
        if not self._path.exists():
            return {}
        kept = json.loads(self._path.read_text(encoding="utf-8"))
        return {
            origin: Checkpoint(origin, int(told["size"]), bytes.fromhex(told["root"]))
            for origin, told in kept.items()
        }

    @contextmanager
    def changed(self) -> Iterator[Seen]:
        """Reads, lets the block change it, and writes, with no other process in between.

        What the block changed is on disk when it ends; nothing is written when it raises.
        """
        lock = os.open(
            self._path.with_name(f"{self._path.name}.lock"), os.O_RDWR | os.O_CREAT, _MODE
        )
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            seen = self.read()
            before = dict(seen)
            yield seen
            if seen != before:
                self._write(seen)
        finally:
            os.close(lock)

    def _write(self, seen: Seen) -> None:
        kept = {o: {"size": told.size, "root": told.root.hex()} for o, told in seen.items()}
        draft = self._path.with_name(f"{self._path.name}.draft")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        sync_folder(self._path.parent)


def sync_folder(folder: Path) -> None:
    """Makes new names in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
