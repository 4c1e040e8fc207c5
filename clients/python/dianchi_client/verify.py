"""The whole check of one event against one receipt. No network, no clock of its own."""

from dataclasses import dataclass

from dianchi_client.policy import Accepted, Policy
from dianchi_client.receipt import Receipt
from dianchi_client.tree import leaf_hash, verify_inclusion


@dataclass(frozen=True, slots=True)
class Verified:
    """What is proven: the event stands at `index` of the log that `accepted` describes."""

    index: int
    accepted: Accepted


def verify(receipt: bytes, leaf: bytes, policy: Policy, now_s: int) -> Verified:
    """Believes that a log holds an event.

    Args:
        receipt: a `.tlog-proof` file.
        leaf: the exact bytes of the event.
        policy: whose signatures count.
        now_s: seconds since 1970.

    Raises:
        Rejected: something does not fit; the sentence says what.
    """
    read = Receipt.parse(receipt)
    accepted = policy.accept(read.note, now_s)
    checkpoint = accepted.checkpoint
    verify_inclusion(leaf_hash(leaf), read.index, checkpoint.size, read.proof, checkpoint.root)
    return Verified(read.index, accepted)
