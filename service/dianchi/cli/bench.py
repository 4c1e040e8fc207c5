"""`dianchi bench`: measures design 9 and says how it went."""

import asyncio
import json
import sys
from dataclasses import replace
from typing import Annotated, Final

import typer
from rich.console import Console

from dianchi.bench.run import GROUPS, fitted, run
from dianchi.bench.scales import SCALES
from dianchi.bench.table import as_json, machine_line, rate_table, ratio_table

_WIDTH: Final = 150


def bench(
    scale: Annotated[str, typer.Option(help=f"How much is loaded: {', '.join(SCALES)}.")] = "quick",
    windows: Annotated[int | None, typer.Option(min=1, max=50, help="Windows kept for each contender.")] = None,
    as_json_: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,  # noqa: FBT002 - typer's way
    only: Annotated[list[str] | None, typer.Option(help=f"Groups: {', '.join(GROUPS)}.")] = None,
) -> None:
    """Measure this machine: the service and its rivals side by side, in a database of its own."""
