"""Vendor codes that regulators add to those of the code."""

from collections.abc import Sequence

from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLE = """
CREATE TABLE vendor (
    code text COLLATE "C" PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    valid_from date,
    valid_to date
)
"""


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.execute(TABLE)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    op.execute("DROP TABLE vendor")
