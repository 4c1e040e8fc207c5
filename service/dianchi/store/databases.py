"""Databases of a server, made from one another and dropped whole."""

import re
from typing import Final

import asyncpg

_NAMES: Final = "SELECT datname FROM pg_database WHERE starts_with(datname, $1) ORDER BY datname"
_PLAIN: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
_LOCK: Final = int.from_bytes(b"sandbox", "big")


async def databases(owner: str, prefix: str) -> list[str]:
    """The databases whose names begin so."""
    connection = await asyncpg.connect(owner)
    try:
        return [row[0] for row in await connection.fetch(_NAMES, prefix)]
    finally:
        await connection.close()


async def make_database(owner: str, name: str, template: str | None = None) -> None:
    """Makes a database anew, as a copy of another where one is named.

    Args:
        owner: address of a database, by a login that may make others.
        name: of the new one; one of that name is dropped.
        template: to copy; nobody may be connected to it.
    """
    copied = f" TEMPLATE {_quoted(template)} STRATEGY WAL_LOG" if template else ""
    await _run(
        owner,
        f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)",
        f"CREATE DATABASE {_quoted(name)}{copied}",
    )


async def rename_database(owner: str, name: str, new: str) -> None:
    """Gives a database another name; nobody may be connected to it."""
    await _run(owner, f"ALTER DATABASE {_quoted(name)} RENAME TO {_quoted(new)}")


async def drop_database(owner: str, name: str) -> None:
    """Drops a database with all that is in it, whoever is connected."""
    await _run(owner, f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")


async def _run(owner: str, *statements: str) -> None:
    connection = await asyncpg.connect(owner)
    try:
        # Of several processes one makes a template; a copy of it waits until that is done.
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _quoted(name: str) -> str:
    """A name of our own making, as a statement may hold it."""
    if not _PLAIN.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a database here")
    return f'"{name}"'
