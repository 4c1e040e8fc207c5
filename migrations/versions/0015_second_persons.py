"""What people may: areas, departments, bounds of auditors; and who confirms what others give."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import KEEPER, REGISTRAR, admit, guard

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLUMNS = (
    """
    ALTER TABLE person
        ADD COLUMN area text COLLATE "C",
        ADD COLUMN department text COLLATE "C",
        ADD COLUMN names text[] COLLATE "C",
        ADD COLUMN expires_at timestamptz
    """,
)
TABLES = (
    """
    CREATE TABLE power_proposal (
        id uuid PRIMARY KEY,
        person uuid NOT NULL,
        act text COLLATE "C" NOT NULL,
        organisation text COLLATE "C" NOT NULL,
        role text COLLATE "C" NOT NULL,
        prefecture text COLLATE "C",
        area text COLLATE "C",
        department text COLLATE "C",
        names text[] COLLATE "C",
        expires_at timestamptz,
        manages boolean NOT NULL,
        clears_codes boolean NOT NULL,
        made_at timestamptz NOT NULL,
        made_by uuid NOT NULL
    )
    """,
    "CREATE INDEX proposal_of_person ON power_proposal (person)",
    # One decision at most: two at once are harmless. Rows of these three are never changed.
    """
    CREATE TABLE power_decision (
        proposal uuid PRIMARY KEY,
        decision text COLLATE "C" NOT NULL,
        decided_at timestamptz NOT NULL,
        decided_by uuid
    )
    """,
    # One row at most: the exception of the first start is used once, whoever asks at once.
    """
    CREATE TABLE first_regulator (
        alone boolean PRIMARY KEY CHECK (alone),
        person uuid NOT NULL,
        made_at timestamptz NOT NULL
    )
    """,
)
NAMES = ("first_regulator", "power_decision", "power_proposal")
ADMITTED = (
    *((name, REGISTRAR, "SELECT, INSERT") for name in NAMES),
    # Whether an officer's area is concerned by a request to erase.
    ("stream", KEEPER, "SELECT (stream_id, seen_by)"),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain.from_iterable(map(guard, NAMES))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(COLUMNS, TABLES, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    op.execute(f"DROP POLICY {KEEPER} ON stream")
    op.execute(f"REVOKE SELECT (stream_id, seen_by) ON stream FROM {KEEPER}")  # noqa: S608 - our own
    for name in NAMES:
        op.execute(f"DROP TABLE {name}")
    for name in ("expires_at", "names", "department", "area"):
        op.execute(f"ALTER TABLE person DROP COLUMN {name}")
