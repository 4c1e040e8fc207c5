"""`dianchi-client verify` as a regulator runs it: sentences, exit statuses, no network."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dianchi_client.note import encode64
from support.logs import SmallLog, key
from support.trees import entries

EVENT = json.dumps(
    {"event_id": "e-7", "type": "produced", "reported_as": "001PE0A", "organisation": "O1"}
).encode()
LOG = SmallLog([*entries(40), EVENT, *entries(20)])
KEY = ("--key", str(key().verifier))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "r.tlog-proof").write_bytes(bytes(LOG.receipt(40)))
    (tmp_path / "old.tlog-proof").write_bytes(bytes(LOG.receipt(40, 50)))
    (tmp_path / "event.json").write_bytes(EVENT)
    return tmp_path


def run(
    folder: Path, *more: str, receipt: str = "r.tlog-proof"
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from dianchi_client.cli import main; main()", "verify"]
    return subprocess.run(
        [*command, receipt, "event.json", *more],
        cwd=folder, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_good_receipt_is_told_in_both_languages(folder: Path) -> None:
    done = run(folder, *KEY)
    assert done.returncode == 0, done.stderr
    assert "属实 · verified" in done.stdout
    assert "001PE0A" in done.stdout
    told = json.loads(run(folder, *KEY, "--json").stdout)
    assert (told["log_index"], told["size"], told["event_id"]) == (40, 61, "e-7")


def test_a_changed_byte_is_told_in_a_sentence(folder: Path) -> None:
    (folder / "event.json").write_bytes(EVENT.replace(b"001PE0A", b"001PE0B"))
    done = run(folder, *KEY)
    assert done.returncode == 1
    assert "不可信：这条记录与日志中该位置的内容不符" in done.stderr
    assert "not believed: the event is not what the log holds at this place" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_missing_is_no_verdict(folder: Path) -> None:
    done = run(folder, *KEY, receipt="none")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert run(folder).returncode == 2


def test_a_state_file_insists_on_one_history(folder: Path) -> None:
    state = ("--state", "seen.json")
    assert run(folder, *KEY, *state, receipt="old.tlog-proof").returncode == 0
    alone = run(folder, *KEY, *state)
    assert alone.returncode == 3
    assert "/log/proof/consistency?from=50&to=61" in alone.stderr
    hashes = [encode64(step) for step in LOG.grown.consistency(50, 61)]
    proof = {"first": 50, "second": 61, "hashes": hashes}
    (folder / "proof.json").write_text(json.dumps(proof))
    assert run(folder, *KEY, *state, "--consistency", "proof.json").returncode == 0
    assert run(folder, *KEY, *state).returncode == 0
    forked = SmallLog([b"forged", *LOG.leaves[1:]])
    (folder / "r.tlog-proof").write_bytes(bytes(forked.receipt(40)))
    done = run(folder, *KEY, *state)
    assert done.returncode == 1
    assert "历史被改写过" in done.stderr


def test_a_policy_file_is_used(folder: Path) -> None:
    (folder / "policy").write_text(f"log {key().verifier}\nquorum none\n")
    assert run(folder, "--policy", "policy").returncode == 0
    (folder / "policy").write_text(f"log {key(seed=9).verifier}\nquorum none\n")
    assert run(folder, "--policy", "policy").returncode == 1
