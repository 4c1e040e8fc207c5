"""The Merkle tree of RFC 6962 over SHA-256: hashing, and what a proof proves.

The algorithms are those of RFC 9162, 2.1.3.2 and 2.1.4.2. Nothing here reads files or networks.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from dianchi_client.errors import Rejected

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()
LONGEST_PROOF: Final = 64


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of an entry: of a zero byte and its bytes."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours: of a one byte and both hashes."""
    return sha256(b"\x01" + left + right).digest()


def perfect_root(hashes: bytes) -> bytes:
    """The root over concatenated hashes, whose number must be a power of two."""
    while len(hashes) > HASH_BYTES:
        pairs = (b"\x01" + hashes[at : at + 64] for at in range(0, len(hashes), 64))
        hashes = b"".join([sha256(pair).digest() for pair in pairs])
    return hashes


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Believes that a tree holds a leaf at an index.

    Args:
        leaf: the leaf hash.
        index: from 0.
        size: leaves in the tree.
        proof: from the leaf's sibling up.
        root: of the tree.

    Raises:
        Rejected: the proof does not lead from the leaf to the root.
    """
    if not 0 <= index < size or len(proof) > LONGEST_PROOF:
        raise _not_included()
    place, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise _not_included()
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    if last or found != root:
        raise _not_included()


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> None:
    """Believes that a tree only grew: its first leaves are those of an earlier tree.

    Args:
        first: size of the earlier tree.
        second: size of the later tree.
        first_root: of the earlier tree.
        second_root: of the later tree.
        proof: the nodes, as RFC 6962 orders them.

    Raises:
        Rejected: the two trees are not shown to be one log.
    """
    if not 0 <= first <= second or len(proof) > LONGEST_PROOF:
        raise _forked()
    if first in (0, second):
        expected = first_root if first else EMPTY_ROOT
        same = second_root == first_root if first == second else True
        if proof or not same or first_root != expected:
            raise _forked()
        return
    old, new, last = _fold(first, second, first_root, proof)
    if last or old != first_root or new != second_root:
        raise _forked()


def _fold(
    first: int, second: int, first_root: bytes, proof: Sequence[bytes]
) -> tuple[bytes, bytes, int]:
    steps = list(proof) if first & (first - 1) else [first_root, *proof]
    if not steps:
        raise _forked()
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise _forked()
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return old, new, last


def _not_included() -> Rejected:
    return Rejected(
        "not_included",
        "这条记录与日志中该位置的内容不符：记录、收据或位置被改动过",
        "the event is not what the log holds at this place: event, receipt or index was changed",
    )


def _forked() -> Rejected:
    return Rejected(
        "forked",
        "日志与以前见过的不是同一份：历史被改写过",
        "this is not the log that was seen before: its history was rewritten",
    )
