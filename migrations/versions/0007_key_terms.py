"""Terms of keys: until when, for what, last used; and who revoked one, and why."""

from collections.abc import Sequence

from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Columns that may be empty and have no default: the table is not rewritten, and keys made before
# stay as they were.
COLUMNS = """
ALTER TABLE api_key
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN scopes text[] COLLATE "C",
    ADD COLUMN last_used_at timestamptz,
    ADD COLUMN revoked_by text COLLATE "C",
    ADD COLUMN revoked_why text COLLATE "C"
"""


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.execute(COLUMNS)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    for name in ("revoked_why", "revoked_by", "last_used_at", "scopes", "expires_at"):
        op.execute(f"ALTER TABLE api_key DROP COLUMN {name}")
