"""`dianchi-client`: verify receipts offline, follow a log, run a witness."""

import json
import os
import secrets
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, NoReturn

import httpx
import typer

from dianchi_client.archive import LARGEST
from dianchi_client.checkpoint import Checkpoint
from dianchi_client.errors import Rejected
from dianchi_client.following import Follower, must_continue, now_s, read_consistency
from dianchi_client.memory import Memory
from dianchi_client.note import COSIGNATURE, SigningKey, VerifierKey
from dianchi_client.policy import Policy
from dianchi_client.signing_commands import keygen, release, sign
from dianchi_client.verify import Entry, Verified, verify, verify_signer
from dianchi_client.verify_bundle import VerifiedBundle, verify_bundle
from dianchi_client.witness import Witness, serve

app = typer.Typer(
    no_args_is_help=True,
    help="核对 dianchi 日志 · Check what the log of dianchi proves.",
    pretty_exceptions_enable=False,
)
for command in (keygen, sign, release):
    app.command()(command)
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
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
_NOT_BELIEVED = 1
_UNUSABLE = 2
_NOT_CONNECTED = 3


@app.command("verify")
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
    believed = _policy(key, policy)
    entry = Entry(receipt.read_bytes(), event.read_bytes())
    proven = verify(*entry, believed, int(now_s()))
    by = None
    if (signer is None) is not (signer_receipt is None):
        _end(
            _UNUSABLE,
            "--signer 和 --signer-receipt 要一起给出",
            "give --signer and --signer-receipt together",
        )
    if signer is not None and signer_receipt is not None:
        added = Entry(signer_receipt.read_bytes(), signer.read_bytes())
        told = report.read_bytes() if report is not None else None
        by = verify_signer(entry, added, told, believed, int(now_s()))
    if state is not None:
        _remember(Memory(state), proven.accepted.checkpoint, consistency)
    _tell(proven, entry.leaf, by, as_json=as_json)


@app.command("verify-bundle")
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
    proven = verify_bundle(raw, _policy(key, policy), int(now_s()))
    if state is not None:
        _remember(Memory(state), proven.accepted.checkpoint, consistency)
    _tell_bundle(proven, as_json=as_json)


def _policy(keys: list[str] | None, file: Path | None) -> Policy:
    if bool(keys) == bool(file):
        _end(_UNUSABLE, "请给出 --key 或 --policy 之一", "give either --key or --policy")
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


def _tell(proven: Verified, leaf: bytes, by: str | None, *, as_json: bool) -> None:
    told = json.loads(leaf)
    checkpoint = proven.accepted.checkpoint
    members = {
        "verified": True,
        "origin": checkpoint.origin,
        "log_index": proven.index,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "witnesses": dict(proven.accepted.witnesses),
        "signed_by": by,
        **{name: told.get(name) for name in _SHOWN},
    }
    if as_json:
        typer.echo(json.dumps(members, ensure_ascii=False))
        return
    typer.secho("属实 · verified", fg="green", bold=True)
    for name, zh in _SHOWN.items():
        typer.echo(f"  {zh} {name}: {told.get(name)}")
    typer.echo(f"  日志 log: {checkpoint.origin}, {proven.index} / {checkpoint.size}")
    names = ", ".join(proven.accepted.witnesses) or "无 none"
    typer.echo(f"  见证方 witnesses: {names}")
    unchecked = "未核对 not checked (--signer)" if "signature" in told else "无 none"
    typer.echo(f"  上报单位签名 signed by: {by or unchecked}")


