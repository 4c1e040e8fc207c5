"""The log's tree: its tiles of hashes, and what was signed of it (design 6)."""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATEMENTS = (
    # At level 0 stand the leaf hashes, so there is no table of leaves. Only the last tile of a
    # level ever changes, and it only grows.
    """
    CREATE TABLE log_tile (
        level smallint NOT NULL,
        number bigint NOT NULL,
        hashes bytea NOT NULL,
        PRIMARY KEY (level, number)
    )
    """,
    # Hashes do not shrink; trying to compress them costs time at each append.
    "ALTER TABLE log_tile ALTER COLUMN hashes SET STORAGE EXTERNAL",
    """
    CREATE TABLE log_checkpoint (
        origin text COLLATE "C" NOT NULL,
        size bigint NOT NULL,
        root bytea NOT NULL,
        note bytea NOT NULL,
        cosignatures text[] COLLATE "C" NOT NULL,
        PRIMARY KEY (origin, size)
    )
    """,
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    for name in ("log_checkpoint", "log_tile"):
        op.execute(f"DROP TABLE {name}")
