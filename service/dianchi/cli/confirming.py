"""`dianchi person confirm`: where nobody is left who could be the second person."""

import asyncio
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

people = typer.Typer(no_args_is_help=True, help="People who sign in.")


@people.command("confirm")
def person_confirm(
    proposal: Annotated[UUID, typer.Argument(help="The id of the proposal.")],
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the embedded database.")] = None,
) -> None:
    """Confirm what waits for a second person, where nobody is left to do it; prints its link."""
    from dianchi.access.proposals import DecidedError
    from dianchi.cli.database import database_of
    from dianchi.cli.people import confirm_by_hand
    from dianchi.settings import load

    settings = load() if data_dir is None else load(data_dir=data_dir)
    with database_of(settings) as dsn:
        try:
            link = asyncio.run(confirm_by_hand(settings, dsn, proposal))
        except DecidedError as error:
            said = f"dianchi: nothing waits under {proposal}: it is {error.state}"
            typer.secho(said, fg="red", err=True)
            raise typer.Exit(2) from None
    typer.echo(link or "confirmed")
