"""A lying server: every lie that we could think of, and the client believes none."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from dianchi_client.checkpoint import Checkpoint
from dianchi_client.errors import Rejected
from dianchi_client.following import Follower
from dianchi_client.memory import Memory
from dianchi_client.note import COSIGNATURE, SigningKey, encode64
from dianchi_client.policy import Policy
from dianchi_client.receipt import Receipt
from support.logs import NOW_S, ORIGIN, SmallLog, key, witness_key
from support.trees import entries

INDEX = 73
HONEST = SmallLog(entries(300), witnesses=(witness_key(1), witness_key(2)))
SEEN = SmallLog(entries(200), witnesses=HONEST.witnesses)
FORKED = SmallLog([b"forged", *entries(300)[1:]], witnesses=HONEST.witnesses)
POLICY = Policy.parse(
    f"log {key().verifier}\nwitness w1 {witness_key(1).verifier}\n"
    f"witness w2 {witness_key(2).verifier}\ngroup both all w1 w2\nquorum both\n".encode()
)


class Server:
    """Answers as an honest server does, unless a lie replaced one of its answers."""

    def __init__(self, log: SmallLog = HONEST) -> None:
        self.log = log
        self.note = log.note()
        self.receipt = bytes(log.receipt(INDEX))
        self.leaf = log.leaves[INDEX]
        self.hashes: Callable[[int, int], list[bytes]] = log.grown.consistency
        self.sizes: Callable[[int, int], tuple[int, int]] = lambda a, b: (a, b)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/log/checkpoint":
            return httpx.Response(200, content=self.note)
        first, second = int(request.url.params["from"]), int(request.url.params["to"])
        told = self.sizes(first, second)
        hashes = [encode64(step) for step in self.hashes(first, second)]
        return httpx.Response(200, json={"first": told[0], "second": told[1], "hashes": hashes})


def client_of(server: Server, folder: Path) -> Follower:
    """A client that has seen the first 200 events before."""
    memory = Memory(folder / "seen.json")
    with memory.changed() as seen:
        seen[ORIGIN] = SEEN.checkpoint()
    http = httpx.Client(transport=httpx.MockTransport(server), base_url="http://liar")
    return Follower(http, POLICY, memory, lambda: NOW_S)


def ask(server: Server, folder: Path) -> None:
    """What a client does: the newest checkpoint, then a receipt with its event."""
    client = client_of(server, folder)
    client.newest()
    client.check(server.receipt, server.leaf)


def test_the_honest_server_is_believed(tmp_path: Path) -> None:
    ask(Server(), tmp_path)
    assert Memory(tmp_path / "seen.json").read()[ORIGIN] == HONEST.checkpoint()


def old_checkpoint() -> Server:
    server = Server()
    server.note = HONEST.note(100)
    return server


def wrong_size() -> Server:
    server = Server()
    server.note = HONEST.signed(replace(HONEST.checkpoint(), size=600))
    server.hashes = lambda a, _: HONEST.grown.consistency(a, 300)
    return server


def wrong_root() -> Server:
    server = Server()
    server.note = HONEST.signed(Checkpoint(ORIGIN, 300, bytes(32)))
    return server


def other_root_at_the_size_seen() -> Server:
    server = Server()
    server.note = FORKED.note(200)
    return server


def fork() -> Server:
    return Server(FORKED)


def fork_with_the_honest_proof() -> Server:
    server = Server(FORKED)
    server.hashes = HONEST.grown.consistency
    return server


def fork_in_the_receipt_only() -> Server:
    server = Server()
    server.receipt, server.leaf = bytes(FORKED.receipt(INDEX)), FORKED.leaves[INDEX]
    return server


def older_fork_in_the_receipt() -> Server:
    server = Server()
    server.receipt, server.leaf = bytes(FORKED.receipt(0, 150)), b"forged"
    return server


def swapped_leaf() -> Server:
    server = Server()
    server.leaf = HONEST.leaves[INDEX + 1]
    return server


def proof_for_another_index() -> Server:
    server = Server()
    server.receipt = bytes(HONEST.receipt(INDEX + 1))
    return server


def index_renamed() -> Server:
    server = Server()
    server.receipt = server.receipt.replace(b"index 73\n", b"index 72\n")
    return server


def truncated_proof() -> Server:
    server = Server()
    receipt = HONEST.receipt(INDEX)
    server.receipt = bytes(replace(receipt, proof=receipt.proof[:-1]))
    return server


def extra_hash() -> Server:
    server = Server()
    receipt = HONEST.receipt(INDEX)
    server.receipt = bytes(replace(receipt, proof=(*receipt.proof, receipt.proof[0])))
    return server


def truncated_consistency() -> Server:
    server = Server()
    server.hashes = lambda a, b: HONEST.grown.consistency(a, b)[:-1]
    return server


def consistency_of_other_sizes() -> Server:
    server = Server()
    server.hashes = lambda _, b: HONEST.grown.consistency(100, b)
    server.sizes = lambda _, b: (100, b)
    return server


def no_consistency() -> Server:
    server = Server()
    server.hashes = lambda *_: []
    return server


def wrong_origin() -> Server:
    return Server(replace(HONEST, origin="t.ynbat.cn/log-2", signer=key("t.ynbat.cn/log-2")))


def right_origin_wrong_name() -> Server:
    return Server(replace(HONEST, signer=key("t.ynbat.cn/log-2")))


def another_key() -> Server:
    return Server(replace(HONEST, signer=key(seed=9)))


def unknown_algorithm() -> Server:
    server = Server()
    line = next(line for line in server.note.split(b"\n") if ORIGIN.encode() + b" " in line)
    other = SigningKey(ORIGIN, bytes([1]) * 32, 0x02)
    text = HONEST.checkpoint().text
    server.note = server.note.replace(line, other.sign(text).encode().removesuffix(b"\n"))
    return server


def signature_twice() -> Server:
    server = Server()
    server.note += HONEST.signer.sign(HONEST.checkpoint().text).encode()
    return server


def replayed_cosignature() -> Server:
    """A witness's signature over an older checkpoint, under the newest."""
    server = Server()
    lines = SEEN.note().split(b"\n\n")[1].splitlines(keepends=True)[1:]
    plain = replace(HONEST, witnesses=()).note()
    server.note = plain + b"".join(lines)
    return server


