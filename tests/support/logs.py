"""A small log with keys and receipts, for tests of whoever checks it."""

from dataclasses import dataclass, field

from dianchi_client.checkpoint import Checkpoint
from dianchi_client.note import COSIGNATURE, SigningKey
from dianchi_client.policy import Policy
from dianchi_client.receipt import Receipt
from support.trees import Grown, entries, grown

ORIGIN = "t.ynbat.cn/log"
NOW_S = 1_793_000_000


def key(name: str = ORIGIN, seed: int = 1) -> SigningKey:
    """A log's key."""
    return SigningKey(name, bytes([seed]) * 32)


def witness_key(number: int) -> SigningKey:
    """A witness's key."""
    return SigningKey(f"w{number}.example", bytes([100 + number]) * 32, COSIGNATURE)


@dataclass(slots=True)
class SmallLog:
    """Entries with their tree; signs whatever it is asked to."""

    leaves: list[bytes] = field(default_factory=lambda: entries(300))
    signer: SigningKey = field(default_factory=key)
    witnesses: tuple[SigningKey, ...] = ()
    origin: str = ORIGIN

    @property
    def grown(self) -> Grown:
        return grown(self.leaves)

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        size = len(self.leaves) if size is None else size
        return Checkpoint(self.origin, size, self.grown.root(size))

    def note(self, size: int | None = None, at_s: int = NOW_S) -> bytes:
        """The signed checkpoint at a size."""
        return self.signed(self.checkpoint(size), at_s)

    def signed(self, checkpoint: Checkpoint, at_s: int = NOW_S) -> bytes:
        text = checkpoint.text
        lines = [self.signer.sign(text), *(w.sign(text, at_s) for w in self.witnesses)]
        return text + b"\n" + "".join(lines).encode()

    def receipt(self, index: int, size: int | None = None) -> Receipt:
        """The receipt of an entry in the tree of a size."""
        size = len(self.leaves) if size is None else size
        return Receipt(index, tuple(self.grown.inclusion(index, size)), self.note(size))

    @property
    def policy(self) -> Policy:
        return Policy.of_keys([str(self.signer.verifier)])
