"""What commands share: their common options, the settings, and how one ends that failed."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from dianchi.settings import Settings, load

DataDir = Annotated[Path | None, typer.Option(help="Folder of the embedded database.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def settings_of(data_dir: Path | None, port: int | None = None) -> Settings:
    """The settings, options first."""
    given = {"data_dir": data_dir, "port": port}
    return load(**{name: value for name, value in given.items() if value is not None})


def fail(text: str) -> NoReturn:
    """Ends the command: what is wrong, on standard error."""
    typer.secho(f"dianchi: {text}", fg="red", err=True)
    raise typer.Exit(2)
