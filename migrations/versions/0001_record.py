"""The record: reports, streams, events, their keys, the outbox and the log (design 5, 6)."""

from collections.abc import Sequence

from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# No foreign keys, sequences or triggers between these tables, and `stream_id` in every key of
# stream and event: that is what lets them be distributed by stream one day (design 5).
TABLES = (
    """
    CREATE TABLE report (
        event_id uuid PRIMARY KEY,
        stream_id uuid NOT NULL,
        version integer NOT NULL,
        organisation text COLLATE "C" NOT NULL,
        sha256 bytea NOT NULL,
        body bytea
    )
    """,
    # fillfactor: a head is rewritten with every event of its stream, in place (HOT), as no index
    # but the key covers it.
    """
    CREATE TABLE stream (
        stream_id uuid PRIMARY KEY,
        version integer NOT NULL,
        kind smallint NOT NULL,
        name text COLLATE "C" NOT NULL,
        state bytea NOT NULL
    ) WITH (fillfactor = 75)
    """,
    """
    CREATE TABLE event (
        stream_id uuid NOT NULL,
        version integer NOT NULL CHECK (version > 0),
        event_id uuid NOT NULL,
        body bytea NOT NULL,
        PRIMARY KEY (stream_id, version)
    )
    """,
    """
    CREATE TABLE event_key (
        kind smallint NOT NULL,
        key uuid NOT NULL,
        stream_id uuid NOT NULL,
        version integer NOT NULL,
        PRIMARY KEY (kind, key, stream_id, version)
    )
    """,
    # One row for each transaction; drained within a fraction of a second, so it is vacuumed often
    # and never analysed into a bad plan.
    """
    CREATE TABLE outbox (
        stream_ids uuid[] NOT NULL,
        versions integer[] NOT NULL
    ) WITH (
        autovacuum_vacuum_scale_factor = 0,
        autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0
    )
    """,
    # Histories read places from the second index alone.
    """
    CREATE TABLE log_entry (
        log_index bigint PRIMARY KEY CHECK (log_index >= 0),
        stream_id uuid NOT NULL,
        version integer NOT NULL,
        logged_at timestamptz NOT NULL,
        UNIQUE (stream_id, version) INCLUDE (log_index)
    )
    """,
    # The only place of a VIN; a row can be erased, the hashed events stay as they are.
    """
    CREATE TABLE vin (
        vin_ref text COLLATE "C" PRIMARY KEY,
        vin text COLLATE "C" NOT NULL
    )
    """,
)
# A writer that lost a head to another writer rolls its whole round back and reads again.
LOST = """
CREATE FUNCTION lost_head() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'another writer moved a head' USING ERRCODE = '40001';
END $$
"""


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    for table in TABLES:
        op.execute(table)
    op.execute(LOST)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    op.execute("DROP FUNCTION lost_head()")
    for name in ("vin", "log_entry", "outbox", "event_key", "event", "stream", "report"):
        op.execute(f"DROP TABLE {name}")
