"""Files that are written for who asks for them, and queries that people save."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import READER, UPLOADER, admit, guard

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    # owner: who may fetch it. reporter: with whose eyes its rows are read.
    """
    CREATE TABLE export (
        id uuid PRIMARY KEY,
        owner text COLLATE "C" NOT NULL,
        organisation text COLLATE "C" NOT NULL,
        reporter jsonb NOT NULL,
        list text COLLATE "C" NOT NULL,
        filters jsonb NOT NULL,
        form text COLLATE "C" NOT NULL,
        language text COLLATE "C" NOT NULL,
        state text COLLATE "C" NOT NULL,
        rows bigint NOT NULL,
        size bigint NOT NULL,
        log_index bigint,
        rows_sha256 bytea,
        sha256 bytea,
        problem text COLLATE "C",
        asked_at timestamptz NOT NULL,
        ended_at timestamptz,
        expires_at timestamptz,
        turn_at timestamptz NOT NULL,
        lease_by uuid,
        lease_until timestamptz
    )
    """,
    """
    CREATE TABLE export_part (
        export uuid NOT NULL,
        part integer NOT NULL,
        body bytea NOT NULL,
        PRIMARY KEY (export, part)
    )
    """,
    """
    CREATE TABLE saved_query (
        id uuid PRIMARY KEY,
        owner text COLLATE "C" NOT NULL,
        organisation text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        list text COLLATE "C" NOT NULL,
        filters jsonb NOT NULL,
        shared boolean NOT NULL,
        made_at timestamptz NOT NULL
    )
    """,
    # Files are read in parts, as they are; workbooks are compressed already.
    "ALTER TABLE export_part ALTER COLUMN body SET STORAGE EXTERNAL",
)
INDEXES = (
    "CREATE INDEX export_waiting ON export (turn_at) WHERE state IN ('waiting', 'running')",
    "CREATE INDEX export_listed ON export (owner, asked_at, id)",
    "CREATE INDEX export_ended ON export (expires_at) WHERE state = 'done'",
    "CREATE INDEX saved_query_shared ON saved_query (organisation, name)",
)
OWN = "owner = ANY ((SELECT dianchi_eyes())::text[])"
SHARED = f"{OWN} OR (shared AND organisation = ANY ((SELECT dianchi_eyes())::text[]))"
# A policy of the part looks at its export, which the reader is shown only where it is its own.
OF_OWN = "EXISTS (SELECT FROM export e WHERE e.id = export_part.export)"
ADMITTED = (
    ("export", UPLOADER, "SELECT, INSERT, UPDATE"),
    ("export_part", UPLOADER, "SELECT, INSERT, DELETE"),
    ("saved_query", UPLOADER, "SELECT, INSERT, DELETE"),
    ("export", READER, "SELECT", OWN),
    ("export_part", READER, "SELECT", OF_OWN),
    ("saved_query", READER, "SELECT", SHARED),
)
GUARDED = ("export", "export_part", "saved_query")


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain.from_iterable(map(guard, GUARDED))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(TABLES, INDEXES, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    for table in reversed(GUARDED):
        op.execute(f"DROP TABLE {table}")
