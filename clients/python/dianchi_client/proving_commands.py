"""`verify`, `verify-bundle`, `verify-upload`: what was shown, checked without any network."""

import json
from hashlib import file_digest
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from dianchi_client.archive import LARGEST
from dianchi_client.asking import UNUSABLE, AsJson
from dianchi_client.checkpoint import Checkpoint
from dianchi_client.following import must_continue, now_s, read_consistency
from dianchi_client.memory import Memory
from dianchi_client.policy import Policy
from dianchi_client.proven_told import tell, tell_bundle, tell_upload
from dianchi_client.verify import Entry, verify, verify_signer
from dianchi_client.verify_bundle import verify_bundle
from dianchi_client.verify_upload import verify_upload

Keys = Annotated[
    list[str] | None, typer.Option("--key", help="Public key of the log; may be repeated.")
]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="Policy file: logs, witnesses, quorum.")
]
State = Annotated[
    Path | None, typer.Option("--state", help="File that remembers the last checkpoint seen.")
]
Consistency = Annotated[
    Path | None, typer.Option("--consistency", help="Saved answer of /log/proof/consistency.")
]
_NOT_CONNECTED = 3


def verify_command(  # noqa: PLR0913, PLR0917 - its options
    receipt: Path,
    event: Path,
    key: Keys = None,
    policy: PolicyFile = None,
    state: State = None,
    consistency: Consistency = None,
    signer: Annotated[
        Path | None, typer.Option(help="Entry that added the key which signed the event.")
    ] = None,
    signer_receipt: Annotated[Path | None, typer.Option(help="Receipt of that entry.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Canonical report, where the event does not tell it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check one event against its receipt, without any network."""
    believed = policy_of(key, policy)
    entry = Entry(receipt.read_bytes(), event.read_bytes())
    proven = verify(*entry, believed, int(now_s()))
    by = None
    if (signer is None) is not (signer_receipt is None):
        _end(
            UNUSABLE,
            "--signer 和 --signer-receipt 要一起给出",
            "give --signer and --signer-receipt together",
        )
    if signer is not None and signer_receipt is not None:
        added = Entry(signer_receipt.read_bytes(), signer.read_bytes())
        told = report.read_bytes() if report is not None else None
        by = verify_signer(entry, added, told, believed, int(now_s()))
    if state is not None:
        _remember(Memory(state), proven.accepted.checkpoint, consistency)
    tell(proven, entry.leaf, by, as_json=as_json)


def verify_bundle_command(
    bundle: Path,
    key: Keys = None,
    policy: PolicyFile = None,
    state: State = None,
    consistency: Consistency = None,
    as_json: AsJson = False,
) -> None:
    """Check the whole history of a battery (a ZIP of /bundle), without any network."""
    with bundle.open("rb") as file:
        raw = file.read(LARGEST + 1)
    proven = verify_bundle(raw, policy_of(key, policy), int(now_s()))
    if state is not None:
        _remember(Memory(state), proven.accepted.checkpoint, consistency)
    tell_bundle(proven, as_json=as_json)


def verify_upload_command(
    receipt: Path,
    file: Annotated[Path | None, typer.Option(help="The file that was sent.")] = None,
    key: Keys = None,
    policy: PolicyFile = None,
    as_json: AsJson = False,
) -> None:
    """Check the receipt of a file (JSON) and the file itself, without any network."""
    digest = None
    if file is not None:
        with file.open("rb") as opened:
            digest = file_digest(opened, "sha256").hexdigest()
    proven = verify_upload(receipt.read_bytes(), digest, policy_of(key, policy), int(now_s()))
    tell_upload(proven, is_of_file=file is not None, as_json=as_json)


def policy_of(keys: list[str] | None, file: Path | None) -> Policy:
    """Whom to believe: keys of a log, or a file that says more."""
    if bool(keys) == bool(file):
        _end(UNUSABLE, "请给出 --key 或 --policy 之一", "give either --key or --policy")
    return Policy.parse(file.read_bytes()) if file else Policy.of_keys(keys or [])


def _remember(memory: Memory, checkpoint: Checkpoint, proof: Path | None) -> None:
    with memory.changed() as seen:
        last = seen.get(checkpoint.origin)
        if last is not None:
            must_continue(last, checkpoint, lambda a, b: _saved(proof, a, b))
        if last is None or checkpoint.size > last.size:
            seen[checkpoint.origin] = checkpoint


def _saved(proof: Path | None, first: int, second: int) -> tuple[bytes, ...]:
    if proof is None:
        _end(
            _NOT_CONNECTED,
            f"所示内容本身有效，但尚未证明它与以前见过的日志是同一份。请取 "
            f"/log/proof/consistency?from={first}&to={second}，存为文件，用 --consistency 给出",
            "what was shown is good by itself, but not yet proven to be of the log that was seen "
            f"before: save /log/proof/consistency?from={first}&to={second} and give it by "
            "--consistency",
        )
    return read_consistency(json.loads(proof.read_bytes()), first, second)


def _end(status: int, zh: str, en: str) -> NoReturn:
    typer.secho(zh, fg="red", err=True)
    typer.secho(en, fg="red", err=True)
    raise typer.Exit(status)
