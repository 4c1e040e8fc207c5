"""The file of checkpoints outside the database: one line of JSON each, only ever appended to.

A process that was frozen just before it appended may append late, so the order of the lines is not
relied on.
"""

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dianchi_client.checkpoint import Checkpoint
from dianchi_client.errors import Rejected
from dianchi_client.note import Note

NAME: Final = "checkpoints.jsonl"
_TAIL: Final = 1 << 16
_END: Final = b'"}'
_TRIES: Final = 3


class CheckpointFile:
    """Signed notes."""

    def __init__(self, folder: Path) -> None:
        self.path: Final = folder / NAME

    def append(self, note: bytes) -> None:
        """Adds a signed checkpoint; it is on disk when this returns."""
        line = json.dumps({"note": note.decode()}, ensure_ascii=False).encode() + b"\n"
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            size = os.fstat(descriptor).st_size
            torn = size and os.pread(descriptor, 1, size - 1) != b"\n"
            _append(descriptor, b"\n" + line if torn else line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def last(self, origin: str) -> Checkpoint | None:
        """The largest checkpoint of a log, of those in the end of the file."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - _TAIL))
            lines = file.read().split(b"\n")
        found = [c for _, c in filter(None, map(_read, lines)) if c.origin == origin]
        return max(found, key=lambda checkpoint: checkpoint.size, default=None)

    def notes(self) -> Iterator[tuple[int, Note | None]]:
        """Every line by its number, from 1; None where it was changed so that it cannot be read.

        What a crash cut off is no line.
        """
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.rstrip().endswith(_END):
                    read = _read(line)
                    yield number, read[0] if read else None


def _append(descriptor: int, line: bytes) -> None:
    """Writes a line in one piece: what was cut short is left torn, the whole begins anew.

    A system that takes a part of it (a quota, a full disk) lets another process write before the
    rest; the rest alone would be a line that nobody can read.
    """
    for _ in range(_TRIES):
        if os.write(descriptor, line) == len(line):
            return
        line = b"\n" + line.lstrip(b"\n")
    raise OSError(errno.ENOSPC, "a line of checkpoints could not be written whole")


def _read(line: bytes) -> tuple[Note, Checkpoint] | None:
    try:
        note = Note.parse(json.loads(line)["note"].encode())
        return note, Checkpoint.parse(note.text)
    except (ValueError, KeyError, TypeError, AttributeError, Rejected):
        return None
