"""`dianchi bench`: measures design 9 on this machine and says how it went."""

import asyncio
import json
import signal
from collections.abc import Coroutine
from typing import Annotated, Any, Final, TypeVar

import typer
from rich.console import Console

from dianchi.bench.scales import GROUPS, SCALES

_WIDTH: Final = 160
Measured = TypeVar("Measured")
Choice = Annotated[str, typer.Option(help=f"How much is loaded: {', '.join(SCALES)}.")]
Windows = Annotated[int | None, typer.Option(min=1, max=50, help="Windows of each contender.")]
Only = Annotated[list[str] | None, typer.Option(help=f"Some of: {', '.join(GROUPS)}.")]


def bench(
    scale: Choice = "quick",
    windows: Windows = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
    only: Only = None,
) -> None:
    """Measure the service and its rivals side by side, in a database made for it and dropped."""
    _one_of(scale, tuple(SCALES))
    for name in only or ():
        _one_of(name, GROUPS)
    from dianchi.bench.run import fitted, run
    from dianchi.bench.table import (
        as_document,
        machine_line,
        question_table,
        rate_table,
        ratio_table,
    )

    shown = Console(stderr=True)
    try:
        with shown.status("…") as status:
            # What is measured overnight into a file tells how far it came, line by line.
            say = status.update if shown.is_terminal else shown.print
            machine, results = _measured(run(fitted(SCALES[scale], windows), only or (), say))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    if as_json:
        typer.echo(json.dumps(as_document(machine, results), ensure_ascii=False, indent=1))
        return
    console = Console(width=None if shown.is_terminal else _WIDTH)
    tables = rate_table(results), question_table(results), ratio_table(results)
    console.print(machine_line(machine), *filter(None, tables), sep="\n")


def _measured(running: Coroutine[Any, Any, Measured]) -> Measured:
    """Runs it on the loop that the service runs on; SIGTERM cleans up as Ctrl-C does."""
    import uvloop

    # A shell may start us with SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(running)


def _one_of(name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise typer.BadParameter(f"{name} is none of: {', '.join(known)}")
