"""`dianchi-client`: report and read, verify receipts offline, follow a log, run a witness."""

import json
import os
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from dianchi_client.asking import REFUSED, UNUSABLE, AsJson, fail
from dianchi_client.errors import Rejected
from dianchi_client.following import Follower
from dianchi_client.memory import Memory
from dianchi_client.note import COSIGNATURE, SigningKey, VerifierKey
from dianchi_client.proving_commands import (
    Keys,
    PolicyFile,
    policy_of,
    verify_bundle_command,
    verify_command,
    verify_upload_command,
)
from dianchi_client.reading_commands import history, label
from dianchi_client.reporting_commands import configure, receipt, report, upload
from dianchi_client.sdk.failures import DianchiError
from dianchi_client.signing_commands import keygen, release, sign
from dianchi_client.watching_commands import watch
from dianchi_client.witness import Witness, serve

app = typer.Typer(
    no_args_is_help=True,
    help="上报、查询、核对 · Report to dianchi, read it, and check what its log proves.",
    pretty_exceptions_enable=False,
)
for command in (configure, report, upload, receipt, history, watch, label, keygen, sign, release):
    app.command()(command)
app.command("verify")(verify_command)
app.command("verify-bundle")(verify_bundle_command)
app.command("verify-upload")(verify_upload_command)


@app.command()
def follow(
    url: Annotated[str, typer.Option(help="Address of the service.")],
    state: Annotated[Path, typer.Option(help="File that remembers the last checkpoint seen.")],
    key: Keys = None,
    policy: PolicyFile = None,
    as_json: AsJson = False,
) -> None:
    """Fetch the newest checkpoint and insist that it continues the last one seen."""
    import httpx

    try:
        with httpx.Client(base_url=url, timeout=30) as http:
            accepted = Follower(http, policy_of(key, policy), Memory(state)).newest()
    except httpx.HTTPError as error:
        raise OSError(str(error)) from error
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


def main() -> None:
    """Runs one command; what is not believed is said in a sentence, exit status 1."""
    try:
        app(standalone_mode=True)
    except DianchiError as error:
        fail(error, as_json="--json" in sys.argv)
    except Rejected as error:
        typer.secho(f"不可信：{error.zh}", fg="red", bold=True, err=True)
        typer.secho(f"not believed: {error.en}", fg="red", err=True)
        sys.exit(REFUSED)
    except (OSError, ValueError) as error:
        typer.secho(f"无法读取 · cannot be read: {error}", fg="red", err=True)
        sys.exit(UNUSABLE)
