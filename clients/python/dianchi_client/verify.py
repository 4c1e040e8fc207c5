"""The whole check of one event against one receipt. No network, no clock of its own."""

import json
from dataclasses import dataclass
from typing import NamedTuple

from dianchi_client.errors import Rejected, malformed
from dianchi_client.policy import Accepted, Policy
from dianchi_client.receipt import Receipt
from dianchi_client.signers import Signers
from dianchi_client.tree import leaf_hash, verify_inclusion


@dataclass(frozen=True, slots=True)
class Verified:
    """What is proven: the event stands at `index` of the log that `accepted` describes."""

    index: int
    accepted: Accepted


class Entry(NamedTuple):
    """An event with its receipt, as files hold them."""

    receipt: bytes
    leaf: bytes


def verify_signer(
    entry: Entry, added: Entry, report: bytes | None, policy: Policy, now_s: int
) -> str:
    """Believes that the reporter signed an event; the `kid` of the key that did.

    Whether the key had been revoked by then, this does not show: a bundle does.

    Args:
        entry: the signed event.
        added: the entry that added the key (`signing_key_added`).
        report: the canonical report, where the event does not tell it.
        policy: whose signatures of checkpoints count.
        now_s: seconds since 1970.

    Raises:
        Rejected: something does not fit; the sentence says what.
    """
    index, at = (verify(*each, policy, now_s).index for each in (entry, added))
    try:
        event, act = json.loads(entry.leaf), json.loads(added.leaf)
        if "signature" not in event:
            raise Rejected(
                "not_signed_by_reporter",
                "这条记录没有上报单位的签名",
                "the event was not signed by its reporter",
            )
        return Signers.of([(at, act)]).verify(event, index, report).kid
    except (ValueError, TypeError) as error:
        raise malformed("事件", "event") from error


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
