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
    "ALTER TABLE case_attachment ALTER COLUMN body DROP NOT NULL",
    "ALTER TABLE case_attachment ADD COLUMN erased_at timestamptz",
    # Nothing is left of what was erased.
    """
    ALTER TABLE case_attachment ADD CONSTRAINT case_attachment_erased
    CHECK ((body IS NULL) = (erased_at IS NOT NULL)) NOT VALID
    """,
    "ALTER TABLE case_attachment VALIDATE CONSTRAINT case_attachment_erased",
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
    op.execute("DELETE FROM case_attachment WHERE body IS NULL")
    op.execute("ALTER TABLE case_attachment DROP COLUMN erased_at")
    op.execute("ALTER TABLE case_attachment ALTER COLUMN body SET NOT NULL")
    op.execute(f"REVOKE UPDATE (body) ON TABLE case_attachment FROM {KEEPER}")
