"""Receipts (c2sp.org/tlog-proof): an index, the proof that it is in a tree, and a checkpoint."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from dianchi_client.checkpoint import decimal
from dianchi_client.errors import malformed
from dianchi_client.note import decode64, encode64
from dianchi_client.tree import HASH_BYTES, LONGEST_PROOF

FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
MEDIA_TYPE: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A proof that can be kept in a file; `note` is the signed checkpoint, as it was served."""

    index: int
    proof: tuple[bytes, ...]
    note: bytes

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Reads a `.tlog-proof` file.

        Raises:
            Rejected: it is none.
        """
        head, gap, note = raw.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise malformed("收据", "receipt") from None
        if lines[1:] and lines[1].startswith("extra "):
            decode64(lines.pop(1).removeprefix("extra "))
        if not gap or lines[0] != FIRST_LINE or not lines[1:] or not lines[1].startswith("index "):
            raise malformed("收据", "receipt")
        return cls(decimal(lines[1].removeprefix("index ")), read_hashes(lines[2:]), note)

    def __bytes__(self) -> bytes:
        hashes = "".join(f"{encode64(step)}\n" for step in self.proof)
        return f"{FIRST_LINE}\nindex {self.index}\n{hashes}\n".encode() + self.note


def read_hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    """The hashes of a proof, one in a line.

    Raises:
        Rejected: one of them is no hash, or they are too many for any tree.
    """
    hashes = tuple(decode64(line) for line in lines)
    if len(hashes) > LONGEST_PROOF or any(len(step) != HASH_BYTES for step in hashes):
        raise malformed("证明", "proof")
    return hashes
