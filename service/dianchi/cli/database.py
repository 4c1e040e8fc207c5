"""The database of a command: the operator's own, or the embedded one."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from dianchi.settings import Settings, personal_keys
from dianchi.store.clear_vins import has_clear_vins, seal_clear_vins
from dianchi.store.cluster import attach
from dianchi.store.migrate import migrate
from dianchi.store.vault import Vault


def brought_up(settings: Settings, dsn: str, say: Callable[[int], None]) -> None:
    """Brings a database to the newest schema, and what it holds into the newest form.

    Args:
        settings: of this process.
        dsn: of the database.
        say: told how many VINs were encrypted so far, where some stood in clear.

    Raises:
        SettingsError: there is something to encrypt, and no key for it.
    """
    migrate(dsn)
    if not asyncio.run(has_clear_vins(dsn)):
        return
    vault = Vault(personal_keys(settings))
    asyncio.run(seal_clear_vins(dsn, vault, say))


def _say(moved: int) -> None:
    # Not on standard output, which may be JSON.
    typer.echo(f"VINs encrypted: {moved}", err=True)


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """The address of the migrated database, for a command beside a running service or without."""
    if not settings.embedded:
        brought_up(settings, settings.database_url, _say)
        yield settings.database_url
        return
    cluster = attach(settings.data_dir)
    try:
        brought_up(settings, cluster.dsn, _say)
        yield cluster.dsn
    finally:
        cluster.stop()
