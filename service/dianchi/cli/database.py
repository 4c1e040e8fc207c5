"""The database of a command: the operator's own, or the embedded one."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import typer

from dianchi.settings import Settings, personal_keys
from dianchi.store.clear_names import has_clear_names, seal_clear_names
from dianchi.store.clear_vins import has_clear_vins, seal_clear_vins
from dianchi.store.cluster import Cluster, attach
from dianchi.store.logins import LOGINS, admit_login, make_logins
from dianchi.store.migrate import migrate
from dianchi.store.vault import Vault


def brought_up(settings: Settings, dsn: str, say: Callable[[int], None]) -> None:
    """Brings a database to the newest schema, and what it holds into the newest form.

    Args:
        settings: of this process.
        dsn: of the database, as its owner.
        say: told how many VINs were encrypted so far, where some stood in clear.

    Raises:
        SettingsError: there is something to encrypt, and no key for it.
    """
    migrate(dsn)
    vins, names = asyncio.run(has_clear_vins(dsn)), asyncio.run(has_clear_names(dsn))
    if not (vins or names):
        return
    vault = Vault(personal_keys(settings))
    if vins:
        asyncio.run(seal_clear_vins(dsn, vault, say))
    if names:
        asyncio.run(seal_clear_names(dsn, vault))


def _say(moved: int) -> None:
    # Not on standard output, which may be JSON.
    typer.echo(f"VINs encrypted: {moved}", err=True)


class Addresses(NamedTuple):
    """The database as each process connects to it, by a login that owns nothing."""

    service: str
    worker: str
    owner: str = ""
    """By whoever migrates; empty where that is the login of the service."""


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """The address of the migrated database, for a command beside a running service or without."""
    with addresses_of(settings, attach, _say) as addresses:
        yield addresses.service


@contextmanager
def addresses_of(
    settings: Settings, join: Callable[[Path], Cluster], say: Callable[[int], None]
) -> Iterator[Addresses]:
    """The addresses of the migrated database.

    Args:
        settings: of this process.
        join: gets at the embedded server of a data folder, where there is one.
        say: as in `brought_up`.

    Raises:
        ClusterError: a login lacks what it needs; the text says the remedy.
    """
    if not settings.embedded:
        yield _of_the_operator(settings, say)
        return
    cluster = join(settings.data_dir)
    try:
        brought_up(settings, cluster.dsn, say)
        passwords = {login: cluster.password_of(login.name) for login in LOGINS}
        asyncio.run(make_logins(cluster.dsn, passwords))
        service, worker = (cluster.dsn_as(login.name) for login in LOGINS)
        yield Addresses(service, worker, cluster.dsn)
    finally:
        cluster.stop()


def _of_the_operator(settings: Settings, say: Callable[[int], None]) -> Addresses:
    service, owner = settings.database_url, settings.migration_url
    addresses = Addresses(service, settings.worker_url or service, owner)
    brought_up(settings, owner or service, say)
    for login, address in zip(LOGINS, addresses[:2], strict=True):
        asyncio.run(admit_login(address, login.roles, owner))
    return addresses
