"""Phones of outlets: devices, blocks of names, what was told, photos; packs on their way."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import KEEPER, REGISTRAR, admit, guard

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Columns that may be empty: no table is rewritten.
COLUMNS = (
    'ALTER TABLE api_key ADD COLUMN device text COLLATE "C"',
    """
    ALTER TABLE battery
        ADD COLUMN maker text COLLATE "C",
        ADD COLUMN safety_class text COLLATE "C",
        ADD COLUMN handover text COLLATE "C",
        ADD COLUMN receiver text COLLATE "C"
    """,
)
TABLES = (
    # code: the keyed hash of the enrolment code, which is good once and for a short time.
    """
    CREATE TABLE device (
        id text COLLATE "C" PRIMARY KEY,
        organisation text COLLATE "C" NOT NULL,
        role text COLLATE "C" NOT NULL,
        site text COLLATE "C",
        name text COLLATE "C" NOT NULL,
        code bytea NOT NULL,
        code_ends timestamptz NOT NULL,
        made_at timestamptz NOT NULL,
        claimed_at timestamptz,
        revoked_at timestamptz,
        revoked_why text COLLATE "C",
        told_at timestamptz,
        app text COLLATE "C",
        offset_ms bigint,
        unsent integer,
        refused integer,
        tested_at timestamptz,
        test jsonb
    )
    """,
    """
    CREATE TABLE device_block (
        block text COLLATE "C" PRIMARY KEY,
        device text COLLATE "C" NOT NULL,
        asked bytea NOT NULL,
        made_at timestamptz NOT NULL
    )
    """,
    # told: by name, what stands for the row that was sent under this cursor.
    """
    CREATE TABLE device_told (
        device text COLLATE "C" NOT NULL,
        cursor text COLLATE "C" NOT NULL,
        told jsonb NOT NULL,
        told_at timestamptz NOT NULL,
        PRIMARY KEY (device, cursor)
    )
    """,
    # An erased photo stays as a tombstone, so that a late repeat does not bring it back.
    """
    CREATE TABLE photo (
        organisation text COLLATE "C" NOT NULL,
        sha256 bytea NOT NULL,
        type text COLLATE "C" NOT NULL,
        size integer NOT NULL,
        parts integer NOT NULL,
        made_at timestamptz NOT NULL,
        erased_at timestamptz,
        PRIMARY KEY (organisation, sha256)
    )
    """,
    """
    CREATE TABLE photo_part (
        organisation text COLLATE "C" NOT NULL,
        sha256 bytea NOT NULL,
        part integer NOT NULL,
        size integer NOT NULL,
        body bytea NOT NULL,
        made_at timestamptz NOT NULL,
        PRIMARY KEY (organisation, sha256, part)
    )
    """,
    # Photos are compressed already.
    "ALTER TABLE photo_part ALTER COLUMN body SET STORAGE EXTERNAL",
)
INDEXES = (
    "CREATE UNIQUE INDEX device_code ON device (code)",
    "CREATE INDEX device_organisation ON device (organisation)",
    "CREATE UNIQUE INDEX device_block_asked ON device_block (device, asked)",
    "CREATE INDEX photo_part_made_at ON photo_part (organisation, made_at)",
    # It keeps the views waiting, no report: for a million rows, about a second.
    """
    -- squawk-ignore require-concurrent-index-creation
    CREATE INDEX battery_expected ON battery (receiver) WHERE stage = 'in_transit'
    """,
)
GUARDED = ("device", "device_block", "device_told", "photo", "photo_part")
ADMITTED = (
    ("device", REGISTRAR, "SELECT, INSERT, UPDATE"),
    ("device_block", REGISTRAR, "SELECT, INSERT"),
    ("device_told", REGISTRAR, "SELECT, INSERT, UPDATE, DELETE"),
    # They may show people: only the keeper of personal values reads them.
    ("photo", KEEPER, "SELECT, INSERT, UPDATE"),
    ("photo_part", KEEPER, "SELECT, INSERT, UPDATE, DELETE"),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain.from_iterable(map(guard, GUARDED))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(COLUMNS, TABLES, INDEXES, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    op.execute("DROP INDEX battery_expected")
    for table in reversed(GUARDED):
        op.execute(f"DROP TABLE {table}")
    for column in ("receiver", "handover", "safety_class", "maker"):
        op.execute(f"ALTER TABLE battery DROP COLUMN {column}")
    op.execute("ALTER TABLE api_key DROP COLUMN device")
