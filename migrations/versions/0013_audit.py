"""The audit log: who read what of others, and what was done in the registry."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import ASSESSOR, REGISTRAR, admit, guard

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLE = """
CREATE TABLE audit (
    batch uuid NOT NULL,
    place integer NOT NULL,
    at timestamptz NOT NULL,
    actor text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    person text COLLATE "C",
    act text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    PRIMARY KEY (batch, place)
)
"""
INDEX = "CREATE INDEX audit_by_time ON audit (at, batch, place)"
# No role may change or delete an entry.
ADMITTED = (("audit", REGISTRAR, "SELECT, INSERT"), ("audit", ASSESSOR, "SELECT"))


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain((TABLE, INDEX), guard("audit"), policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    op.execute("DROP TABLE audit")
