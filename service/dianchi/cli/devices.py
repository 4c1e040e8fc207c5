"""`dianchi device add`: the code by which a phone is bound to its outlet."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dianchi.domain.events import REPORTING

if TYPE_CHECKING:
    from dianchi.settings import Settings

devices = typer.Typer(no_args_is_help=True, help="Phones that scan for an organisation.")


@devices.command("add")
def device_add(
    organisation: Annotated[str, typer.Option(help="Its name, code or id.")],
    name: Annotated[str, typer.Option(help="What the device is called.")],
    site: Annotated[str | None, typer.Option(help="Number of the site where it is used.")] = None,
    role: Annotated[str, typer.Option(help="As what it reports.")] = "outlet",
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the embedded database.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Make a one-time code for a phone (30 minutes); works while the service runs."""
    from dianchi.cli.database import database_of
    from dianchi.settings import load

    settings = load() if data_dir is None else load(data_dir=data_dir)
    with database_of(settings) as dsn:
        answer = asyncio.run(_added(settings, dsn, (organisation, site), role, name))
    if isinstance(answer, str):
        typer.secho(f"dianchi: {answer}", fg="red", err=True)
        raise typer.Exit(2)
    typer.echo(json.dumps(answer) if as_json else f"{answer['code']}  {answer['link']}")


async def _added(
    settings: "Settings", dsn: str, place: tuple[str, str | None], role: str, name: str
) -> dict[str, str] | str:
    """What is shown of a new device; text says why there is none."""
    from dianchi.access.devices import Wanted, add_device, link_of
    from dianchi.access.keys import KeyRing, now_of
    from dianchi.access.registry import read_registry
    from dianchi.cli.enrolling import session_over
    from dianchi.cli.noting import note_command
    from dianchi.ports import SystemClock
    from dianchi.store.readers import open_readers
    from dianchi.store.rights import REGISTRAR

    async with (
        session_over(dsn) as session,
        await open_readers(dsn, most=1, role=REGISTRAR) as readers,
    ):
        registry = await read_registry(session)
        firm, site = registry.organisation(place[0]), place[1]
        if firm is None:
            return f"{place[0]} is not registered; `dianchi org add` enrols it"
        if role not in REPORTING:
            return f"{role} reports nothing; use one of: {', '.join(REPORTING)}"
        if site is not None and (firm.id, site) not in registry.sites:
            return f"{firm.name} has no site {site}"
        await note_command(dsn, "device add", firm.id)
        pepper = bytes.fromhex(settings.key_pepper.get_secret_value())
        clock = SystemClock()
        ring = KeyRing(readers, pepper, clock)
        row, code = await add_device(
            session, ring, Wanted(firm.id, role, name, site), now_of(clock)
        )
    return {"device": row.id, "code": code, "link": link_of(settings.public_address, code)}
