"""`dianchi-client keygen`, `sign` and `release` as an integrator runs them, without a network."""

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dianchi_client import signers
from dianchi_client.canonical import canonical
from dianchi_client.jwk import PublicKey
from dianchi_client.signing import Signature
from support.signing import normal

ORGANISATION = "O1FIRM111111"


def run(folder: Path, *words: str, status: int = 0) -> str:
    command = [sys.executable, "-c", "from dianchi_client.cli import main; main()", *words]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if not status else done.stderr


def keygen(folder: Path, file: str, *more: str) -> dict[str, Any]:
    words = ("keygen", "--organisation", ORGANISATION, "--key", file, *more)
    return dict(json.loads(run(folder, *words)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "report.json").write_text(json.dumps(normal()), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256"])
def test_a_key_is_made_once_and_told_again(folder: Path, algorithm: str) -> None:
    first = keygen(folder, "key.json", "--algorithm", algorithm)
    again = keygen(folder, "key.json")
    assert first["jwk"] == again["jwk"]
    assert "d" not in first["jwk"]
    assert stat.S_IMODE((folder / "key.json").stat().st_mode) == 0o600
    signature = Signature.parse(first["possession"])
    signature.verify(signers.possession(signature.kid), PublicKey.parse(first["jwk"]))
    assert signature.organisation == ORGANISATION


def test_a_later_key_is_endorsed(folder: Path) -> None:
    first = keygen(folder, "first.json")
    second = keygen(folder, "second.json", "--endorsed-by", "first.json")
    kid = Signature.parse(second["possession"]).kid
    endorsement = Signature.parse(second["endorsement"])
    endorsement.verify(signers.endorsement(kid), PublicKey.parse(first["jwk"]))


def test_reports_are_signed_one_or_many(folder: Path) -> None:
    public = PublicKey.parse(keygen(folder, "key.json")["jwk"])
    many = [normal(event_id=f"018f3c1e-0000-7000-8000-00000000000{n}") for n in range(3)]
    lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in many)
    (folder / "many.ndjson").write_text(lines, encoding="utf-8")
    for file, sent in (("report.json", [normal()]), ("many.ndjson", many)):
        out = run(folder, "sign", file, "--key", "key.json").splitlines()
        told = [json.loads(line) for line in out]
        for report, before in zip(told, sent, strict=True):
            signature = Signature.parse(report.pop("signature"))
            assert report == before
            signature.verify(canonical(before), public)


def test_the_text_that_the_service_told_is_signed_for_its_own_report_only(folder: Path) -> None:
    public = PublicKey.parse(keygen(folder, "key.json")["jwk"])
    loose = normal(occurred_at="2026-01-02T09:00:00+08:00")
    (folder / "loose.json").write_text(json.dumps(loose), encoding="utf-8")
    (folder / "text.json").write_bytes(canonical(normal()))
    words = ("sign", "loose.json", "--key", "key.json")
    assert "occurred_at" in run(folder, *words, status=1)
    told = json.loads(run(folder, *words, "--canonical", "text.json"))
    Signature.parse(told["signature"]).verify(canonical(normal()), public)
    other = normal(event_id="018f3c1e-0000-7000-8000-000000000009")
    (folder / "text.json").write_bytes(canonical(other))
    run(folder, *words, "--canonical", "text.json", status=1)


def test_unsigned_reports_are_let_in_again_by_a_signature(folder: Path) -> None:
    public = PublicKey.parse(keygen(folder, "key.json")["jwk"])
    told = json.loads(run(folder, "release", "--key", "key.json"))
    assert told.pop("required") is False
    signature = Signature.parse(told["release"])
    signature.verify(signers.release(ORGANISATION), public)
    assert signature.issued_at is not None


@pytest.mark.parametrize("content", ["", "{}", '{"kid":"O1/x"}', "[]"])
def test_a_file_that_is_no_key_is_said_so(folder: Path, content: str) -> None:
    (folder / "key.json").write_text(content, encoding="utf-8")
    run(folder, "sign", "report.json", "--key", "key.json", status=1 if content else 2)
    keygen(folder, "good.json")
    told = json.loads((folder / "good.json").read_text(encoding="utf-8"))
    (folder / "key.json").write_text(json.dumps(told | {"kid": "O1/x"}), encoding="utf-8")
    run(folder, "sign", "report.json", "--key", "key.json", status=1)
