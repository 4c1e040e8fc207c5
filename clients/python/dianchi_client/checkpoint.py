"""Checkpoints (c2sp.org/tlog-checkpoint): how large a log is, and the root over all of it."""

import re
from dataclasses import dataclass
from typing import Final, Self

from dianchi_client.errors import malformed
from dianchi_client.note import decode64, encode64
from dianchi_client.tree import HASH_BYTES

LARGEST_SIZE: Final = 2**63 - 1
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log said of itself: `origin` is the name of the log, `size` its number of leaves."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: bytes) -> Self:
        """Reads the text of a note.

        Raises:
            Rejected: it is no checkpoint.
        """
        lines = text.decode().split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]):  # noqa: PLR2004 - three and the end
            raise malformed("检查点", "checkpoint")
        root = decode64(lines[2])
        if len(root) != HASH_BYTES:
            raise malformed("检查点", "checkpoint")
        return cls(lines[0], decimal(lines[1]), root)

    @property
    def text(self) -> bytes:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{encode64(self.root)}\n".encode()


def decimal(text: str) -> int:
    """A decimal without leading zeros, at most 2^63 - 1.

    Raises:
        Rejected: it is none.
    """
    if not _DECIMAL.fullmatch(text) or int(text) > LARGEST_SIZE:
        raise malformed("数字", "number")
    return int(text)
