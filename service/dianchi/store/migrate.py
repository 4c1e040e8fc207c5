"""Brings a database to the newest version of the schema."""

import asyncio
import functools
import threading
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from asyncpg import InsufficientPrivilegeError
from sqlalchemy import Connection, pool
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import create_async_engine

from dianchi.store.errors import ClusterError
from dianchi.store.published import published

# Alembic keeps what it works on in globals of its modules.
_one_at_a_time = threading.Lock()
_NOT_THE_OWNER = (
    "the schema is not up to date and the login of the database may not change it: give the owner's"
    " as DIANCHI_MIGRATION_URL, here or once to `dianchi migrate`"
)


def migrate(dsn: str) -> None:
    """Run every migration that the database lacks. For callers outside an event loop.

    Args:
        dsn: of the database, as the owner of its tables; any login will do where none is lacking.

    Raises:
        ClusterError: some are lacking, and this login may not run them.
    """
    with _one_at_a_time:
        asyncio.run(_upgrade(dsn))


def head() -> str:
    """The newest version of the schema."""
    found = ScriptDirectory.from_config(config()).get_current_head()
    assert found is not None  # noqa: S101 - there are migrations
    return found


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings; `env.py` migrates over the given connection."""
    made = Config()
    made.set_main_option("script_location", _escaped(published("migrations")))
    made.attributes["connection"] = connection
    return made


def _escaped(path: Path) -> str:
    # Alembic's settings interpolate per cent signs.
    return str(path).replace("%", "%%")


async def _upgrade(dsn: str) -> None:
    # asyncpg reads the address itself, so that every form it knows works here as in the service.
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=functools.partial(asyncpg.connect, dsn),
        poolclass=pool.NullPool,
    )
    try:
        async with engine.connect() as connection:
            await connection.run_sync(lambda sync: command.upgrade(config(sync), "head"))
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") != InsufficientPrivilegeError.sqlstate:
            raise
        raise ClusterError(_NOT_THE_OWNER) from error
    finally:
        await engine.dispose()
