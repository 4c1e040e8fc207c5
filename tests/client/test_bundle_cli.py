"""`dianchi-client verify-bundle` as a regulator runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dianchi_client.note import encode64
from support.bundles import LIFE, PACK, TMP, Bundled, leaf, log_of
from support.logs import SmallLog, key
from support.trees import entries

KEY = ("--key", str(key().verifier))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bundle.zip").write_bytes(Bundled().packed)
    return tmp_path


def run(folder: Path, *more: str, file: str = "bundle.zip") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from dianchi_client.cli import main; main()"]
    return subprocess.run(
        [*command, "verify-bundle", file, *more],
        cwd=folder, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_good_bundle_is_told_in_both_languages(folder: Path) -> None:
    done = run(folder, *KEY)
    assert done.returncode == 0, done.stderr
    for line in (
        "属实 · verified",
        f"名称 names: {PACK}, {TMP}",
        "事件 events: 6",
        "发生 occurred: 2026-01-01 – 2026-04-01",
        "见证方 witnesses: 无 none",
        "not proven: that nothing was recorded after these",
    ):
        assert line in done.stdout


def test_a_program_reads_the_same_as_json(folder: Path) -> None:
    told = json.loads(run(folder, *KEY, "--json").stdout)
    assert told["verified"] is True
    assert (told["battery"], told["names"], told["events"]) == (PACK, [PACK, TMP], 6)
    assert (told["size"], told["witnesses"], told["elsewhere"]) == (27, {}, [])


def test_the_first_bad_file_is_named(folder: Path) -> None:
    bundled = Bundled()
    for listed in bundled.manifest.events[2:4]:
        bundled.files[listed.file] += b" "
    (folder / "bundle.zip").write_bytes(bundled.packed)
    done = run(folder, *KEY)
    assert done.returncode == 1
    assert "不可信：events/15.json：这条记录与日志中该位置的内容不符" in done.stderr
    assert "not believed: events/15.json: the event is not what the log holds" in done.stderr
    assert "events/18.json" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_name_that_is_not_in_the_bundle_is_shown(folder: Path) -> None:
    life = [leaf(PACK, 1, "produced", "e1"), leaf(PACK, 2, "identified", "e2", name=TMP)]
    (folder / "bundle.zip").write_bytes(Bundled(life, names=(PACK,)).packed)
    done = run(folder, *KEY)
    assert done.returncode == 0
    assert f"另有名称不在包内 named, but not in here: {TMP}" in done.stdout


def test_a_bundle_that_is_missing_is_no_verdict(folder: Path) -> None:
    assert run(folder, *KEY, file="none").returncode == 2
    assert run(folder).returncode == 2


def test_a_bundle_must_be_of_the_log_seen_before(folder: Path) -> None:
    state = ("--state", "seen.json")
    assert run(folder, *KEY, *state).returncode == 0
    grown = SmallLog([*log_of(LIFE).leaves, *entries(5)])
    (folder / "bundle.zip").write_bytes(Bundled(log=grown).packed)
    alone = run(folder, *KEY, *state)
    assert alone.returncode == 3
    assert "/log/proof/consistency?from=27&to=32" in alone.stderr
    hashes = [encode64(step) for step in grown.grown.consistency(27, 32)]
    proof = {"first": 27, "second": 32, "hashes": hashes}
    (folder / "proof.json").write_text(json.dumps(proof))
    assert run(folder, *KEY, *state, "--consistency", "proof.json").returncode == 0
    forked = SmallLog([b"forged", *grown.leaves[1:]])
    (folder / "bundle.zip").write_bytes(Bundled(log=forked).packed)
    done = run(folder, *KEY, *state)
    assert done.returncode == 1
    assert "历史被改写过" in done.stderr
