"""Signed notes, checkpoints and cosignatures: C2SP's examples and a real checkpoint."""

import pytest

from dianchi_client.checkpoint import Checkpoint
from dianchi_client.errors import Rejected
from dianchi_client.note import COSIGNATURE, Note, SigningKey, VerifierKey, decode64

# The example of golang.org/x/mod/sumdb/note, where the format comes from.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SEED = decode64("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
PETER_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfq"
    "dngotpRZb6KE6RyyBwJnAM=\n"
).encode()
# A checkpoint of a real log, cosigned by real witnesses; two of its signatures are of kinds that
# are not known here.
REAL_LOG = (
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
)
REAL_WITNESS = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
REAL_NOTE = (
    "arche2025h1.staging.ct.transparency.dev\n"
    "1432088532\n"
    "U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n"
    "\n"
    "— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQF"
    "X6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n"
    "— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lef"
    "whUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n"
    "— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8"
    "/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n"
    "— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aV"
    "CIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n"
).encode()


def test_the_published_example_verifies() -> None:
    key = VerifierKey.parse(PETER)
    assert str(key) == PETER
    assert Note.parse(PETER_NOTE).signed_by([key]) == {key: 0}


def test_signing_gives_the_published_example() -> None:
    signer = SigningKey("PeterNeumann", PETER_SEED)
    text = Note.parse(PETER_NOTE).text
    assert text + b"\n" + signer.sign(text).encode() == PETER_NOTE
    assert str(signer.verifier) == PETER


def test_a_real_checkpoint_with_its_cosignature_verifies() -> None:
    log, witness = VerifierKey.parse(REAL_LOG), VerifierKey.parse(REAL_WITNESS)
    note = Note.parse(REAL_NOTE)
    assert note.signed_by([log, witness]) == {log: 0, witness: 1779573024}
    read = Checkpoint.parse(note.text)
    assert (read.origin, read.size) == ("arche2025h1.staging.ct.transparency.dev", 1432088532)
    assert read.text == note.text


def believed(raw: bytes) -> bool:
    """Whether Peter signed this."""
    try:
        return bool(Note.parse(raw).signed_by([VerifierKey.parse(PETER)]))
    except Rejected:
        return False


def test_a_note_with_a_flipped_bit_is_not_believed() -> None:
    assert believed(PETER_NOTE)
    for at in range(8 * len(PETER_NOTE)):
        changed = bytearray(PETER_NOTE)
        changed[at // 8] ^= 1 << at % 8
        assert not believed(bytes(changed)), at


def test_a_truncated_note_is_not_believed() -> None:
    assert not any(believed(PETER_NOTE[:end]) for end in range(len(PETER_NOTE)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000+AA==",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("+ARpc", "+AhpC"),
        PETER.replace("Peter", "Peter "),
        PETER + "A",
    ],
)
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(Rejected):
        VerifierKey.parse(text)


def test_a_signature_that_stands_there_twice_is_refused() -> None:
    line = PETER_NOTE.split(b"\n\n")[1]
    with pytest.raises(Rejected):
        Note.parse(PETER_NOTE + line).signed_by([VerifierKey.parse(PETER)])


def test_a_cosignature_holds_its_time() -> None:
    witness = SigningKey("witness.example", bytes(range(32)), COSIGNATURE)
    text = Checkpoint("log.example", 7, bytes(32)).text
    note = Note.parse(text + b"\n" + witness.sign(text, 1_700_000_000).encode())
    assert note.signed_by([witness.verifier]) == {witness.verifier: 1_700_000_000}
    as_note = VerifierKey("witness.example", 1, witness.verifier.public)
    assert not note.signed_by([as_note])


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"log\n1\n",
        b"log\n01\n" + b"A" * 43 + b"=\n",
        b"log\n1\nAAAA\n",
        b"log\n1\n" + b"A" * 43 + b"=",
        b"log\n-1\n" + b"A" * 43 + b"=\n",
        b"log\n1\n" + b"A" * 42 + b"B=\n",
        b"log\n9223372036854775808\n" + b"A" * 43 + b"=\n",
        b"\n1\n" + b"A" * 43 + b"=\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: bytes) -> None:
    with pytest.raises(Rejected):
        Checkpoint.parse(text)
