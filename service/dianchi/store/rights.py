"""Who may do what in the database: one role for each part of the service, none of them an owner.

A connection begins as one of these roles and has no other rights. Row-level security is forced on
every table: a role without a policy sees nothing, and `READER` sees only rows that concern whom it
reads for (`EYES`). No role may change or delete an event, a report or an entry of the log; a
superuser may, which is what the ledger is for.
"""

from collections.abc import Iterator
from typing import Final

RECORDER: Final = "dianchi_recorder"
"""Appends reports; reads every head and event, because folding needs them."""
SEQUENCER: Final = "dianchi_sequencer"
"""Places events in the log, grows its tree, keeps checkpoints."""
PROJECTOR: Final = "dianchi_projector"
"""Follows the log with the views."""
ASSESSOR: Final = "dianchi_assessor"
"""Reads every life, to judge it and for whoever may see all; changes nothing."""
READER: Final = "dianchi_reader"
"""Reads for somebody, and only what concerns them."""
REGISTRAR: Final = "dianchi_registrar"
"""Keeps organisations, sites, keys and people."""
KEEPER: Final = "dianchi_keeper"
"""Reads and erases personal data."""
COURIER: Final = "dianchi_courier"
"""Sends to webhooks and to the national platform what their organisations may see."""
UPLOADER: Final = "dianchi_uploader"
"""Keeps files that firms send, with what became of their rows, and files that are asked for."""
ROLES: Final = (
    RECORDER,
    SEQUENCER,
    PROJECTOR,
    ASSESSOR,
    READER,
    REGISTRAR,
    KEEPER,
    COURIER,
    UPLOADER,
)
EYES: Final = "dianchi.eyes"
"""The setting that says for whom a `READER` reads: organisations and areas, with commas between."""


def make_role(role: str) -> str:
    """The statement that makes a role where the server has none of that name.

    Roles belong to the server, not to the database: two databases may be migrated at once.
    """
    return f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'the role {role} is missing and % may not make it', current_user
            USING HINT = 'an administrator of the server makes it: docs/how-to/database-roles.md';
END $$
"""


def join_role(role: str) -> str:
    """The statement that lets whoever migrates begin connections as a role."""
    return f"""
DO $$ BEGIN
    -- Whoever makes a role may not begin as it before it is granted; a superuser may begin as any.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT {role} TO %I', current_user);
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        IF NOT pg_has_role(current_user, '{role}', 'MEMBER') THEN
            RAISE;
        END IF;
END $$
"""  # noqa: S608 - made of the constants above


def guard(table: str) -> Iterator[str]:
    """The statements that close a table to everybody but whom `admit` lets in."""
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"REVOKE ALL ON TABLE {table} FROM PUBLIC"


def admit(table: str, role: str, rights: str, rows: str = "true") -> Iterator[str]:
    """The statements that let a role do something with the rows of a table.

    Args:
        table: guarded.
        role: of `ROLES`.
        rights: what `GRANT` takes, as `SELECT, INSERT`.
        rows: the condition that rows meet; all by default.
    """
    yield f"GRANT {rights} ON TABLE {table} TO {role}"
    yield f"CREATE POLICY {role} ON {table} TO {role} USING ({rows})"
