"""What is counted of organisations: their last report, and doubtful reports by day."""

from collections.abc import Sequence

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    # Rewritten with every step of the projector, in place.
    """
    CREATE TABLE firm (
        organisation text COLLATE "C" PRIMARY KEY,
        last_us bigint NOT NULL
    ) WITH (fillfactor = 50)
    """,
    """
    CREATE TABLE doubtful (
        organisation text COLLATE "C" NOT NULL,
        code text COLLATE "C" NOT NULL,
        day integer NOT NULL,
        recorded_us bigint NOT NULL,
        event_id uuid NOT NULL,
        PRIMARY KEY (organisation, code, day, recorded_us, event_id)
    )
    """,
    """
    CREATE TABLE crowd (
        organisation text COLLATE "C" NOT NULL,
        code text COLLATE "C" NOT NULL,
        day integer NOT NULL,
        reports integer NOT NULL,
        PRIMARY KEY (organisation, code, day)
    ) WITH (fillfactor = 75)
    """,
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    for table in TABLES:
        op.execute(table)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    for name in ("crowd", "doubtful", "firm"):
        op.execute(f"DROP TABLE {name}")
