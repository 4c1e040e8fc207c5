"""Names of people and contacts of applicants move to the encrypted personal values."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.clear_names import COLUMNS, drop_when_empty
from dianchi.store.rights import REGISTRAR, admit

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Names in clear are moved by the service, which has the key (store/clear_names.py); where there are
# none, their columns go at once.
OPTIONAL = """
-- Nobody reads the column but what moves it.
-- squawk-ignore ban-drop-not-null
ALTER TABLE person ALTER COLUMN name DROP NOT NULL
"""
KINDS = "kind IN ('name', 'contact')"


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    # Of the personal values, whoever keeps people sees names and contacts, and no VIN.
    policies = admit("personal", REGISTRAR, "SELECT, INSERT, UPDATE", KINDS)
    for statement in chain((OPTIONAL,), policies, map(drop_when_empty, COLUMNS)):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward. Nobody here can decrypt."""
    op.execute(f"DELETE FROM personal WHERE {KINDS}")  # noqa: S608 - a constant
    op.execute(f"DROP POLICY {REGISTRAR} ON personal")
    op.execute(f"REVOKE ALL ON TABLE personal FROM {REGISTRAR}")
    op.execute('ALTER TABLE application ADD COLUMN IF NOT EXISTS contact text COLLATE "C"')
    op.execute('ALTER TABLE person ADD COLUMN IF NOT EXISTS name text COLLATE "C"')
    op.execute("UPDATE person SET name = '' WHERE name IS NULL")
    op.execute("ALTER TABLE person ALTER COLUMN name SET NOT NULL")
