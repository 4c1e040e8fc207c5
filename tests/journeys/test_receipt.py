"""A regulator's check as it is lived: receipts outlive the server, a restored backup is refused."""

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from support.api import code, produced
from support.process import Service

CLIENT = [sys.executable, "-c", "from dianchi_client.cli import main; main()"]


def told(service: Service, key: str, serial: int) -> tuple[bytes, bytes]:
    """Reports a birth and fetches its receipt and its bytes."""
    report = produced(serial, battery=code(serial))
    headers = {"authorization": f"Bearer {key}"}
    with httpx.Client(base_url=service.url, headers=headers, timeout=30) as http:
        assert http.post("/v1/events", json=report).status_code == 201
        path = f"/v1/events/{report['event_id']}"
        deadline = time.monotonic() + 60
        while (receipt := http.get(f"{path}/receipt")).status_code == httpx.codes.CONFLICT:
            assert time.monotonic() < deadline, "the log was not signed"
            time.sleep(0.1)
        leaf = http.get(path, params={"representation": "leaf"})
        assert (receipt.status_code, leaf.status_code) == (200, 200)
        return receipt.content, leaf.content


def verified(
    folder: Path, receipt: bytes, leaf: bytes, key: str
) -> subprocess.CompletedProcess[str]:
    (folder / "receipt.tlog-proof").write_bytes(receipt)
    (folder / "event.json").write_bytes(leaf)
    command = [*CLIENT, "verify", "receipt.tlog-proof", "event.json", "--key", key]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def fsck(data_dir: Path) -> tuple[int, dict[str, object]]:
    command = [sys.executable, "-m", "dianchi", "fsck", "--json", "--data-dir", str(data_dir)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, dict(json.loads(done.stdout))


@pytest.mark.timeout(300)
def test_a_receipt_verifies_with_the_server_gone(data_dir: Path, tmp_path: Path) -> None:
    service = Service(data_dir).start()
    try:
        receipt, leaf = told(service, service.key("maker"), 1)
        [public] = httpx.get(f"{service.url}/log/keys").json()["keys"]
    finally:
        service.stop()

    assert verified(tmp_path, receipt, leaf, public).returncode == 0
    changed = bytearray(leaf)
    changed[100] ^= 1
    refused = verified(tmp_path, receipt, bytes(changed), public)
    assert refused.returncode == 1
    assert "不可信" in refused.stderr
    status, document = fsck(data_dir)
    assert (status, document["clean"]) == (0, True)


@pytest.mark.timeout(300)
def test_a_bundle_verifies_with_the_server_gone(data_dir: Path, tmp_path: Path) -> None:
    service = Service(data_dir).start()
    try:
        key = service.key("maker")
        told(service, key, 1)
        told(service, key, 2)
        path = f"{service.url}/v1/batteries/{code(1)}/bundle"
        bundle = httpx.get(path, headers={"authorization": f"Bearer {key}"})
        [public] = httpx.get(f"{service.url}/log/keys").json()["keys"]
    finally:
        service.stop()

    assert bundle.status_code == httpx.codes.OK
    file = tmp_path / "bundle.zip"
    command = [*CLIENT, "verify-bundle", str(file), "--key", public]
    file.write_bytes(bundle.content)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "属实 · verified" in done.stdout
    assert f"电池 battery: {code(1)}" in done.stdout
    place = bundle.content.index(b'"produced"') + 1
    changed = bytearray(bundle.content)
    changed[place] ^= 1
    file.write_bytes(changed)
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert re.search(r"不可信：events/\d\.json 已损坏", refused.stderr)


@pytest.mark.timeout(300)
def test_a_restored_backup_is_refused_before_anything_is_written(
    data_dir: Path, tmp_path: Path
) -> None:
    service = Service(data_dir).start()
    told(service, service.key("maker"), 1)
    service.stop()
    backup = tmp_path / "backup"
    shutil.copytree(data_dir / "postgres", backup, symlinks=True)
    service.start()
    told(service, service.key("maker"), 2)
    service.stop()
    signed = (data_dir / "log-signer.json").read_text()
    owner = (data_dir / "postgres").stat()
    shutil.rmtree(data_dir / "postgres")
    subprocess.run(["cp", "-a", str(backup), str(data_dir / "postgres")], check=True)
    _give_back(data_dir / "postgres", owner.st_uid, owner.st_gid)

    command = [sys.executable, "-m", "dianchi", "serve", "--data-dir", str(data_dir)]
    refused = subprocess.run(
        [*command, "--port", str(service.port)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    assert refused.returncode != 0
    ends = re.search(r"the log in the database ends at (\d+) events", refused.stderr)
    signed_for = re.search(r"a checkpoint of (\d+) events", refused.stderr)
    assert ends
    assert signed_for
    assert int(ends[1]) < int(signed_for[1])
    assert "没有写入，也没有签名" in refused.stderr
    assert (data_dir / "log-signer.json").read_text() == signed
    status, document = fsck(data_dir)
    assert (status, document["first_bad_index"]) == (1, int(ends[1]))


def _give_back(folder: Path, uid: int, gid: int) -> None:
    """As root the server's files belong to another account; copying made them ours."""
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, uid, gid)
