"""A firm is shown nothing of a case that it was not asked about yet."""

from collections.abc import Sequence

from alembic import op

from dianchi.store.rights import READER, REGISTRAR

revision: str = "0040"
down_revision: str | None = "0039"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# What a policy asks of another table is asked under the policy of that table.
IN_CASE = "EXISTS (SELECT FROM case_file f WHERE f.id = case_item.case_id{0})"
OF_OFFICER = IN_CASE.format(" AND f.seen_by && (SELECT dianchi_eyes())")
ASKED = f"(NOT unasked AND {IN_CASE.format('')}) OR {OF_OFFICER}"
STATEMENTS = (
    # Added after the firm had come to know of the case, until it is asked again.
    "ALTER TABLE case_item ADD COLUMN unasked boolean NOT NULL DEFAULT false",
    f"GRANT UPDATE (unasked) ON TABLE case_item TO {REGISTRAR}",
    f"ALTER POLICY {READER} ON case_item USING ({ASKED})",
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    op.execute(f"ALTER POLICY {READER} ON case_item USING ({IN_CASE.format('')})")
    op.execute("ALTER TABLE case_item DROP COLUMN unasked")
