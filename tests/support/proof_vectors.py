"""Test vectors of the log's proofs: what is to be believed, what is not, and why.

`python -m support.proof_vectors` (in `tests/`) prints schemas/examples/log-proofs-v1.json, which
the verifiers of every language are held to: the Python client and the console's own.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any, Final

from dianchi_client.errors import Rejected
from dianchi_client.note import decode64, encode64
from dianchi_client.policy import Policy
from dianchi_client.receipt import Receipt
from dianchi_client.tree import leaf_hash, verify_consistency, verify_inclusion
from dianchi_client.verify import verify
from support.logs import NOW_S, ORIGIN, SmallLog, key
from support.trees import entries

Case = dict[str, Any]
LEAVES: Final = entries(70)
PLACES: Final = (
    (1, 0), (2, 1), (3, 2), (5, 4), (6, 3), (7, 0), (8, 7), (33, 32), (64, 13), (70, 69),
)  # fmt: skip
GROWTHS: Final = (
    (0, 5), (1, 1), (1, 2), (2, 3), (3, 7), (4, 7), (4, 8), (6, 8), (7, 8), (32, 70), (69, 70),
)  # fmt: skip
ABOUT: Final = """\
Test vectors of the proofs of the log, version 1. `key` is the public key of the log; hashes are \
base64. `verdict` is null where the case is to be believed, else the code of the reason why not. \
`inclusion` takes the entry's bytes as text (`leaf`); `consistency` two roots; `checkpoint` and \
`receipt` signed texts, at the moment `now` (seconds since 1970)."""


def cases() -> Iterator[Case]:
    """Every case without its verdict."""
    log = SmallLog(LEAVES)
    yield from _inclusions(log)
    yield from _consistencies(log)
    yield from _checkpoints(log)
    yield from _receipts(log)


def _inclusions(log: SmallLog) -> Iterator[Case]:
    for size, index in PLACES:
        good: Case = {
            "kind": "inclusion", "name": f"entry {index} of {size}", "leaf": LEAVES[index].decode(),
            "index": index, "size": size, "root": encode64(log.grown.root(size)),
            "proof": [encode64(step) for step in log.grown.inclusion(index, size)],
        }  # fmt: skip
        yield good
        other = encode64(leaf_hash(b"other"))
        yield _but(good, "another entry", leaf=good["leaf"] + " ")
        yield _but(good, "another place", index=(index + 1) % (size + 1))
        yield _but(good, "another root", root=other)
        yield _but(good, "a larger tree", size=2 * size + 1)
        yield _but(good, "a step too many", proof=[*good["proof"], other])
        if good["proof"]:
            yield _but(good, "a step too few", proof=good["proof"][:-1])
            yield _but(good, "another step", proof=[other, *good["proof"][1:]])


def _consistencies(log: SmallLog) -> Iterator[Case]:
    other = encode64(leaf_hash(b"other"))
    for first, second in GROWTHS:
        good: Case = {
            "kind": "consistency", "name": f"{first} to {second}", "from": first, "to": second,
            "first_root": encode64(log.grown.root(first)),
            "second_root": encode64(log.grown.root(second)),
            "proof": [encode64(step) for step in log.grown.consistency(first, second)],
        }  # fmt: skip
        yield good
        yield _but(good, "another earlier root", first_root=other)
        yield _but(good, "the wrong way round", **{"from": second + 1, "to": second})
        yield _but(good, "a step too many", proof=[*good["proof"], other])
        if first:
            yield _but(good, "another later root", second_root=other)
        if good["proof"]:
            yield _but(good, "a step too few", proof=good["proof"][:-1])
            yield _but(good, "another step", proof=[other, *good["proof"][1:]])


def _checkpoints(log: SmallLog) -> Iterator[Case]:
    note = log.note(70).decode()
    body, _, signature = note.partition("\n\n")
    stranger = SmallLog(LEAVES, signer=key(seed=2))
    elsewhere = SmallLog(LEAVES, signer=key("other.example/log"), origin="other.example/log")
    for name, told in (
        ("as it was signed", note),
        ("another size", note.replace("\n70\n", "\n71\n")),
        ("a root of another tree", note.replace(encode64(log.grown.root(70)), encode64(bytes(32)))),
        ("signed by a stranger", stranger.note(70).decode()),
        ("signed by both", note + stranger.note(70).decode().partition("\n\n")[2]),
        ("of another log", elsewhere.note(70).decode()),
        ("signed twice", f"{body}\n\n{signature}{signature}"),
        ("without a signature", f"{body}\n"),
        ("without its last line feed", note[:-1]),
        ("a size with a zero before it", note.replace("\n70\n", "\n070\n")),
        ("with a tab", note.replace("\n70\n", "\n70\t\n")),
    ):
        yield {"kind": "checkpoint", "name": name, "note": told}


def _receipts(log: SmallLog) -> Iterator[Case]:
    whole = bytes(log.receipt(13, 64)).decode()
    for name, told in (
        ("as it was given", whole),
        ("of another place", whole.replace("index 13", "index 14")),
        ("of an impossible place", whole.replace("index 13", "index 64")),
        ("without a step", "\n".join(line for n, line in enumerate(whole.split("\n")) if n != 2)),
        ("of another format", whole.replace("tlog-proof@v1", "tlog-proof@v2")),
        ("with a checkpoint of another size", bytes(log.receipt(13, 64)).decode().replace(
            "\n64\n", "\n65\n")),
        ("empty", ""),
    ):  # fmt: skip
        yield {"kind": "receipt", "name": name, "leaf": LEAVES[13].decode(), "receipt": told}


def _but(good: Case, why: str, **changed: Any) -> Case:
    return {**good, **changed, "name": f"{good['name']}: {why}"}


def verdict(case: Case) -> str | None:
    """What the Python client says of a case."""
    try:
        _judge(case)
    except Rejected as rejected:
        return rejected.code
    return None


def _judge(case: Case) -> None:
    policy = Policy.of_keys([str(key().verifier)])
    proof = [decode64(step) for step in case.get("proof", ())]
    match case["kind"]:
        case "inclusion":
            leaf, root = leaf_hash(case["leaf"].encode()), decode64(case["root"])
            verify_inclusion(leaf, case["index"], case["size"], proof, root)
        case "consistency":
            first, second = decode64(case["first_root"]), decode64(case["second_root"])
            verify_consistency(case["from"], case["to"], first, second, proof)
        case "checkpoint":
            policy.accept(case["note"].encode(), NOW_S)
        case _:
            Receipt.parse(case["receipt"].encode())
            verify(case["receipt"].encode(), case["leaf"].encode(), policy, NOW_S)


def written() -> Case:
    """The published file."""
    return {
        "about": ABOUT,
        "origin": ORIGIN,
        "key": str(key().verifier),
        "now": NOW_S,
        "cases": [case | {"verdict": verdict(case)} for case in cases()],
    }


if __name__ == "__main__":
    json.dump(written(), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
