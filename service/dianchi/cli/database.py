"""The database of a command: the operator's own, or the embedded one."""

from collections.abc import Iterator
from contextlib import contextmanager

from dianchi.settings import Settings
from dianchi.store.cluster import attach
from dianchi.store.migrate import migrate


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """The address of the migrated database, for a command beside a running service or without."""
    if not settings.embedded:
        migrate(settings.database_url)
        yield settings.database_url
        return
    cluster = attach(settings.data_dir)
    try:
        migrate(cluster.dsn)
        yield cluster.dsn
    finally:
        cluster.stop()
