"""`dianchi fsck`: progress while it reads, then what does not fit, the first bad index first."""

import asyncio
import json
import time
from collections.abc import Sequence

import typer
from rich.console import Console
from rich.progress import Progress

from dianchi.access.audit import SEALED, Verdict, check
from dianchi.cli.database import database_of
from dianchi.cli.log import wanted_log
from dianchi.domain.people import PLATFORM
from dianchi.ledger.fsck import Findings, Wanted, fsck
from dianchi.settings import Settings, SettingsError, personal_keys
from dianchi.store.acts import acts_of
from dianchi.store.connect import connect_as
from dianchi.store.rights import ASSESSOR
from dianchi.store.vault import Vault, vin_seal
from dianchi.store.vault_check import Values, check_values


def run_fsck(settings: Settings, retired: Sequence[str], *, as_json: bool) -> bool:
    """Checks the log and says what was found; whether all is as it was signed."""
    wanted = wanted_log(settings, retired)
    began = time.monotonic()
    with database_of(settings) as dsn:
        found = _checked(dsn, wanted)
        seconds = time.monotonic() - began
        audited = asyncio.run(_audited(dsn))
        values = _values(settings, dsn)
    if as_json:
        members = _members(found, wanted.origin, seconds) | {"audit": audited._asdict()}
        members["personal"] = values._asdict() if values else None
        typer.echo(json.dumps(members, ensure_ascii=False))
    else:
        _say(found, wanted.origin, seconds)
        _say_audit(audited)
        _say_values(values)
    return not found.faults and not audited.changed and (values is None or values.good)


def _values(settings: Settings, dsn: str) -> Values | None:
    """What became of the personal values; None where this process was not given their keys."""
    try:
        vault = Vault(personal_keys(settings))
    except SettingsError:
        return None
    refer = vin_seal(bytes.fromhex(settings.vin_key.get_secret_value()))
    return asyncio.run(check_values(dsn, vault, refer))


def _say_values(found: Values | None) -> None:
    if found is None:
        typer.echo("个人信息 · personal values: not checked, DIANCHI_PERSONAL_KEY is not set")
        return
    typer.echo(f"个人信息 · personal values: {found.whole:,} whole, {found.erased:,} erased by two")
    for what, references in (
        ("does not open, or is another value", found.changed),
        ("is gone, and nobody approved that", found.undecided),
        ("should be gone: an erasure was approved", found.kept),
    ):
        for reference in references:
            typer.secho(f"  personal_changed: {reference} {what}", fg="red")
    if found.missing:
        typer.secho(f"  personal_missing: {found.missing} references without a value", fg="red")


async def _audited(dsn: str) -> Verdict:
    connection = await connect_as(ASSESSOR, dsn)
    try:
        return await check(connection, await acts_of(connection, PLATFORM, SEALED))
    finally:
        await connection.close()


def _say_audit(found: Verdict) -> None:
    typer.echo(f"审计日志 · audit log: {found.entries:,} entries as they were sealed")
    for batch in found.changed:
        typer.secho(f"  audit_changed: batch {batch} is not what was sealed", fg="red")
    for batch in found.unsealed:
        typer.secho(f"  batch {batch} was never sealed (the service ended, or it was added)")


def _checked(dsn: str, wanted: Wanted) -> Findings:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("fsck", total=None)

        def say(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return asyncio.run(fsck(dsn, wanted, say))


def _members(found: Findings, origin: str, seconds: float) -> dict[str, object]:
    return {
        "origin": origin,
        "events": found.events,
        "root": found.root.hex(),
        "checkpoints": found.checkpoints,
        "seconds": round(seconds, 3),
        "clean": not found.faults,
        "first_bad_index": found.first_bad_index,
        "faults": [fault._asdict() for fault in found.faults],
    }


def _say(found: Findings, origin: str, seconds: float) -> None:
    rate = found.events / seconds if seconds else 0
    typer.echo(
        f"{origin}: {found.events:,} events, root {found.root.hex()}, {found.checkpoints:,} "
        f"checkpoints; {seconds:.1f} s, {rate:,.0f} events/s"
    )
    if not found.faults:
        typer.secho("全部一致 · everything is as it was signed", fg="green")
        return
    bad = found.first_bad_index
    typer.secho(
        "日志与签发过的不一致 · the log is not what was signed"
        + (f"; first bad index: {bad}" if bad is not None else ""),
        fg="red",
    )
    for fault in found.faults:
        typer.echo(f"  {fault.code}: {fault.text}")
