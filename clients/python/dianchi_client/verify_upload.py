"""The whole check of the receipt of a file. No network, no clock of its own.

What it proves: the file is the one of the receipt, and the last event of it stands in the log, at
the place that the receipt tells, under a checkpoint that covers all before it. What it does not:
the counts, which are the service's word; each event has a receipt of its own.
"""

import json
from typing import Any, NamedTuple

from dianchi_client.errors import Rejected, malformed
from dianchi_client.policy import Policy
from dianchi_client.verify import Verified, verify


class VerifiedUpload(NamedTuple):
    """What is proven.

    Attributes:
        told: what the receipt says.
        proven: the place of its last event; None where the file made no events, as with sites.
    """

    told: dict[str, Any]
    proven: Verified | None


def verify_upload(
    receipt: bytes, file_sha256: str | None, policy: Policy, now_s: int
) -> VerifiedUpload:
    """Believes the receipt of a file.

    Args:
        receipt: its JSON.
        file_sha256: of the file that was sent, in hexadecimal; None where it is not at hand.
        policy: whose signatures count.
        now_s: seconds since 1970.

    Raises:
        Rejected: something does not fit; the sentence says what.
    """
    told = _read(receipt)
    if file_sha256 is not None and file_sha256 != told["sha256"]:
        raise Rejected(
            "other_file",
            f"文件的 SHA-256 是 {file_sha256}，回执上是 {told['sha256']}：不是同一份文件",
            f"the file has the SHA-256 {file_sha256}, the receipt tells {told['sha256']}",
        )
    if told["proof"] is None:
        return VerifiedUpload(told, None)
    leaf = told["last_leaf"].encode()
    proven = verify(told["proof"].encode(), leaf, policy, now_s)
    event = json.loads(leaf)
    fits = (proven.index, event["event_id"], event["organisation"]) == (
        *(told["last_index"], told["last_event"]),
        told["organisation"],
    )
    if not fits:
        raise Rejected(
            "other_event",
            "证明的事件不是回执所说的最后一条",
            "what is proven is not the event that the receipt tells as its last",
        )
    return VerifiedUpload(told, proven)


def _read(receipt: bytes) -> dict[str, Any]:
    try:
        told = json.loads(receipt)
        members = (told["sha256"], told["organisation"], told["number"])
        proof, leaf, last = told["proof"], told["last_leaf"], told["last_event"]
        kinds = {type(each) for each in (*members, *((proof, leaf, last) if proof else ()))}
    except (ValueError, TypeError, KeyError, UnicodeDecodeError) as error:
        raise malformed("回执", "receipt") from error
    if kinds != {str}:
        raise malformed("回执", "receipt")
    return dict(told)
