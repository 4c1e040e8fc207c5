"""Personal values: encrypted, each under a key of its own; and how they are erased."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import KEEPER, RECORDER, admit, guard

revision: str = "0012"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATEMENTS = (
    # An erased row stays as a tombstone: the reference, and no value; the next report of the same
    # value finds it and writes nothing. Erased values must not wait for a big table's vacuum.
    """
    CREATE TABLE personal (
        reference text COLLATE "C" PRIMARY KEY,
        kind text COLLATE "C" NOT NULL,
        kek text COLLATE "C",
        wrapped bytea,
        sealed bytea,
        made_at timestamptz NOT NULL DEFAULT now(),
        erased_at timestamptz,
        CHECK (CASE WHEN erased_at IS NULL THEN num_nulls(kek, wrapped, sealed) = 0
                    ELSE num_nonnulls(kek, wrapped, sealed) = 0 END)
    ) WITH (
        fillfactor = 90,
        autovacuum_vacuum_scale_factor = 0,
        autovacuum_vacuum_threshold = 50
    )
    """,
    # The keys that wrap: by id only. What one of them wraps must be readable by every service.
    """
    CREATE TABLE kek (
        id text COLLATE "C" PRIMARY KEY,
        since timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE erasure (
        id uuid PRIMARY KEY,
        reference text COLLATE "C" NOT NULL,
        basis text COLLATE "C" NOT NULL,
        document text COLLATE "C" NOT NULL,
        organisation text COLLATE "C" NOT NULL,
        hand text COLLATE "C" NOT NULL,
        asked_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_erasure_reference ON erasure (reference)",
    # One decision at most: that is what makes two at once harmless. Rows are never changed.
    """
    CREATE TABLE erasure_decision (
        erasure uuid PRIMARY KEY,
        decision text COLLATE "C" NOT NULL,
        why text COLLATE "C",
        organisation text COLLATE "C" NOT NULL,
        hand text COLLATE "C" NOT NULL,
        decided_at timestamptz NOT NULL
    )
    """,
)
# VINs in clear are moved by the service, which has the key (store/clear_vins.py), in parts; where
# there are none, their table goes at once.
# The owner moves and drops it: to an owner whom the policies bind, too, it would seem to be empty.
OWNER_SEES = "ALTER TABLE vin NO FORCE ROW LEVEL SECURITY"
DROP_EMPTY = """
DO $$ BEGIN
    LOCK TABLE vin IN ACCESS EXCLUSIVE MODE;
    IF NOT EXISTS (SELECT FROM vin) THEN DROP TABLE vin; END IF;
END $$
"""

# Only the keeper reads personal values; who records may add one and is told nothing of those there.
ADMITTED = (
    ("personal", RECORDER, "INSERT"),
    ("personal", KEEPER, "SELECT, INSERT, UPDATE"),
    ("kek", KEEPER, "SELECT, INSERT, DELETE"),
    ("erasure", KEEPER, "SELECT, INSERT"),
    ("erasure_decision", KEEPER, "SELECT, INSERT"),
    # Whether a second person approves, who was there before the request.
    ("api_key", KEEPER, "SELECT (digest, made_at)"),
    ("person", KEEPER, "SELECT (id, made_at)"),
    ("event_key", KEEPER, "SELECT"),
    ("event", KEEPER, "SELECT"),
    ("report", KEEPER, "SELECT"),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain.from_iterable(map(guard, ("personal", "kek", "erasure", "erasure_decision")))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(STATEMENTS, guards, policies, (OWNER_SEES, DROP_EMPTY)):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward. Nobody here can decrypt."""
    for name in ("erasure_decision", "erasure", "kek", "personal"):
        op.execute(f"DROP TABLE {name}")
    for table in ("api_key", "person", "event_key", "event", "report"):
        op.execute(f"DROP POLICY {KEEPER} ON {table}")
        op.execute(f"REVOKE ALL ON TABLE {table} FROM {KEEPER}")
    for column in ("api_key (digest, made_at)", "person (id, made_at)"):
        table, _, columns = column.partition(" ")
        op.execute(f"REVOKE SELECT {columns} ON TABLE {table} FROM {KEEPER}")  # noqa: S608 - names of ours
    op.execute(
        'CREATE TABLE IF NOT EXISTS vin (vin_ref text COLLATE "C" PRIMARY KEY,'
        ' vin text COLLATE "C" NOT NULL)'
    )
