"""`dianchi-client keygen`, `sign` and `release`: what an integrator signs with. No network."""

import json
import os
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from dianchi_client import signers
from dianchi_client.errors import malformed
from dianchi_client.signing import ReporterKey, canonical, kid_of

KeyFile = Annotated[Path, typer.Option("--key", help="File of the private key (keygen).")]


def keygen(
    organisation: Annotated[str, typer.Option(help="Id of the organisation (GET /v1/me).")],
    key: KeyFile,
    algorithm: Annotated[str, typer.Option(help="Ed25519 or ES256.")] = "Ed25519",
    endorsed_by: Annotated[
        Path | None, typer.Option(help="File of a valid key; for every key but the first.")
    ] = None,
) -> None:
    """Make a signing key (0600), and print the body of POST /v1/signing-keys, good for 10 minutes.

    A file that is there is never written over: its key is told again.
    """
    if not key.exists():
        _write(key, organisation, ReporterKey.make(_algorithm(algorithm)))
    made, owner = _read(key)
    kid = kid_of(owner, made.public.thumbprint)
    told: dict[str, Any] = {
        "jwk": made.public.jwk,
        "possession": made.sign(signers.possession(kid), owner, _now_s()),
    }
    if endorsed_by is not None:
        older, whose = _read(endorsed_by)
        told["endorsement"] = older.sign(signers.endorsement(kid), whose, _now_s())
    typer.echo(json.dumps(told, indent=1))
    typer.secho(f"kid {kid}", err=True, fg="green")


def sign(
    report: Annotated[Path, typer.Argument(help="A report, or one in each line (NDJSON).")],
    key: KeyFile,
    canonical_text: Annotated[
        Path | None,
        typer.Option("--canonical", help="Saved answer of POST /v1/events/canonical, to sign it."),
    ] = None,
) -> None:
    """Print reports with their signatures, ready to be posted.

    Without --canonical they must be in normal form (docs/reference/signatures.md).
    """
    signer, organisation = _read(key)
    text = report.read_text(encoding="utf-8")
    for told in _reports(text):
        payload = canonical(told) if canonical_text is None else _same(canonical_text, told)
        signed = told | {"signature": signer.sign(payload, organisation)}
        typer.echo(json.dumps(signed, ensure_ascii=False))


def release(key: KeyFile) -> None:
    """Print the body of PUT /v1/signing-policy that lets unsigned reports pass again."""
    signer, organisation = _read(key)
    signature = signer.sign(signers.release(organisation), organisation, _now_s())
    typer.echo(json.dumps({"required": False, "release": signature}))


def _reports(text: str) -> list[dict[str, Any]]:
    try:
        told = [json.loads(text)]
    except ValueError:
        told = [json.loads(line) for line in text.splitlines() if line.strip()]
    if not all(isinstance(each, dict) for each in told):
        raise malformed("上报", "report")
    return told


def _same(file: Path, told: dict[str, Any]) -> bytes:
    """The canonical text, when it is of this report: nothing else is signed by mistake."""
    payload = file.read_bytes()
    said = json.loads(payload)
    same = isinstance(said, dict) and all(said.get(n) == told.get(n) for n in ("event_id", "type"))
    if not same:
        raise malformed("规范文本", "canonical text of this report")
    return payload


def _algorithm(name: str) -> str:
    if name not in {"Ed25519", "ES256"}:
        msg = f"{name}: Ed25519, ES256"
        raise ValueError(msg)
    return name


def _write(path: Path, organisation: str, key: ReporterKey) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(key.jwk | {"kid": kid_of(organisation, key.public.thumbprint)}, file)
        file.write("\n")


def _read(path: Path) -> tuple[ReporterKey, str]:
    """The key in a file and the organisation that it signs for."""
    told = json.loads(path.read_text(encoding="ascii"))
    if not isinstance(told, dict):
        raise malformed("私钥文件", "file of the private key")
    key = ReporterKey.parse(told)
    organisation, _, thumbprint = str(told.get("kid")).partition("/")
    if thumbprint != key.public.thumbprint:
        raise malformed("私钥文件", "file of the private key")
    return key, organisation


def _now_s() -> int:
    return int(time.time())
