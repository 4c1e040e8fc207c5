"""`dianchi org` and `dianchi key`: organisations and their bearer keys."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dianchi.cli.options import AsJson, DataDir, fail, settings_of
from dianchi.domain.areas import DEPARTMENTS
from dianchi.domain.events import ROLES
from dianchi.domain.identifiers import parse_prefecture, parse_province, parse_uscc
from dianchi.domain.refusals import Malformed

if TYPE_CHECKING:
    from dianchi.access.enrol import Enrolment
    from dianchi.access.issue import KeyTerms

organisations = typer.Typer(no_args_is_help=True, help="Organisations.")
keys = typer.Typer(no_args_is_help=True, help="Bearer keys.")


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


def _now() -> datetime:
    from dianchi.access.keys import now_of
    from dianchi.ports import SystemClock

    return now_of(SystemClock())
