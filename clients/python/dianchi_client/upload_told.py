"""How an upload is told to a person or a program: a bar while it runs, a table at its end."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import typer

from dianchi_client.asking import said
from dianchi_client.report_files import BadLine

if TYPE_CHECKING:
    from dianchi_client import Row, Tally

_MOST: Final = 20
"""Rows that are shown to a person."""
_MOST_TOLD: Final = 1_000
"""Refused rows that are remembered; the file of refused ones has them all."""


class Refusals:
    """What was refused: the first of it to be told, all of it in a file to be mended."""

    def __init__(self, path: Path | None) -> None:
        self.first: Final[list[Row]] = []
        self._file: Final = path.open("wb") if path is not None else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, rows: Sequence["Row"]) -> None:
        """Notes those of the rows that were refused."""
        for row in rows:
            if row.outcome != "refused":
                continue
            if len(self.first) < _MOST_TOLD:
                self.first.append(row)
            if self._file is not None:
                self._file.write(row.report + b"\n")


@contextmanager
def progress(count: int) -> Iterator[Callable[["Tally"], None]]:
    """A bar with rate and time left on a terminal; nothing where nobody looks."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich import progress as bars
    from rich.console import Console

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[rate]}"),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task("上报 reporting", total=count, rate="")

        def advance(tally: "Tally") -> None:
            speed = shown.tasks[0].speed
            rate = f"{speed:,.0f}/s" if speed else ""
            shown.update(task, completed=tally.total, rate=rate)

        yield advance


def tell_bad_lines(file: Path, bad: Sequence[BadLine]) -> None:
    """Which lines hold no report; nothing was sent."""
    typer.secho(f"{file} 有 {len(bad)} 行不是上报，没有提交任何内容", fg="red", bold=True, err=True)
    typer.secho(f"{len(bad)} lines of {file} hold no report; nothing was sent", fg="red", err=True)
    for line in bad[:_MOST]:
        typer.secho(f"  {line.line}: {line.zh} · {line.en}", fg="red", err=True)


def tell_how_to_go_on(journal: Path | None) -> None:
    """What to do after a run that had to stop."""
    if journal is not None:
        typer.secho(
            f"已提交的记在 {journal}：再次运行同一命令即从中断处继续",
            fg="yellow",
            err=True,
        )
        typer.secho("run the same command again: it goes on from there", fg="yellow", err=True)


def tell_upload(tally: "Tally", refused: Sequence["Row"], *, dry_run: bool, as_json: bool) -> None:
    """What became of the reports."""
    counts = {name: getattr(tally, name) for name in ("accepted", "duplicate", "before", "refused")}
    if as_json:
        problems = [_problem(row) for row in refused]
        typer.echo(json.dumps(counts | {"problems": problems}, ensure_ascii=False))
        return
    head = "试运行，未保存 · dry run, nothing stored" if dry_run else "完成 · done"
    typer.secho(head, fg="yellow" if refused else "green", bold=True)
    words = ("新保存 accepted", "已有 duplicate", "以前已提交 sent before", "拒绝 refused")
    for word, number in zip(words, counts.values(), strict=True):
        typer.echo(f"  {word}: {number:,}")
    if refused:
        _table(refused, tally.refused)


def _table(refused: Sequence["Row"], count: int) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    # Chinese has no spaces to break a line at.
    last = Column("位置和办法 where, and the way out", overflow="fold")
    table = Table("第几份 report", "代码 code", last, show_lines=True)
    for row in refused[:_MOST]:
        if row.problem is not None:
            faults = "\n".join(said(fault).replace(" · ", "\n", 1) for fault in row.problem.errors)
            table.add_row(f"{row.place:,}", row.problem.code, faults)
    Console().print(table)
    if count > _MOST:
        typer.echo(f"  … 共 {count:,} 份，--refused 文件 可全部导出 · all by --refused FILE")


def _problem(row: "Row") -> dict[str, object]:
    told: dict[str, object] = {"place": row.place, "event_id": row.event_id}
    if row.problem is not None:
        faults = [
            {"pointer": f.pointer, "code": f.code, "value": f.value} for f in row.problem.errors
        ]
        told |= {"code": row.problem.code, "detail": row.problem.detail, "errors": faults}
    return told