def _tell_bundle(proven: VerifiedBundle, *, as_json: bool) -> None:
    manifest, checkpoint = proven.manifest, proven.accepted.checkpoint
    members = {
        "verified": True,
        "battery": manifest.battery,
        "names": manifest.names,
        "events": len(manifest.events),
        "occurred": proven.occurred,
        "recorded": proven.recorded,
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "witnesses": dict(proven.accepted.witnesses),
        "elsewhere": proven.elsewhere,
        "signed": dict(proven.signed),
        "unchecked": proven.unchecked,
    }
    if as_json:
        typer.echo(json.dumps(members, ensure_ascii=False))
        return
    typer.secho("属实 · verified", fg="green", bold=True)
    typer.echo(f"  电池 battery: {manifest.battery}")
    typer.echo(f"  名称 names: {', '.join(manifest.names)}")
    typer.echo(
        f"  事件 events: {len(manifest.events)}, 每个名称从第 1 条起不缺 none missing between"
    )
    typer.echo(f"  发生 occurred: {' – '.join(proven.occurred)}")
    typer.echo(f"  保存 recorded: {' – '.join(proven.recorded)}")
    typer.echo(f"  日志 log: {checkpoint.origin}, {checkpoint.size}")
    typer.echo(f"  见证方 witnesses: {', '.join(proven.accepted.witnesses) or '无 none'}")
    typer.echo(f"  上报单位签名 signed: {len(proven.signed)} / {len(manifest.events)}")
    for kid, count in sorted(Counter(proven.signed.values()).items()):
        typer.echo(f"    {kid}: {count}")
    if proven.unchecked:
        typer.secho(
            f"  未核对的签名 not checked: {len(proven.unchecked)}"
            " (上报原文涉及他方，未附 the reports name others' batteries)",
            fg="yellow",
        )
    if proven.elsewhere:
        names = ", ".join(proven.elsewhere)
        typer.secho(f"  另有名称不在包内 named, but not in here: {names}", fg="yellow")
    typer.echo("  未证明此后没有更多记录 · not proven: that nothing was recorded after these")


_SHOWN = {
    "event_id": "事件",
    "type": "类型",
    "reported_as": "电池",
    "organisation": "上报单位",
    "role": "角色",
    "occurred_at": "发生时间",
    "recorded_at": "保存时间",
    "version": "第几条",
}


@app.command()
def follow(
    url: Annotated[str, typer.Option(help="Address of the service.")],
    state: Annotated[Path, typer.Option(help="File that remembers the last checkpoint seen.")],
    key: Keys = None,
    policy: PolicyFile = None,
    as_json: AsJson = False,
) -> None:
    """Fetch the newest checkpoint and insist that it continues the last one seen."""
    with httpx.Client(base_url=url, timeout=30) as http:
        accepted = Follower(http, _policy(key, policy), Memory(state)).newest()
    checkpoint = accepted.checkpoint
    members = {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "witnesses": dict(accepted.witnesses),
    }
    typer.echo(
        json.dumps(members, ensure_ascii=False)
        if as_json
        else f"一致 · consistent: {checkpoint.origin} {checkpoint.size} {checkpoint.root.hex()}"
    )


@app.command()
def witness(
    name: Annotated[str, typer.Option(help="Name of this witness, as example.org/w1.")],
    key_file: Annotated[Path, typer.Option(help="Its private key; made when missing (0600).")],
    log: Annotated[list[str], typer.Option(help="Public key of a log; may be repeated.")],
    state: Annotated[Path, typer.Option(help="File that remembers each log's last checkpoint.")],
    host: str = "127.0.0.1",
    port: int = 8100,
) -> None:
    """Cosign the checkpoints of logs that only grow."""
    key = SigningKey(name, _seed(key_file), COSIGNATURE)
    serving = serve(
        Witness(key, [VerifierKey.parse(text) for text in log], Memory(state)), host, port
    )
    typer.echo(f"{key.verifier} http://{host}:{serving.server_port}")
    sys.stdout.flush()
    try:
        serving.serve_forever()
    except KeyboardInterrupt:
        serving.server_close()


def _seed(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    seed = secrets.token_bytes(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(seed.hex() + "\n")
    return seed


def _end(status: int, zh: str, en: str) -> NoReturn:
    typer.secho(zh, fg="red", err=True)
    typer.secho(en, fg="red", err=True)
    raise typer.Exit(status)


def main() -> None:
    """Runs one command; what is not believed is said in a sentence, exit status 1."""
    try:
        app(standalone_mode=True)
    except Rejected as error:
        typer.secho(f"不可信：{error.zh}", fg="red", bold=True, err=True)
        typer.secho(f"not believed: {error.en}", fg="red", err=True)
        sys.exit(_NOT_BELIEVED)
    except (OSError, ValueError, httpx.HTTPError) as error:
        typer.secho(f"无法读取 · cannot be read: {error}", fg="red", err=True)
        sys.exit(_UNUSABLE)
