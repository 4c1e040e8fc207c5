"""Where rows of views stand that are made anew, until they are put in the place of those shown."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import PROJECTOR, admit, guard

revision: str = "0036"
down_revision: str | None = "0035"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Nobody reads them but who writes them; a crash may lose them, since a rebuild begins anew. No
# keys and no indexes: each is written once and then read whole.
TABLES = (
    # Who sees a battery is asked when its row is put in place.
    "CREATE UNLOGGED TABLE rebuilt_battery (LIKE battery INCLUDING DEFAULTS)",
    "CREATE UNLOGGED TABLE rebuilt_finding (LIKE finding INCLUDING GENERATED)",
    "CREATE UNLOGGED TABLE rebuilt_obligation (LIKE obligation)",
    "CREATE UNLOGGED TABLE rebuilt_contribution (LIKE contribution)",
    # Some rows for each cell: every process adds up for itself.
    "CREATE UNLOGGED TABLE rebuilt_tally (LIKE tally)",
    # The lives with several names that somebody has taken: each is written once.
    "CREATE UNLOGGED TABLE rebuilt_union (stream_id uuid PRIMARY KEY)",
    # The same report may be read with several lives.
    "CREATE UNLOGGED TABLE rebuilt_doubtful (LIKE doubtful)",
    "CREATE UNLOGGED TABLE rebuilt_firm (LIKE firm)",
)
BESIDE = (
    "rebuilt_battery",
    "rebuilt_finding",
    "rebuilt_obligation",
    "rebuilt_contribution",
    "rebuilt_tally",
    "rebuilt_union",
    "rebuilt_doubtful",
    "rebuilt_firm",
)
RIGHTS = "SELECT, INSERT, UPDATE, TRUNCATE"


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain.from_iterable(map(guard, BESIDE))
    policies = chain.from_iterable(admit(table, PROJECTOR, RIGHTS) for table in BESIDE)
    for statement in chain(TABLES, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    for name in reversed(BESIDE):
        op.execute(f"DROP TABLE {name}")
