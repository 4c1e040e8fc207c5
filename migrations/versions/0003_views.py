"""The first views: batteries as lists show them, findings, and how far they follow the log."""

from collections.abc import Sequence

from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    # What a list filters by is never null but empty, so that pages can go on by comparing rows.
    """
    CREATE TABLE battery (
        stream_id uuid PRIMARY KEY,
        name text COLLATE "C" NOT NULL,
        names text[] COLLATE "C",
        stage text COLLATE "C" NOT NULL,
        prefecture text COLLATE "C" NOT NULL,
        chemistry text COLLATE "C" NOT NULL,
        holder text COLLATE "C" NOT NULL,
        reporter text COLLATE "C",
        owner jsonb,
        site text COLLATE "C",
        host_kind text COLLATE "C",
        host text COLLATE "C",
        model text COLLATE "C",
        energy_kwh numeric,
        mass_kg numeric,
        quarantined boolean NOT NULL,
        last_us bigint NOT NULL,
        since_us bigint NOT NULL,
        log_index bigint NOT NULL,
        next_change_us bigint
    ) WITH (fillfactor = 85)
    """,
    # is_open: so that open and closed ones are each one range of an index.
    """
    CREATE TABLE finding (
        finding_id uuid PRIMARY KEY,
        subject_kind smallint NOT NULL,
        subject_id uuid NOT NULL,
        subject text COLLATE "C" NOT NULL,
        code text COLLATE "C" NOT NULL,
        kind text COLLATE "C" NOT NULL,
        severity text COLLATE "C" NOT NULL,
        prefecture text COLLATE "C",
        organisation text COLLATE "C",
        said jsonb NOT NULL,
        evidence uuid[] NOT NULL,
        opened_at timestamptz NOT NULL,
        closed_at timestamptz,
        is_open boolean NOT NULL GENERATED ALWAYS AS (closed_at IS NULL) STORED
    )
    """,
    """
    CREATE TABLE projection (
        name text COLLATE "C" PRIMARY KEY,
        log_index bigint NOT NULL,
        version bigint NOT NULL
    )
    """,
    # Lots, batches and sites to look at again: many reports about one cost one look.
    """
    CREATE TABLE unsettled (
        stream_id uuid PRIMARY KEY,
        kind smallint NOT NULL,
        name text COLLATE "C" NOT NULL,
        due_us bigint NOT NULL
    )
    """,
)
# Each set of filters is a range of one of these; after what is filtered come the columns by which
# the page is ordered (views/batteries/query.py names them).
INDEXES = (
    "CREATE INDEX battery_by_stage ON battery (stage, prefecture, chemistry, holder, name)",
    "CREATE INDEX battery_by_prefecture ON battery (prefecture, chemistry, holder, name)",
    "CREATE INDEX battery_by_chemistry ON battery (chemistry, stage, holder, name)",
    "CREATE INDEX battery_by_holder ON battery (holder, stage, prefecture, chemistry, name)",
    "CREATE INDEX battery_due ON battery (next_change_us) WHERE next_change_us IS NOT NULL",
    "CREATE INDEX finding_by_time ON finding (is_open, opened_at, finding_id)",
    "CREATE INDEX finding_by_code ON finding (is_open, code, opened_at, finding_id)",
    "CREATE INDEX finding_by_kind ON finding (is_open, kind, opened_at, finding_id)",
    "CREATE INDEX finding_by_subject ON finding (subject_id, opened_at, finding_id)",
    "CREATE INDEX unsettled_due ON unsettled (due_us)",
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    for statement in (*TABLES, *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    for name in ("unsettled", "projection", "finding", "battery"):
        op.execute(f"DROP TABLE {name}")