def without_witnesses() -> Server:
    return Server(replace(HONEST, witnesses=()))


def one_witness_under_two_names() -> Server:
    other = SigningKey("w2.example", bytes([101]) * 32, COSIGNATURE)
    return Server(replace(HONEST, witnesses=(witness_key(1), other)))


def future_cosignature() -> Server:
    server = Server()
    server.note = HONEST.note(at_s=NOW_S + 86_400)
    return server


def log_key_as_witness() -> Server:
    mine = SigningKey("w2.example", bytes([1]) * 32, COSIGNATURE)
    return Server(replace(HONEST, witnesses=(witness_key(1), mine)))


def unsigned() -> Server:
    server = Server()
    server.note = HONEST.checkpoint().text + b"\n"
    return server


def empty_log() -> Server:
    server = Server()
    server.note = HONEST.note(0)
    return server


def no_answer() -> Server:
    server = Server()
    server.note = b""
    return server


LIES = [
    old_checkpoint, wrong_size, wrong_root, other_root_at_the_size_seen, fork,
    fork_with_the_honest_proof, fork_in_the_receipt_only, older_fork_in_the_receipt, swapped_leaf,
    proof_for_another_index, index_renamed, truncated_proof, extra_hash, truncated_consistency,
    consistency_of_other_sizes, no_consistency, wrong_origin, right_origin_wrong_name, another_key,
    unknown_algorithm, signature_twice, replayed_cosignature, without_witnesses,
    one_witness_under_two_names, future_cosignature, log_key_as_witness, unsigned, empty_log,
    no_answer,
]  # fmt: skip


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_no_lie_is_believed(lie: Callable[[], Server], tmp_path: Path) -> None:
    with pytest.raises(Rejected) as refused:
        ask(lie(), tmp_path)
    assert refused.value.zh
    assert refused.value.en
    seen = Memory(tmp_path / "seen.json").read()[ORIGIN]
    assert seen in (SEEN.checkpoint(), HONEST.checkpoint()), "a lie was remembered"


def test_a_proof_of_other_sizes_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="the proof is from 100 to 300 events, needed is 200 to 300"):
        ask(consistency_of_other_sizes(), tmp_path)


def test_every_lie_is_another_one() -> None:
    told = [lie() for lie in LIES]
    same = [
        (a, b)
        for (a, one), (b, other) in itertools.combinations(zip(LIES, told, strict=True), 2)
        if (one.note, one.receipt, one.leaf, one.hashes(200, 300), one.sizes(200, 300))
        == (other.note, other.receipt, other.leaf, other.hashes(200, 300), other.sizes(200, 300))
    ]
    assert not same


def test_an_older_receipt_of_the_same_history_is_believed(tmp_path: Path) -> None:
    client = client_of(Server(), tmp_path)
    receipt = Receipt(INDEX, HONEST.receipt(INDEX, 150).proof, HONEST.note(150))
    assert client.check(bytes(receipt), HONEST.leaves[INDEX]).accepted.checkpoint.size == 150
    assert Memory(tmp_path / "seen.json").read()[ORIGIN] == SEEN.checkpoint()
