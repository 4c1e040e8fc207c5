"""What commands that talk to the service share: a client, and failures in sentences."""

import json
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any, Final, NoReturn

import typer

from dianchi_client.sdk.failures import (
    DianchiError,
    Fault,
    Refused,
    TooMany,
    Unavailable,
    UnexpectedAnswer,
    Unreachable,
)
from dianchi_client.sdk.retries import Retries

AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
Url = Annotated[
    str | None, typer.Option("--url", help="Address of the service; else DIANCHI_URL or the file.")
]
Patience = Annotated[
    float, typer.Option(help="Seconds to keep trying where nothing answers.", min=0)
]
A_WHILE: Final = 20.0
"""For a person who waits at a terminal."""
LONG: Final = 900.0
"""For a run that outlasts a link that is down for a while."""
REFUSED: Final = 1
UNUSABLE: Final = 2
NOT_NOW: Final = 3
_SHOWN_FAULTS: Final = 20
_CHINA: Final = timezone(timedelta(hours=8))


def trying(patience: float) -> Retries:
    """Tries again for so many seconds."""
    return Retries(total_s=patience, cap_s=min(30.0, patience / 4))


def fail(error: DianchiError, *, as_json: bool) -> NoReturn:
    """Says why, and ends: status 1 refused, 2 not usable, 3 worth another try later."""
    if as_json:
        typer.echo(json.dumps({"error": _told(error)}, ensure_ascii=False))
    else:
        typer.secho(f"未成功：{error.zh}", fg="red", bold=True, err=True)
        typer.secho(f"failed: {error.en}", fg="red", err=True)
        if isinstance(error, Refused):
            for fault in error.errors[1:_SHOWN_FAULTS]:
                typer.secho(f"  {said(fault)}", fg="red", err=True)
    raise SystemExit(status_of(error))


def status_of(error: DianchiError) -> int:
    """The exit status for a failure."""
    if isinstance(error, Unreachable | UnexpectedAnswer | Unavailable | TooMany):
        return NOT_NOW
    return REFUSED if isinstance(error, Refused) else UNUSABLE


def said(fault: Fault) -> str:
    """A fault in one line, in both languages."""
    where = f"{fault.pointer} = {fault.value!r}: " if fault.pointer else ""
    return f"{where}{fault.message.zh}，{fault.way_out.zh} · {fault.message.en}, {fault.way_out.en}"


def _told(error: DianchiError) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": type(error).__name__, "zh": error.zh, "en": error.en}
    if isinstance(error, Refused):
        problem = error.problem._asdict()
        problem["errors"] = [
            fault._asdict()
            | {"message": fault.message._asdict(), "way_out": fault.way_out._asdict()}
            for fault in error.errors
        ]
        told["problem"] = problem
    return told


def in_china(moment: str) -> str:
    """An instant as clocks in China show it; a day stays one."""
    if "T" not in moment:
        return moment
    return f"{datetime.fromisoformat(moment).astimezone(_CHINA):%Y-%m-%d %H:%M}"
