"""Who serves need not own the tables: any login may ask whether the schema is the newest."""

from collections.abc import Sequence

from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("GRANT SELECT ON TABLE alembic_version TO PUBLIC")


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    op.execute("REVOKE SELECT ON TABLE alembic_version FROM PUBLIC")
