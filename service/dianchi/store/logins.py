"""Whom the service connects as: logins that own nothing and are members of their part's roles.

A connection begins as one of the roles of `store.rights`. What an injected statement can make of
it ends at its login: a superuser's may become anybody, one of these only what its own part is.
"""

import base64
import hmac
import os
from collections.abc import Iterable, Mapping
from hashlib import pbkdf2_hmac, sha256
from typing import Final, NamedTuple

import asyncpg

from dianchi.store.errors import ClusterError
from dianchi.store.rights import (
    ASSESSOR,
    COURIER,
    KEEPER,
    PROJECTOR,
    READER,
    RECORDER,
    REGISTRAR,
    SEQUENCER,
    UPLOADER,
)


class Login(NamedTuple):
    """A login and the roles that it may begin a connection as."""

    name: str
    roles: tuple[str, ...]


SERVICE: Final = Login("dianchi_service", (RECORDER, ASSESSOR, READER, REGISTRAR, KEEPER, UPLOADER))
"""Of the process that answers requests, and of commands."""
# The recorder's role for one thing: noting who may see what was recorded before that was noted.
# A reader's and a courier's for webhooks: an organisation is sent only what it may see.
WORKER: Final = Login("dianchi_worker", (RECORDER, SEQUENCER, PROJECTOR, READER, COURIER, UPLOADER))
"""Of the process that follows the log."""
LOGINS: Final = (SERVICE, WORKER)
# What RFC 7677 asks of SCRAM-SHA-256.
_ITERATIONS: Final = 4096
# Two processes may start at once; the number is our name and this purpose in ASCII.
_LOCK: Final = int.from_bytes(b"dlogins", "big")
_MAKE: Final = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN CREATE ROLE {name}; END IF;
END $$
"""
_BIND: Final = """
ALTER ROLE {name} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION NOINHERIT
      PASSWORD '{verifier}'
"""
_BEYOND: Final = """
SELECT quote_ident(r.rolname) FROM pg_auth_members m
  JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles l ON l.oid = m.member
 WHERE l.rolname = $1 AND NOT r.rolname = ANY ($2)
"""
_MISSING: Final = """
SELECT quote_ident(session_user) AS login,
       ARRAY(SELECT r FROM unnest($1::text[]) r
              WHERE NOT pg_has_role(session_user, r, 'MEMBER')) AS roles
"""
# Whoever owns the tables may lift their row-level security; whoever makes roles may join any.
_POWERS: Final = """
SELECT rolsuper AS superuser, rolbypassrls AS bypassrls, rolcreaterole AS createrole,
       EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('event')
                  AND pg_has_role(session_user, relowner, 'MEMBER')) AS owner
  FROM pg_roles WHERE rolname = session_user
"""


async def make_logins(owner: str, passwords: Mapping[Login, str]) -> None:
    """Makes the logins of an embedded server, or brings them to what they must be.

    Args:
        owner: address of the migrated database as its superuser.
        passwords: of each login.
    """
    connection = await asyncpg.connect(owner)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
            for login, password in passwords.items():
                await _make(connection, login, password)
    finally:
        await connection.close()


async def _make(connection: asyncpg.Connection, login: Login, password: str) -> None:
    await connection.execute(_MAKE.format(name=login.name))
    await connection.execute(_BIND.format(name=login.name, verifier=_verifier(password)))
    for [beyond] in await connection.fetch(_BEYOND, login.name, login.roles):
        await connection.execute(f"REVOKE {beyond} FROM {login.name}")
    await connection.execute(_grant(login.roles, login.name))


def _grant(roles: Iterable[str], login: str) -> str:
    return f"GRANT {', '.join(roles)} TO {login}"


def _verifier(password: str) -> str:
    """What the server keeps of a password: so that the password itself is in no statement."""
    salt = os.urandom(16)
    salted = pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    stored = sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    told = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${_ITERATIONS}:{told[0]}${told[1]}:{told[2]}"


async def admit_login(dsn: str, roles: Iterable[str], owner: str) -> None:
    """Sees to it that the login of an address is a member of these roles.

    Args:
        dsn: as the service connects to an operator's server.
        roles: that it needs.
        owner: address of whoever may grant them; empty where nobody does.

    Raises:
        ClusterError: it is not, and there is nobody to grant them; the text says the statement.
    """
    connection = await asyncpg.connect(dsn)
    try:
        [found] = await connection.fetch(_MISSING, list(roles))
    finally:
        await connection.close()
    if not found["roles"]:
        return
    grant = _grant(found["roles"], found["login"])
    if not owner:
        raise ClusterError(f"an administrator of the database must run: {grant}")
    connection = await asyncpg.connect(owner)
    try:
        await connection.execute(grant)
    finally:
        await connection.close()


async def powers_of(dsn: str) -> list[str]:
    """By which powers the login of an address could get round the rights of the roles."""
    connection = await asyncpg.connect(dsn)
    try:
        [found] = await connection.fetch(_POWERS)
    finally:
        await connection.close()
    return [power for power, has in found.items() if has]
