"""Areas and departments of officers, bound auditors; facts of sites; applications; mandates."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import PROJECTOR, REGISTRAR, admit, guard

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Columns that may be empty, or have a constant default: no table is rewritten.
COLUMNS = (
    """
    ALTER TABLE api_key
        ADD COLUMN area text COLLATE "C",
        ADD COLUMN department text COLLATE "C",
        ADD COLUMN names text[] COLLATE "C"
    """,
    # changed: the transaction that wrote the row last; a reading asks for what came after it.
    """
    ALTER TABLE site
        ADD COLUMN county text COLLATE "C",
        ADD COLUMN functional text COLLATE "C",
        ADD COLUMN capacity_kg text COLLATE "C",
        ADD COLUMN permits jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN principals jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN opened_on date,
        ADD COLUMN closed_on date,
        ADD COLUMN changed bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint
    """,
)
TABLES = (
    # contact is personal data: a column of its own, empty where it was erased.
    """
    CREATE TABLE application (
        number text COLLATE "C" PRIMARY KEY,
        secret bytea NOT NULL,
        told bytea NOT NULL,
        name text COLLATE "C" NOT NULL,
        uscc text COLLATE "C",
        roles text[] COLLATE "C" NOT NULL,
        province text COLLATE "C",
        prefecture text COLLATE "C",
        county text COLLATE "C",
        contact text COLLATE "C",
        made_at timestamptz NOT NULL,
        decision text COLLATE "C",
        decided_at timestamptz,
        decided_by text COLLATE "C",
        reason text COLLATE "C",
        organisation text COLLATE "C",
        handed_at timestamptz
    )
    """,
    """
    CREATE TABLE mandate (
        id text COLLATE "C" PRIMARY KEY,
        organisation text COLLATE "C" NOT NULL,
        agent text COLLATE "C" NOT NULL,
        role text COLLATE "C" NOT NULL,
        types text[] COLLATE "C" NOT NULL,
        sites text[] COLLATE "C",
        area text COLLATE "C",
        valid_from date NOT NULL,
        valid_to date NOT NULL,
        said bytea NOT NULL,
        made_at timestamptz NOT NULL,
        revoked_at timestamptz,
        revoked_why text COLLATE "C"
    )
    """,
)
INDEXES = (
    # It keeps writers of sites waiting: for some ten thousand rows, well below a second.
    """
    -- squawk-ignore require-concurrent-index-creation
    CREATE INDEX site_changed ON site (changed)
    """,
    "CREATE INDEX application_made_at ON application (made_at)",
    "CREATE INDEX mandate_organisation ON mandate (organisation)",
    "CREATE INDEX mandate_agent ON mandate (agent)",
)

ADMITTED = (
    ("application", REGISTRAR, "SELECT, INSERT, UPDATE"),
    ("mandate", REGISTRAR, "SELECT, INSERT, UPDATE"),
    ("mandate", PROJECTOR, "SELECT"),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain.from_iterable(map(guard, ("application", "mandate")))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(COLUMNS, TABLES, INDEXES, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    for name in ("mandate", "application"):
        op.execute(f"DROP TABLE {name}")
    op.execute("DROP INDEX site_changed")
    columns = "changed closed_on opened_on principals permits capacity_kg functional county"
    for name in columns.split():
        op.execute(f"ALTER TABLE site DROP COLUMN {name}")
    for name in ("names", "department", "area"):
        op.execute(f"ALTER TABLE api_key DROP COLUMN {name}")
