"""Receipts and policies: what is believed offline, and every byte that is not."""

import random

import pytest

from dianchi_client.errors import Rejected
from dianchi_client.policy import Policy
from dianchi_client.receipt import Receipt
from dianchi_client.verify import verify
from support.logs import NOW_S, SmallLog, key, witness_key

LOG = SmallLog()
RECEIPT = bytes(LOG.receipt(73))
LEAF = LOG.leaves[73]


def test_a_receipt_is_believed() -> None:
    proven = verify(RECEIPT, LEAF, LOG.policy, NOW_S)
    assert proven.index == 73
    assert proven.accepted.checkpoint == LOG.checkpoint()


def test_a_receipt_is_written_as_it_was_read() -> None:
    assert bytes(Receipt.parse(RECEIPT)) == RECEIPT
    assert RECEIPT.startswith(b"c2sp.org/tlog-proof@v1\nindex 73\n")


def test_extra_data_is_passed_over() -> None:
    told = RECEIPT.replace(b"@v1\n", b"@v1\nextra aGVsbG8=\n")
    assert verify(told, LEAF, LOG.policy, NOW_S).index == 73


def test_a_receipt_with_a_flipped_bit_is_refused() -> None:
    for at in range(8 * len(RECEIPT)):
        changed = bytearray(RECEIPT)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises(Rejected):
            verify(bytes(changed), LEAF, LOG.policy, NOW_S)


def test_a_truncated_receipt_is_refused() -> None:
    for end in range(len(RECEIPT)):
        with pytest.raises(Rejected):
            verify(RECEIPT[:end], LEAF, LOG.policy, NOW_S)


@pytest.mark.parametrize("leaf", [b"", LEAF[:-1], LEAF + b"\n", LOG.leaves[74]])
def test_another_event_is_refused(leaf: bytes) -> None:
    with pytest.raises(Rejected, match="the event is not what the log holds"):
        verify(RECEIPT, leaf, LOG.policy, NOW_S)


def test_noise_is_refused_and_nothing_else_is_raised() -> None:
    dice = random.Random(6)
    lines = RECEIPT.split(b"\n")
    for _ in range(2000):
        told = lines.copy()
        at, to = dice.randrange(len(told)), dice.randrange(len(told))
        told[at] = dice.choice((told[to], b"", dice.randbytes(20), told[at][:3], b"index 0"))
        raw = b"\n".join(told)
        if raw != RECEIPT:
            with pytest.raises(Rejected):
                verify(raw, LEAF, LOG.policy, NOW_S)


def test_another_log_and_another_key_are_refused() -> None:
    other = SmallLog(origin="other.example/log", signer=key("other.example/log"))
    with pytest.raises(Rejected, match="another log"):
        verify(bytes(other.receipt(73)), LEAF, LOG.policy, NOW_S)
    forged = SmallLog(signer=key(seed=9))
    with pytest.raises(Rejected, match="not signed by the log's key"):
        verify(bytes(forged.receipt(73)), LEAF, LOG.policy, NOW_S)


def test_during_a_rotation_either_key_will_do() -> None:
    policy = Policy.of_keys([str(key(seed=9).verifier), str(key().verifier)])
    verify(RECEIPT, LEAF, policy, NOW_S)


def two_of_three(quorum: str = "group enough 2 w1 w2 w3\nquorum enough\n") -> Policy:
    told = f"# 见证方\nlog {key().verifier}\n"
    told += "".join(f"witness w{n}  {witness_key(n).verifier}\n" for n in (1, 2, 3))
    return Policy.parse((told + quorum).encode())


@pytest.mark.parametrize(("signed", "enough"), [((), 0), ((1,), 0), ((1, 3), 1), ((1, 2, 3), 1)])
def test_a_quorum_of_witnesses_is_counted(signed: tuple[int, ...], enough: int) -> None:
    log = SmallLog(witnesses=tuple(witness_key(n) for n in signed))
    receipt = bytes(log.receipt(73))
    if enough:
        accepted = verify(receipt, LEAF, two_of_three(), NOW_S).accepted
        assert set(accepted.witnesses) == {f"w{n}" for n in signed}
        return
    with pytest.raises(Rejected, match="too few witnesses"):
        verify(receipt, LEAF, two_of_three(), NOW_S)


def test_a_cosignature_from_the_future_is_refused() -> None:
    log = SmallLog(witnesses=(witness_key(1), witness_key(2)))
    receipt = Receipt(73, log.receipt(73).proof, log.note(at_s=NOW_S + 301))
    with pytest.raises(Rejected, match="in the future"):
        verify(bytes(receipt), LEAF, two_of_three(), NOW_S)


@pytest.mark.parametrize(
    "quorum",
    [
        "",
        "quorum none\nquorum none\n",
        "quorum w9\n",
        "group g 4 w1 w2 w3\nquorum g\n",
        "group g 0 w1\nquorum g\n",
        "group g any w1 w1\nquorum g\n",
        "group g any w1\ngroup h any w1\nquorum g\n",
        "group w1 any w2\nquorum w1\n",
        "group g any none\nquorum g\n",
        "wittness w4 x\nquorum none\n",
        f"log {key().verifier}\nquorum none\n",
        f"witness none {witness_key(9).verifier}\nquorum none\n",
        f"witness w4 {witness_key(1).verifier}\nquorum none\n",
    ],
)
def test_a_wrong_policy_is_refused(quorum: str) -> None:
    with pytest.raises(Rejected, match="is wrong"):
        two_of_three(quorum)


@pytest.mark.parametrize("quorum", ["quorum none\n", "quorum w2\n", "group g all w1\nquorum g"])
def test_other_policies_are_read(quorum: str) -> None:
    assert two_of_three(quorum).witnesses.keys() == {"w1", "w2", "w3"}
