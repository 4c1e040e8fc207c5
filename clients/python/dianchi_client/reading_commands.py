"""`dianchi-client history` and `label`: what is read from the service."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from dianchi_client.asking import A_WHILE, AsJson, Patience, Url, in_china, trying
from dianchi_client.sdk.failures import NotConfigured

if TYPE_CHECKING:
    from dianchi_client import Battery, Event

_KINDS = ("png", "svg", "pdf", "zpl")


def history(
    name: Annotated[str, typer.Argument(help="Name of the battery.")],
    as_of: Annotated[str | None, typer.Option(help="As it stood on this day or instant.")] = None,
    known_at: Annotated[str | None, typer.Option(help="As it was known by then.")] = None,
    patience: Patience = A_WHILE,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Show the life of a battery, in the order in which it happened."""
    from dianchi_client import Client

    with Client(url, retries=trying(patience)) as client:
        events = client.history(name, as_of=as_of, known_at=known_at)
        if as_json:
            for event in events:
                typer.echo(json.dumps(event, ensure_ascii=False))
            return
        stands = client.battery(name, as_of=as_of, known_at=known_at)
        _tell_life(stands, events)


def _tell_life(battery: "Battery", events: Iterable["Event"]) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    stage = battery["stage_text"]
    stands = f"{stage['zh']} {stage['en']}" if stage else ""
    data = Column("内容 data", overflow="fold")
    table = Table(
        *("发生 occurred", "类型 type", "单位 by", data, "日志 log"),
        title=f"{battery['battery']}  {stands}",
    )
    for event in events:
        told = (f"{name}: {value}" for name, value in _flat(event["data"]))
        log = "" if event["log_index"] is None else str(event["log_index"])
        by = f"{event['organisation']}\n{event['role']}"
        # What was withdrawn is part of the story, and no longer of the life.
        style = "dim strike" if event["corrected_by"] else ""
        when = in_china(event["occurred_at"])
        table.add_row(when, event["type"], by, "\n".join(told), log, style=style)
    console = Console()
    console.print(table)
    for finding in battery["findings"]:
        text = finding["text"]
        console.print(f"发现 {finding['code']}: {text['zh']} · {text['en']}", style="yellow")


def _flat(data: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, object]]:
    for name, value in data.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def label(
    name: Annotated[str, typer.Argument(help="Name of the battery.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write: png, svg, pdf or zpl.")],
    size: Annotated[str, typer.Option(help="Paper in mm: 60x40 or 80x50.")] = "60x40",
    dpi: Annotated[int, typer.Option(help="Of the printer: 203 or 300, for png and zpl.")] = 203,
    patience: Patience = A_WHILE,
    url: Url = None,
) -> None:
    """Save the label of a battery; the end of the file's name says as what."""
    from dianchi_client import Client

    kind = out.suffix.lower().lstrip(".")
    if kind not in _KINDS:
        raise NotConfigured(
            f"{out}：文件名要以 .png、.svg、.pdf 或 .zpl 结尾",
            f"{out}: end the name of the file with .png, .svg, .pdf or .zpl",
        )
    with Client(url, retries=trying(patience)) as client:
        told = client.label(
            name,
            kind=cast('Literal["png", "svg", "pdf", "zpl"]', kind),
            size=cast('Literal["60x40", "80x50"]', size),
            dpi=cast("Literal[203, 300]", dpi),
        )
    out.write_bytes(told)
    typer.echo(str(out))
