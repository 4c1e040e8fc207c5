"""The log's signer: signs only what continues the last thing that it signed.

What it signed last is kept in a file of its own (0600), outside the database: whoever can rewrite
the database cannot make it sign another history. It may become a process or a device of its own;
`Signer` is all that the log knows of it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from dianchi_client.checkpoint import Checkpoint
from dianchi_client.memory import Memory
from dianchi_client.note import SigningKey
from dianchi_client.tree import verify_consistency

STORE: Final = "log-signer.json"


class Signer(Protocol):
    """Signs checkpoints of one log."""

    origin: str

    def last(self) -> Checkpoint | None:
        """What was signed last."""
        ...

    def sign(self, checkpoint: Checkpoint, proof: Sequence[bytes]) -> bytes:
        """The signed note of a checkpoint.

        Args:
            checkpoint: of this log.
            proof: that it continues `last()`.

        Raises:
            Rejected: it does not; nothing was signed.
        """
        ...


class FileSigner:
    """Signs with keys in memory. During a rotation there are several keys, and all of them sign."""

    def __init__(self, folder: Path, origin: str, seeds: Sequence[bytes]) -> None:
        self.origin = origin
        self._memory = Memory(folder / STORE)
        self._keys = [SigningKey(origin, seed) for seed in seeds]

    def last(self) -> Checkpoint | None:
        """What was signed last."""
        return self._memory.read().get(self.origin)

    def sign(self, checkpoint: Checkpoint, proof: Sequence[bytes]) -> bytes:
        """See `Signer`. Remembered before it is signed: a lost signature harms nobody."""
        with self._memory.changed() as seen:
            last = seen.get(self.origin)
            if last is not None:
                verify_consistency(last.size, checkpoint.size, last.root, checkpoint.root, proof)
            seen[self.origin] = checkpoint
        text = checkpoint.text
        return text + b"\n" + "".join(key.sign(text) for key in self._keys).encode()
