"""Reading a file in a process of its own, from the side of whoever asked for it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from dianchi.domain.refusals import Fault, Refused
from dianchi.exchange.sheets.faults import damaged
from dianchi.exchange.sheets.headers import Cell

_LONGEST: Final = 64 * 1024 * 1024
Row = tuple[int, list[Cell]]


class Opened(NamedTuple):
    """What a table is, told before its rows."""

    format: str
    sheet: str
    columns: list[str]
    left: int
    others: list[str]
    mark: list[str]


_decode: Final = msgspec.json.Decoder().decode


async def read_apart(path: Path, name: str, role: str | None = None) -> AsyncIterator[Opened | Row]:
    """The table, then its rows.

    Args:
        path: where the file lies.
        name: as its sender calls it.
        role: of the sender, where it is a file of the national form.

    Raises:
        Refused: it is not read; some rows may have been told before.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dianchi.exchange.sheets.child",
        str(path),
        name,
        *(() if role is None else (role,)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=_LONGEST,
        env=_environment(),
    )
    assert child.stdout is not None  # noqa: S101 - it is a pipe
    complete = False
    try:
        while line := await child.stdout.readline():
            told = _decode(line)
            if isinstance(told, list):
                yield told[0], told[1]
            elif "rows" in told:
                complete = True
            else:
                yield _opened(told)
        if not complete:
            raise damaged(f"{await child.wait()}")
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


def _opened(told: dict[str, Any]) -> Opened:
    if "refused" in told:
        raise Refused(*(msgspec.convert(fault, Fault) for fault in told["refused"]))
    return Opened(**told)


def _environment() -> dict[str, str]:
    """Nothing of ours but where the interpreter finds its modules: no secret, no address."""
    kept = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "LC_ALL", "TZ")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"PYTHONUTF8": "1"}
