"""Every command with its options; the work is done elsewhere."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from dianchi.access.enrol import Enrolment, add_key, enrol
from dianchi.cli.bench import bench
from dianchi.cli.database import database_of
from dianchi.cli.serving import serve_until_stopped
from dianchi.domain.events import ROLES
from dianchi.domain.identifiers import parse_prefecture, parse_uscc
from dianchi.domain.refusals import Malformed
from dianchi.settings import Settings, load
from dianchi.store.migrate import migrate as run_migrations
from dianchi.wiring import opened

app = typer.Typer(
    no_args_is_help=True,
    help="dianchi 滇池: the life of every traction battery.",
    pretty_exceptions_enable=False,
)
organisations = typer.Typer(no_args_is_help=True, help="Organisations.")
keys = typer.Typer(no_args_is_help=True, help="Bearer keys.")
schemas = typer.Typer(no_args_is_help=True, help="The published contracts.")
app.add_typer(organisations, name="org")
app.add_typer(keys, name="key")
app.add_typer(schemas, name="schemas")
app.command()(bench)

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


@app.command()
def serve(data_dir: DataDir = None, port: Port = None) -> None:
    """Run the service: embedded database (or DIANCHI_DATABASE_URL), worker, HTTP."""
    serve_until_stopped(settings_of(data_dir, port))


@app.command()
def migrate(data_dir: DataDir = None) -> None:
    """Bring the database to the newest schema."""
    with database_of(settings_of(data_dir)) as dsn:
        run_migrations(dsn)
    typer.echo("migrated")


@app.command(hidden=True)
def worker(data_dir: DataDir = None) -> None:
    """Follow the log until standard input closes; started by `serve`."""
    import os  # noqa: PLC0415 - only this hidden command reads what its parent hands over

    from dianchi.worker import run_worker  # noqa: PLC0415 - keeps the other commands quick

    run_worker(settings_of(data_dir), os.environ["DIANCHI_WORKER_DSN"])


def _checked(parse: Any, text: str | None) -> Any:  # noqa: ANN401 - any parser
    if text is None:
        return None
    try:
        return parse(text)
    except Malformed as error:
        fail(f"{text}: {error.what.en}; {error.way_out.en}")


async def _enrol(
    settings: Settings, dsn: str, told: Enrolment, role: str | None, prefecture: str | None
) -> dict[str, Any]:
    now = datetime.now(UTC)  # noqa: TID251 - the command line is an edge
    async with opened(settings, dsn) as services, services.make_session() as session:
        row = await enrol(session, told, now)
        answer: dict[str, Any] = {"organisation": row.id, "name": row.name}
        if role is not None:
            key = await add_key(session, services.ring, row.id, role, prefecture, now)
            answer |= {"role": role, "prefecture": prefecture, "key": key}
        return answer


@organisations.command("add")
def org_add(
    name: str,
    uscc: str | None = None,
    province: str | None = None,
    prefecture: str | None = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Enrol an organisation."""
    settings = settings_of(data_dir)
    place = _checked(parse_prefecture, prefecture)
    told = Enrolment(name, _checked(parse_uscc, uscc), province, place.code if place else None)
    with database_of(settings) as dsn:
        answer = asyncio.run(_enrol(settings, dsn, told, None, None))
    typer.echo(
        json.dumps(answer, ensure_ascii=False)
        if as_json
        else f"{answer['organisation']}  {answer['name']}"
    )


@keys.command("add")
def key_add(
    organisation: Annotated[str, typer.Option(help="Its name; made when missing.")],
    role: Annotated[str, typer.Option(help=f"One of: {', '.join(ROLES)}.")],
    prefecture: Annotated[str | None, typer.Option(help="Binds a regulator to an area.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a bearer key and show it once; works while the service runs."""
    if role not in ROLES:
        fail(f"{role} is no role; use one of: {', '.join(ROLES)}")
    settings = settings_of(data_dir)
    place = _checked(parse_prefecture, prefecture)
    code = place.code if place else None
    with database_of(settings) as dsn:
        answer = asyncio.run(
            _enrol(settings, dsn, Enrolment(organisation, prefecture=code), role, code)
        )
    typer.echo(json.dumps(answer, ensure_ascii=False) if as_json else answer["key"])


@schemas.command("write")
def schemas_write() -> None:
    """Write the contracts into schemas/."""
    from dianchi.cli.contracts import write  # noqa: PLC0415 - builds the whole application

    for path in write():
        typer.echo(path)


@schemas.command("check")
def schemas_check() -> None:
    """Fail when schemas/ is not what the code says."""
    from dianchi.cli.contracts import differences  # noqa: PLC0415 - as above

    different = differences()
    if different:
        fail(f"run `make schemas`; out of step: {', '.join(different)}")
