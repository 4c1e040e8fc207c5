"""Pickups as a list; claims that may be repeated; complaints found by their area."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import ASSESSOR, PROJECTOR, READER, admit, guard

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    # A view: made of the log, and made anew where its version changes. silent_us: from when whoever
    # was asked is silent. seen_by: of the stream, as for batteries.
    """
    CREATE TABLE pickup (
        stream_id uuid PRIMARY KEY,
        number text COLLATE "C" NOT NULL,
        event_id uuid NOT NULL,
        requester text COLLATE "C" NOT NULL,
        site text COLLATE "C",
        addressee text COLLATE "C" NOT NULL,
        addressee_told text COLLATE "C" NOT NULL,
        batteries text[] COLLATE "C" NOT NULL,
        asked_us bigint NOT NULL,
        silent_us bigint NOT NULL,
        answer text COLLATE "C",
        reason text COLLATE "C",
        answered_us bigint,
        seen_by text[] COLLATE "C" NOT NULL
    )
    """,
    # By which a phone shows that it is the one that claimed: a keyed hash of what it made up.
    "ALTER TABLE device ADD COLUMN claimant bytea",
)
INDEXES = (
    "CREATE INDEX pickup_asked ON pickup (asked_us, stream_id)",
    "CREATE INDEX pickup_by_seer ON pickup USING gin (seen_by)",
    # A few thousand rows at the most: built at once.
    """
    -- squawk-ignore require-concurrent-index-creation
    CREATE INDEX complaint_open ON complaint (prefecture, made_at) WHERE closed_at IS NULL
    """,
    """
    -- squawk-ignore require-concurrent-index-creation
    CREATE INDEX complaint_closed ON complaint (prefecture, closed_at)
     WHERE closed_at IS NOT NULL
    """,
)
ADMITTED = (
    ("pickup", PROJECTOR, "SELECT, INSERT, UPDATE, DELETE"),
    ("pickup", ASSESSOR, "SELECT"),
    ("pickup", READER, "SELECT", "seen_by && (SELECT dianchi_eyes())"),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(TABLES, INDEXES, guard("pickup"), policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    for index in ("complaint_closed", "complaint_open"):
        op.execute(f"DROP INDEX {index}")
    op.execute("ALTER TABLE device DROP COLUMN claimant")
    op.execute("DROP TABLE pickup")
