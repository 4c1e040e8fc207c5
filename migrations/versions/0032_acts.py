"""Recalls as a list; holds and remedies in the list of batteries; reports that two set aside."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import ASSESSOR, PROJECTOR, READER, REGISTRAR, admit, guard

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    # A view. A firm reads its own; authorities read all of them as whoever judges lives does.
    """
    CREATE TABLE recall (
        stream_id uuid PRIMARY KEY,
        subject text COLLATE "C" NOT NULL,
        issuer text COLLATE "C" NOT NULL,
        number text COLLATE "C" NOT NULL,
        role text COLLATE "C" NOT NULL,
        event_id uuid NOT NULL,
        maker text COLLATE "C",
        vendor text COLLATE "C",
        model text COLLATE "C",
        made_from integer,
        made_to integer,
        codes_from text COLLATE "C",
        codes_to text COLLATE "C",
        names text[] COLLATE "C",
        advice text COLLATE "C" NOT NULL,
        advice_en text COLLATE "C",
        reason text COLLATE "C",
        document text COLLATE "C",
        opened_us bigint NOT NULL,
        closed_us bigint,
        closing text COLLATE "C"
    )
    """,
    "CREATE INDEX recall_open ON recall (opened_us) WHERE closed_us IS NULL",
    "CREATE INDEX recall_by_issuer ON recall (issuer)",
    # What one officer would set aside, and what a second one said of it.
    """
    CREATE TABLE set_aside_proposal (
        id uuid PRIMARY KEY,
        event_id uuid NOT NULL,
        line text COLLATE "C",
        battery text COLLATE "C" NOT NULL,
        basis text COLLATE "C" NOT NULL,
        document text COLLATE "C" NOT NULL,
        reason text COLLATE "C" NOT NULL,
        organisation text COLLATE "C" NOT NULL,
        made_at timestamptz NOT NULL,
        made_by uuid NOT NULL,
        decision text COLLATE "C",
        decided_at timestamptz,
        decided_by uuid
    )
    """,
    """
    CREATE INDEX set_aside_waiting ON set_aside_proposal (made_at) WHERE decision IS NULL
    """,
    # The projector makes every row anew: its version of the views changes with this.
    """
    ALTER TABLE battery
        ADD COLUMN held boolean NOT NULL DEFAULT false,
        ADD COLUMN made_day integer NOT NULL DEFAULT 0,
        ADD COLUMN remedied text[] COLLATE "C"
    """,
)
INDEXES = (
    """
    -- squawk-ignore require-concurrent-index-creation
    CREATE INDEX battery_by_maker ON battery (maker, made_day)
    """,
    """
    -- squawk-ignore require-concurrent-index-creation
    CREATE INDEX battery_remedied ON battery USING gin (remedied) WHERE remedied IS NOT NULL
    """,
)
ADMITTED = (
    ("recall", PROJECTOR, "SELECT, INSERT, UPDATE, DELETE"),
    ("recall", ASSESSOR, "SELECT"),
    ("recall", READER, "SELECT", "ARRAY[issuer] && (SELECT dianchi_eyes())"),
    (
        "set_aside_proposal",
        REGISTRAR,
        "SELECT, INSERT, UPDATE (decision, decided_at, decided_by)",
    ),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain.from_iterable(map(guard, ("recall", "set_aside_proposal")))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(TABLES, INDEXES, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    for name in ("held", "made_day", "remedied"):
        op.execute(f"ALTER TABLE battery DROP COLUMN {name}")
    op.execute("DROP TABLE set_aside_proposal")
    op.execute("DROP TABLE recall")
