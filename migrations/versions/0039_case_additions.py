"""Cases take further items; attachments can be erased, their hashes stay."""

from collections.abc import Sequence

from alembic import op

from dianchi.store.rights import KEEPER, REGISTRAR

revision: str = "0039"
down_revision: str | None = "0038"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATEMENTS = (
    # What is added may lie in areas that did not see the case so far.
    f"GRANT UPDATE (items, seen_by) ON TABLE case_file TO {REGISTRAR}",
    # Of what was erased, body is empty.
    "ALTER TABLE case_attachment ADD COLUMN erased_at timestamptz",
    f"GRANT UPDATE (body, erased_at) ON TABLE case_attachment TO {KEEPER}",
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    op.execute(f"REVOKE UPDATE (items, seen_by) ON TABLE case_file FROM {REGISTRAR}")
    op.execute("ALTER TABLE case_attachment DROP COLUMN erased_at")
    op.execute(f"REVOKE UPDATE (body) ON TABLE case_attachment FROM {KEEPER}")
