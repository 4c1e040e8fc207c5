"""Every command with its options; the work is done elsewhere."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from dianchi.cli.bench import bench
from dianchi.cli.confirming import people
from dianchi.demo.plan import LEAST_LIVES, LIVES, SEED
from dianchi.domain.areas import DEPARTMENTS
from dianchi.domain.events import ROLES
from dianchi.domain.identifiers import parse_prefecture, parse_province, parse_uscc
from dianchi.domain.refusals import Malformed
from dianchi.settings import Settings, load

if TYPE_CHECKING:
    from dianchi.access.enrol import Enrolment
    from dianchi.access.issue import KeyTerms

app = typer.Typer(
    no_args_is_help=True,
    help="dianchi 滇池: the life of every traction battery.",
    pretty_exceptions_enable=False,
)
organisations = typer.Typer(no_args_is_help=True, help="Organisations.")
keys = typer.Typer(no_args_is_help=True, help="Bearer keys.")
keks = typer.Typer(no_args_is_help=True, help="Keys that wrap the keys of personal values.")
schemas = typer.Typer(no_args_is_help=True, help="The published contracts.")
app.add_typer(organisations, name="org")
app.add_typer(keys, name="key")
app.add_typer(keks, name="kek")
app.add_typer(people, name="person")
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
    from dianchi.cli.demo import run_demo

    run_demo(settings_of(data_dir, port), lives, seed, until)


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
    import os

    from dianchi.cli.log import publisher, witnesses
    from dianchi.worker import run_worker

    settings, dsn = settings_of(data_dir), os.environ["DIANCHI_WORKER_DSN"]
    raise typer.Exit(run_worker(publisher(settings), dsn, witnesses(settings, dsn)))


def _checked(parse: Any, text: str | None) -> Any:  # noqa: ANN401 - any parser
    if text is None:
        return None
    try:
        return parse(text)
    except Malformed as error:
        fail(f"{text}: {error.what.en}; {error.way_out.en}")


def _enrol(data_dir: Path | None, told: "Enrolment", wanted: "KeyTerms | None") -> dict[str, Any]:
    from dianchi.cli.database import database_of
    from dianchi.cli.enrolling import enrol_by_hand

    settings = settings_of(data_dir)
    with database_of(settings) as dsn:
        try:
            return asyncio.run(enrol_by_hand(settings, dsn, told, wanted))
        except Malformed as error:
            fail(f"{error.what.en}; {error.way_out.en}")


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
    from dianchi.access.enrol import Enrolment

    area = _checked(parse_prefecture, prefecture)
    home = _checked(parse_province, province)
    told = Enrolment(
        name,
        _checked(parse_uscc, uscc),
        home.code if home else None,
        area.code if area else None,
    )
    answer = _enrol(data_dir, told, None)
    typer.echo(
        json.dumps(answer, ensure_ascii=False)
        if as_json
        else f"{answer['organisation']}  {answer['name']}"
    )


@keys.command("add")
def key_add(  # noqa: PLR0913, PLR0917 - one argument for each option
    organisation: Annotated[str, typer.Option(help="Its name; made when missing.")],
    role: Annotated[str, typer.Option(help=f"One of: {', '.join(ROLES)}.")],
    prefecture: Annotated[str | None, typer.Option(help="Binds a regulator to an area.")] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="Narrows it: read, report or report:TYPE; may be repeated."),
    ] = None,
    expires_in_days: Annotated[
        int | None, typer.Option(min=1, max=365, help="Until the end of that day; default: none.")
    ] = None,
    area: Annotated[
        str | None,
        typer.Option(help="Of a regulator: 53, a prefecture, a county's code or dianzhong."),
    ] = None,
    department: Annotated[
        str | None, typer.Option(help=f"Of a regulator: {', '.join(DEPARTMENTS)}.")
    ] = None,
    of: Annotated[
        list[str] | None,
        typer.Option(help="Of an auditor: an organisation it may look at; may be repeated."),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a bearer key and show it once; works while the service runs."""
    if role not in ROLES:
        fail(f"{role} is no role; use one of: {', '.join(ROLES)}")
    from dianchi.access.enrol import Enrolment
    from dianchi.access.issue import KeyTerms, day_in
    from dianchi.domain.areas import parse_area, parse_department
    from dianchi.domain.scopes import parse_scope

    seat = _checked(parse_prefecture, prefecture)
    code = seat.code if seat else None
    told = Enrolment(organisation, prefecture=code)
    scopes = tuple(_checked(lambda text: parse_scope(text, role), one) for one in scope or ())
    last = None if expires_in_days is None else day_in(expires_in_days, _now())
    terms = KeyTerms(
        role,
        code,
        scopes or None,
        last,
        _checked(parse_area, area),
        _checked(parse_department, department),
        tuple(of) if of else None,
    )
    answer = _enrol(data_dir, told, terms)
    typer.echo(json.dumps(answer, ensure_ascii=False) if as_json else answer["key"])


@keys.command("list")
def key_list(
    organisation: Annotated[str, typer.Option(help="Its name or id.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the keys of an organisation: ids and beginnings, never a whole key."""
    from dianchi.cli.database import database_of
    from dianchi.cli.enrolling import keys_by_hand

    with database_of(settings_of(data_dir)) as dsn:
        found = asyncio.run(keys_by_hand(dsn, organisation))
    if as_json:
        typer.echo(json.dumps({"items": found}, ensure_ascii=False, default=datetime.isoformat))
        return
    for key in found:
        state = "revoked" if key["revoked_at"] else "-"
        typer.echo(f"{key['id']}  {key['prefix']}…  {key['role']}  {state}")


@keys.command("revoke")
def key_revoke(
    key_id: Annotated[str, typer.Argument(help="The id, as `dianchi key list` shows it.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the key.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Revoke a key: accepted nowhere after 5 s; works while the service runs."""
    from dianchi.cli.database import database_of
    from dianchi.cli.enrolling import revoke_by_hand

    if not reason.strip():
        fail("say why: --reason")
    with database_of(settings_of(data_dir)) as dsn:
        since = asyncio.run(revoke_by_hand(dsn, key_id, reason.strip()))
    if since is None:
        fail(f"there is no key {key_id}; `dianchi key list` shows the ids")
    answer = {"id": key_id, "revoked_at": since.isoformat()}
    typer.echo(json.dumps(answer) if as_json else f"{key_id}  revoked {answer['revoked_at']}")


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


def _now() -> datetime:
    from dianchi.access.keys import now_of
    from dianchi.ports import SystemClock

    return now_of(SystemClock())


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
