"""Files that firms send: their parts, their rows, what became of each, how columns are read."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import READER, UPLOADER, admit, guard, join_role, make_role

revision: str = "0023"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    # reporter: who asked for what is being done. lease_by, lease_until: whose turn it is.
    """
    CREATE TABLE upload (
        id uuid PRIMARY KEY,
        organisation text COLLATE "C" NOT NULL,
        reporter jsonb NOT NULL,
        type text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        size bigint NOT NULL,
        sha256 bytea NOT NULL,
        parts integer NOT NULL,
        state text COLLATE "C" NOT NULL,
        family uuid,
        opened jsonb,
        plan jsonb,
        plan_from text COLLATE "C",
        mode text COLLATE "C",
        row_count integer NOT NULL,
        done integer NOT NULL,
        checked jsonb,
        committed jsonb,
        problem jsonb,
        made_at timestamptz NOT NULL,
        asked_at timestamptz,
        ended_at timestamptz,
        turn_at timestamptz,
        lease_by uuid,
        lease_until timestamptz
    )
    """,
    """
    CREATE TABLE upload_part (
        upload uuid NOT NULL,
        part integer NOT NULL,
        size integer NOT NULL,
        body bytea NOT NULL,
        PRIMARY KEY (upload, part)
    )
    """,
    # known: the reports of these rows that were on record before they were first committed.
    """
    CREATE TABLE upload_slice (
        upload uuid NOT NULL,
        slice integer NOT NULL,
        organisation text COLLATE "C" NOT NULL,
        row_count integer NOT NULL,
        rows bytea NOT NULL,
        checked bytea,
        committed bytea,
        known uuid[],
        tallies jsonb,
        PRIMARY KEY (upload, slice)
    )
    """,
    """
    CREATE TABLE upload_key (
        upload uuid NOT NULL,
        event_id uuid NOT NULL,
        digest bytea NOT NULL,
        place integer NOT NULL,
        PRIMARY KEY (upload, event_id)
    )
    """,
    """
    CREATE TABLE upload_plan (
        organisation text COLLATE "C" NOT NULL,
        type text COLLATE "C" NOT NULL,
        header bytea NOT NULL,
        plan jsonb NOT NULL,
        made_at timestamptz NOT NULL,
        PRIMARY KEY (organisation, type, header)
    )
    """,
    # Workbooks are compressed already, and rows are by us.
    "ALTER TABLE upload_part ALTER COLUMN body SET STORAGE EXTERNAL",
    "ALTER TABLE upload_slice ALTER COLUMN rows SET STORAGE EXTERNAL",
)
INDEXES = (
    """
    CREATE UNIQUE INDEX upload_same ON upload (organisation, sha256, type)
     WHERE state NOT IN ('failed', 'cancelled')
    """,
    """
    CREATE INDEX upload_waiting ON upload (turn_at)
     WHERE state IN ('reading', 'checking', 'committing')
    """,
    "CREATE INDEX upload_listed ON upload (organisation, made_at)",
)
GUARDED = ("upload", "upload_part", "upload_slice", "upload_key", "upload_plan")
OWN = "organisation = ANY ((SELECT dianchi_eyes())::text[])"
ADMITTED = (
    *((table, UPLOADER, "SELECT, INSERT, UPDATE, DELETE") for table in GUARDED),
    ("upload", READER, "SELECT", OWN),
    ("upload_slice", READER, "SELECT", OWN),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    roles = (make_role(UPLOADER), join_role(UPLOADER))
    guards = chain.from_iterable(map(guard, GUARDED))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(roles, TABLES, INDEXES, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward. Roles belong to the server."""
    for table in reversed(GUARDED):
        op.execute(f"DROP TABLE {table}")
