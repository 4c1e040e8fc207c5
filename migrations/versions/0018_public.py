"""Slips of takings-in by their number, and what the public complains of."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import KEEPER, REGISTRAR, admit, guard

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATEMENTS = (
    # The number of a slip leads to its event without a search: it is written when one is printed.
    """
    CREATE TABLE slip (
        number text COLLATE "C" PRIMARY KEY,
        event_id uuid NOT NULL UNIQUE,
        made_at timestamptz NOT NULL
    )
    """,
    # What was written, and how to reach who wrote it, stands in `personal` under the number.
    """
    CREATE TABLE complaint (
        number text COLLATE "C" PRIMARY KEY,
        kind text COLLATE "C" NOT NULL,
        battery text COLLATE "C",
        prefecture text COLLATE "C" NOT NULL,
        made_at timestamptz NOT NULL,
        closed_at timestamptz,
        closed_by text COLLATE "C",
        reason text COLLATE "C"
    )
    """,
    "CREATE INDEX complaint_made_at ON complaint (made_at)",
)
ADMITTED = (
    ("slip", REGISTRAR, "SELECT, INSERT"),
    ("complaint", KEEPER, "SELECT, INSERT, UPDATE (closed_at, closed_by, reason)"),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain.from_iterable(map(guard, ("slip", "complaint")))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(STATEMENTS, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    op.execute("DELETE FROM personal WHERE kind = 'complaint'")
    for name in ("complaint", "slip"):
        op.execute(f"DROP TABLE {name}")
