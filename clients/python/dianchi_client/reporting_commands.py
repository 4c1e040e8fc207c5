"""`dianchi-client report`, `upload`, `receipt` and `configure`: what is sent to the service."""

import json
import re
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from dianchi_client.asking import A_WHILE, LONG, REFUSED, UNUSABLE, AsJson, Patience, Url, trying
from dianchi_client.report_files import bad_lines, put, reports_of
from dianchi_client.sdk.failures import DianchiError, NotAReport, NotConfigured
from dianchi_client.upload_told import (
    Refusals,
    progress,
    tell_bad_lines,
    tell_how_to_go_on,
    tell_upload,
)

if TYPE_CHECKING:
    from dianchi_client import Row, Tally

_PAIR = re.compile(r"[a-z_.0-9]+(?::(?:int|bool|json))?=")


def report(  # noqa: PLR0913, PLR0917 - its options
    kind: Annotated[
        str | None, typer.Argument(metavar="TYPE", help="Type of report, as inspected.")
    ] = None,
    battery: Annotated[str | None, typer.Argument(help="Name of the battery.")] = None,
    data: Annotated[
        list[str] | None,
        typer.Argument(help="What it says: soh_percent=90.5 host.kind=base_station cycles:int=12"),
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="When it happened: a day, or an instant; now by default.")
    ] = None,
    site: Annotated[str | None, typer.Option(help="Number of the site.")] = None,
    event_id: Annotated[
        str | None, typer.Option(help="Id of the report; the same id never counts twice.")
    ] = None,
    file: Annotated[
        str | None, typer.Option("--file", "-f", help="A report as JSON instead; - reads it here.")
    ] = None,
    patience: Patience = A_WHILE,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Report one event."""
    from dianchi_client import Client

    if (file is None) is (kind is None):
        raise NotConfigured("请给出上报类型，或用 --file 给出上报", "give a type, or --file")
    if file is not None:
        told = _read_report(file)
    else:
        told = _made(kind or "", [*([battery] if battery else []), *(data or [])], at)
    told |= {name: v for name, v in (("site", site), ("event_id", event_id)) if v is not None}
    with Client(url, retries=trying(patience)) as client:
        answer = client.report(told)
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    typer.secho("已保存 · recorded", fg="green", bold=True)
    typer.echo(f"  event_id: {answer['event_id']}")
    for entry in answer["entries"]:
        about = entry.get("battery") or entry.get("subject")
        typer.echo(f"  {about}: {entry['stage'] or ''} (第几条 version {entry['version']})")
        for finding in entry["findings"]:
            text = finding["text"]
            typer.secho(f"  发现 {finding['code']}: {text['zh']} · {text['en']}", fg="yellow")


def _read_report(file: str) -> dict[str, Any]:
    text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    told = json.loads(text)
    if not isinstance(told, dict):
        raise NotAReport(f"{file} 不是 JSON 对象", f"{file} holds no JSON object")
    return told


def _made(kind: str, words: Sequence[str], at: str | None) -> dict[str, Any]:
    """A report of a type, of the battery if the first word is one, and of NAME=VALUE."""
    when = at or datetime.fromtimestamp(time.time(), UTC).isoformat()
    told: dict[str, Any] = {"type": kind, "occurred_at": when, "data": {}}
    if words and not _PAIR.match(words[0]):
        told["battery"], words = words[0], words[1:]
    for pair in words:
        if not _PAIR.match(pair):
            raise NotConfigured(f"{pair} 应写成 名称=值", f"{pair}: write NAME=VALUE")
        name, _, value = pair.partition("=")
        put(told["data"], name, value)
    return told


def upload(  # noqa: PLR0913, PLR0917 - its options
    file: Annotated[Path, typer.Argument(help="NDJSON, or CSV with names of members on top.")],
    journal: Annotated[
        Path | None,
        typer.Option(help="Remembers what is recorded; beside the file by default."),
    ] = None,
    refused: Annotated[
        Path | None, typer.Option(help="Writes the refused reports here, to be mended.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Only ask what would be refused.")] = False,
    rows: Annotated[int, typer.Option(help="Reports of a batch.", min=1, max=10_000)] = 500,
    patience: Patience = LONG,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Report a whole file. Run it again after whatever stopped it: it goes on where it was."""
    from dianchi_client import Client, Journal

    count, bad = bad_lines(file)
    if bad:
        tell_bad_lines(file, bad)
        raise typer.Exit(UNUSABLE)
    kept = None if dry_run else journal or file.with_name(f"{file.name}.journal")
    with (
        Client(url, retries=trying(patience)) as client,
        Journal(kept) as notes,
        progress(count) as advance,
        Refusals(refused) as refusals,
    ):

        def tell(settled: Sequence["Row"], tally: "Tally") -> None:
            refusals.add(settled)
            advance(tally)

        try:
            tally = client.report_many(
                reports_of(file), journal=notes, tell=tell, most=rows, dry_run=dry_run
            )
        except (DianchiError, KeyboardInterrupt):
            tell_how_to_go_on(kept)
            raise
    tell_upload(tally, refusals.first, dry_run=dry_run, as_json=as_json)
    raise typer.Exit(REFUSED if tally.refused else 0)


def receipt(
    upload: Annotated[str, typer.Argument(help="Id of the upload, as its page has it.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="File to write; .json or .pdf says as what.")
    ],
    patience: Patience = A_WHILE,
    url: Url = None,
) -> None:
    """Save the receipt of a file that was sent to the page of uploads and recorded."""
    from dianchi_client import Client

    kind = out.suffix.lower().lstrip(".")
    if kind not in {"json", "pdf"}:
        raise NotConfigured(
            f"{out}：文件名要以 .json 或 .pdf 结尾", f"{out}: end the name with .json or .pdf"
        )
    with Client(url, retries=trying(patience)) as client:
        told = client.upload_receipt(upload, kind=cast('Literal["json", "pdf"]', kind))
    out.write_bytes(told)
    typer.echo(str(out))


def configure(
    url: Annotated[str, typer.Option(prompt="服务地址 address", help="Of the service.")],
    key: Annotated[
        str | None, typer.Option(help="Better typed when asked, or piped, than given here.")
    ] = None,
    client_id: Annotated[
        str | None, typer.Option(help="Id of the key: then it only gets tokens of ten minutes.")
    ] = None,
) -> None:
    """Keep address and key in a file of yours (0600), once the service knows the key."""
    from dianchi_client import Client
    from dianchi_client.sdk.settings import Settings, file_of, write_settings

    if key is None:
        terminal = sys.stdin.isatty()
        key = typer.prompt("密钥 key", hide_input=True) if terminal else sys.stdin.readline()
    key = str(key).strip()
    with Client(url, key, client_id=client_id, retries=trying(A_WHILE)) as client:
        me = client.me()
    write_settings(Settings(url, key, client_id), file_of())
    typer.echo(f"{me['name'] or me['organisation']} ({me['role']}) · {file_of()}")
