"""Obligations: one row for each duty of each battery, and how many are over."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import ASSESSOR, PROJECTOR, READER, admit, guard

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    # A view, but for `earlier`: verdicts of rules that no longer hold are known nowhere else.
    # seen_by: who answers, who reports, and the areas of the place.
    """
    CREATE TABLE obligation (
        obligation_id uuid PRIMARY KEY,
        stream_id uuid NOT NULL,
        battery text COLLATE "C" NOT NULL,
        duty text COLLATE "C" NOT NULL,
        regime text COLLATE "C" NOT NULL,
        event_id uuid NOT NULL,
        event_type text COLLATE "C" NOT NULL,
        unreported boolean NOT NULL,
        bearer text COLLATE "C" NOT NULL,
        bearer_told text COLLATE "C",
        reporter text COLLATE "C" NOT NULL,
        owed_to text COLLATE "C" NOT NULL,
        statutory boolean NOT NULL,
        prefecture text COLLATE "C" NOT NULL,
        safety_class text COLLATE "C",
        start_day date NOT NULL,
        soon_day date NOT NULL,
        due_day date NOT NULL,
        met_day date,
        met_by uuid,
        ended_day date,
        phase text COLLATE "C" NOT NULL,
        dropped boolean NOT NULL,
        rule_set text COLLATE "C" NOT NULL,
        judged_at timestamptz NOT NULL,
        earlier jsonb,
        seen_by text[] COLLATE "C" NOT NULL
    )
    """,
    """
    CREATE TABLE obligation_tally (
        seen_by text[] COLLATE "C" NOT NULL,
        bearer text COLLATE "C" NOT NULL,
        prefecture text COLLATE "C" NOT NULL,
        duty text COLLATE "C" NOT NULL,
        statutory boolean NOT NULL,
        phase text COLLATE "C" NOT NULL,
        month date NOT NULL,
        rows bigint NOT NULL,
        PRIMARY KEY (seen_by, bearer, prefecture, duty, statutory, phase, month)
    )
    """,
)
INDEXES = (
    "CREATE INDEX obligation_by_phase ON obligation (phase, due_day, obligation_id)",
    "CREATE INDEX obligation_by_bearer ON obligation (bearer, phase, due_day, obligation_id)",
    """
    CREATE INDEX obligation_by_reporter ON obligation (reporter, phase, due_day, obligation_id)
     WHERE reporter <> bearer
    """,
    """
    CREATE INDEX obligation_by_prefecture
        ON obligation (prefecture, phase, due_day, obligation_id)
    """,
    "CREATE INDEX obligation_by_duty ON obligation (duty, phase, due_day, obligation_id)",
    "CREATE INDEX obligation_by_stream ON obligation (stream_id)",
)
SEEN = "seen_by && (SELECT dianchi_eyes())"
ADMITTED = tuple(
    (table, role, *rights)
    for table in ("obligation", "obligation_tally")
    for role, *rights in (
        (PROJECTOR, "SELECT, INSERT, UPDATE, DELETE"),
        (ASSESSOR, "SELECT"),
        (READER, "SELECT", SEEN),
    )
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain.from_iterable(map(guard, ("obligation", "obligation_tally")))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(TABLES, INDEXES, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    op.execute("DROP TABLE obligation_tally")
    op.execute("DROP TABLE obligation")
