"""A witness cosigns what only grows, and remembers before it answers."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from dianchi_client.checkpoint import Checkpoint
from dianchi_client.memory import Memory
from dianchi_client.note import encode64
from dianchi_client.policy import Policy
from dianchi_client.witness import PATH, Witness, serve
from support.logs import NOW_S, ORIGIN, SmallLog, key, witness_key
from support.trees import entries

LOG = SmallLog(entries(60))
FORKED = SmallLog([b"forged", *entries(60)[1:]])


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "witness.json")


@pytest.fixture
def witness(memory: Memory) -> Witness:
    return Witness(witness_key(1), [key().verifier], memory, lambda: NOW_S)


def asked(old: int, size: int, log: SmallLog = LOG, note: bytes | None = None) -> bytes:
    """A request that the log makes."""
    proof = log.grown.consistency(old, size) if old <= size else []
    lines = "".join(f"{encode64(step)}\n" for step in proof)
    return f"old {old}\n{lines}\n".encode() + (note or log.note(size))


def test_what_grows_is_cosigned(witness: Witness, memory: Memory) -> None:
    policy = Policy.parse(
        f"log {key().verifier}\nwitness w1 {witness_key(1).verifier}\nquorum w1\n".encode()
    )
    for old, size in ((0, 10), (10, 10), (10, 11), (11, 60)):
        answer = witness.add_checkpoint(asked(old, size))
        assert answer.status == 200, answer
        accepted = policy.accept(LOG.note(size) + answer.body, NOW_S)
        assert accepted.witnesses == {"w1": NOW_S}
        assert memory.read()[ORIGIN] == LOG.checkpoint(size)


REFUSED = {
    "an older size": (asked(5, 20), 409),
    "from nothing again": (asked(0, 20), 409),
    "backwards": (asked(11, 10), 400),
    "another root at the same size": (asked(10, 10, FORKED), 409),
    "a fork": (asked(10, 20, FORKED), 422),
    "a torn request": (asked(10, 20)[:-1], 400),
    "no proof": (b"old 10\n\n" + LOG.note(20), 422),
    "another key": (asked(10, 20, note=SmallLog(LOG.leaves, key(seed=9)).note(20)), 403),
    "another log": (
        asked(10, 20, note=SmallLog(LOG.leaves, key("x/y"), origin="x/y").note(20)),
        404,
    ),
    "changed after signing": (
        asked(10, 20, note=LOG.note(20).replace(b"\n20\n", b"\n21\n")),
        403,
    ),
    "a size with a zero before it": (b"old 010\n\n" + LOG.note(20), 400),
    "too long a proof": (b"old 10\n" + (b"A" * 43 + b"=\n") * 64 + b"\n" + LOG.note(20), 400),
    "nothing": (b"", 400),
    "only a note": (LOG.note(20), 400),
}


@pytest.mark.parametrize("what", REFUSED)
def test_anything_else_is_refused_and_not_remembered(
    witness: Witness, memory: Memory, what: str
) -> None:
    request, status = REFUSED[what]
    assert witness.add_checkpoint(asked(0, 10)).status == 200
    answer = witness.add_checkpoint(request)
    assert answer.status == status, answer
    if status == 409:
        assert (answer.body, answer.media_type) == (b"10\n", "text/x.tlog.size")
    assert memory.read()[ORIGIN] == LOG.checkpoint(10)


def test_two_requests_at_once_never_roll_back(memory: Memory) -> None:
    """Each of many racing requests is judged against what is then remembered."""
    one = Witness(witness_key(1), [key().verifier], memory, lambda: NOW_S)
    two = Witness(witness_key(1), [key().verifier], Memory(memory._path), lambda: NOW_S)
    assert one.add_checkpoint(asked(0, 10)).status == 200
    requests = [(w, asked(10, size)) for size in range(11, 31) for w in (one, two)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda told: told[0].add_checkpoint(told[1]).status, requests))
    assert sorted(set(answers)) == [200, 409]
    assert answers.count(200) == 1


def test_a_witness_that_cannot_remember_does_not_sign(tmp_path: Path) -> None:
    gone = Memory(tmp_path / "no-such-folder" / "witness.json")
    with pytest.raises(OSError, match="No such file"):
        Witness(witness_key(1), [key().verifier], gone).add_checkpoint(asked(0, 10))


@pytest.fixture
def address(witness: Witness) -> Iterator[str]:
    serving = serve(witness, "127.0.0.1", 0)
    running = threading.Thread(target=serving.serve_forever)
    running.start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    running.join()
    serving.server_close()


def test_it_speaks_http(address: str) -> None:
    answer = httpx.post(address + PATH, content=asked(0, 10))
    assert answer.status_code == 200
    assert answer.text.startswith("— w1.example ")
    again = httpx.post(address + PATH, content=asked(0, 11))
    assert (again.status_code, again.text) == (409, "10\n")
    assert again.headers["content-type"] == "text/x.tlog.size"
    assert httpx.post(address + "/other", content=b"").status_code == 404
    assert httpx.post(address + PATH, content=b"x" * 200_000).status_code == 413


def test_an_empty_log_is_cosigned(witness: Witness, memory: Memory) -> None:
    empty = SmallLog([])
    assert witness.add_checkpoint(asked(0, 0, empty)).status == 200
    assert memory.read()[ORIGIN] == Checkpoint(ORIGIN, 0, empty.checkpoint().root)
    assert witness.add_checkpoint(asked(0, 10)).status == 200
