"""Every command with its options; the work is done elsewhere."""

import asyncio
import json
from datetime import datetime
from typing import Annotated

import typer

from dianchi.cli.bench import bench
from dianchi.cli.confirming import people
from dianchi.cli.devices import devices
from dianchi.cli.firms import keys, organisations
from dianchi.cli.options import AsJson, DataDir, Port, fail, settings_of
from dianchi.demo.plan import LEAST_LIVES, LIVES, SEED
from dianchi.views.collecting import rarely_collecting

app = typer.Typer(
    no_args_is_help=True,
    help="dianchi 滇池: the life of every traction battery.",
    pretty_exceptions_enable=False,
)
keks = typer.Typer(no_args_is_help=True, help="Keys that wrap the keys of personal values.")
schemas = typer.Typer(no_args_is_help=True, help="The published contracts.")
app.add_typer(organisations, name="org")
app.add_typer(keys, name="key")
app.add_typer(devices, name="device")
app.add_typer(keks, name="kek")
app.add_typer(people, name="person")
app.add_typer(schemas, name="schemas")
app.command()(bench)


@app.command()
def serve(data_dir: DataDir = None, port: Port = None) -> None:
    """Run the service: embedded database (or DIANCHI_DATABASE_URL), worker, HTTP."""
    with rarely_collecting():
        from dianchi.cli.serving import serve_until_stopped

    serve_until_stopped(settings_of(data_dir, port))


@app.command()
def demo(
    data_dir: DataDir = None,
    port: Port = None,
    lives: Annotated[int, typer.Option(min=LEAST_LIVES, help="How many packs.")] = LIVES,
    seed: Annotated[int, typer.Option(help="Another seed, another province.")] = SEED,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; default today.")
    ] = None,
) -> None:
    """Run the service with a synthetic province, made once in the data folder."""
    with rarely_collecting():
        from dianchi.cli.demo import run_demo

    run_demo(settings_of(data_dir, port), lives, seed, until)


@app.command("national-stand-in")
def national_stand_in(
    token: Annotated[str, typer.Option(help="That it issued; any text.")],
    key: Annotated[str, typer.Option(help="That it issued; any text.")],
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 9000,
    fault: Annotated[
        list[str] | None, typer.Option(help="FAULT=SHARE, as reset_after=0.1; may be repeated.")
    ] = None,
) -> None:
    """Stand in for the national platform: speaks its interface, and fails as asked."""
    from dianchi.cli.standing_in import stand_in

    stand_in(port, token, key, fault or [])


@app.command()
def migrate(data_dir: DataDir = None) -> None:
    """Bring the database to the newest schema."""
    from dianchi.cli.database import database_of

    with database_of(settings_of(data_dir)):
        pass
    typer.echo("migrated")


@app.command()
def fsck(
    key: Annotated[
        list[str] | None, typer.Option(help="A retired public key of the log; may be repeated.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Read every event again and compare the log with all that was ever signed of it."""
    from dianchi.cli.checking import run_fsck

    if not run_fsck(settings_of(data_dir), key or [], as_json=as_json):
        raise typer.Exit(1)


@app.command(hidden=True)
def worker(data_dir: DataDir = None) -> None:
    """Follow the log until standard input closes; started by `serve`."""
    import functools
    import os

    from dianchi.cli.filing import have_files_worked_on
    from dianchi.cli.log import publisher, witnesses
    from dianchi.cli.national import run_pusher
    from dianchi.cli.webhooks import courier
    from dianchi.worker.launching import Launcher
    from dianchi.worker.process import Beside, run_worker

    settings, dsn = settings_of(data_dir), os.environ["DIANCHI_WORKER_DSN"]
    files = functools.partial(have_files_worked_on, settings, dsn, Launcher())
    national = functools.partial(run_pusher, settings, dsn)
    beside = Beside(witnesses(settings, dsn), courier(settings, dsn), files, national)
    raise typer.Exit(run_worker(publisher(settings), dsn, beside))


@app.command(hidden=True)
def files(data_dir: DataDir = None) -> None:
    """Work on files until none came for a while; started by the worker when one waits."""
    import functools
    import os

    from dianchi.cli.filing import turns_at_files
    from dianchi.worker.filing import run_files

    settings, dsn = settings_of(data_dir), os.environ["DIANCHI_WORKER_DSN"]
    raise typer.Exit(run_files(functools.partial(turns_at_files, settings, dsn)))


@app.command("sandbox-template", hidden=True)
def sandbox_template(data_dir: DataDir = None) -> None:
    """Fill the database that sandboxes are copied from; started by `serve`."""
    import os

    from dianchi.cli.sandboxes import fill_template

    fill_template(settings_of(data_dir), os.environ["DIANCHI_WORKER_DSN"])


@keks.command("rotate")
def kek_rotate(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Wrap every personal value's key by the newest of DIANCHI_PERSONAL_KEY; may be repeated."""
    from dianchi.cli.database import database_of
    from dianchi.cli.enrolling import rotate_by_hand

    settings = settings_of(data_dir)
    with database_of(settings) as dsn:
        kek, count = asyncio.run(
            rotate_by_hand(settings, dsn, lambda done: typer.echo(f"{done} …", err=True))
        )
    answer = {"kek": kek, "wrapped": count}
    typer.echo(json.dumps(answer) if as_json else f"{kek}  {count} values wrapped anew")


@app.command("admin-link")
def admin_link(data_dir: DataDir = None, port: Port = None, as_json: AsJson = False) -> None:
    """Make a one-time link for an administrator of the platform; works while the service runs."""
    from dianchi.cli.database import database_of
    from dianchi.cli.people import admin_link_by_hand

    settings = settings_of(data_dir, port)
    with database_of(settings) as dsn:
        link, ends = asyncio.run(admin_link_by_hand(settings, dsn))
    answer = {"link": link, "expires_at": ends.isoformat()}
    typer.echo(json.dumps(answer) if as_json else link)


@schemas.command("write")
def schemas_write() -> None:
    """Write the contracts into schemas/ and the reference pages into docs/."""
    from dianchi.cli.contracts import write

    for path in write():
        typer.echo(path)


@schemas.command("check")
def schemas_check() -> None:
    """Fail when schemas/ or docs/reference/ is not what the code says."""
    from dianchi.cli.contracts import differences

    different = differences()
    if different:
        fail(f"run `make schemas`; out of step: {', '.join(different)}")
