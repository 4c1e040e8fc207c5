"""What organisations push to the national platform: their connections, vehicles and answers."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import COURIER, REGISTRAR, admit, guard

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    # `log_index`: up to where the log was looked through for it; `next_at`: when it may be asked
    # again, for its rate or because it failed; `held_why`: nothing is sent until somebody acts.
    """
    CREATE TABLE national_connection (
        id uuid PRIMARY KEY,
        organisation text COLLATE "C" NOT NULL UNIQUE,
        role text COLLATE "C" NOT NULL,
        url text COLLATE "C" NOT NULL,
        profile text COLLATE "C" NOT NULL,
        types text[] COLLATE "C" NOT NULL,
        fixed jsonb NOT NULL,
        credentials bytea NOT NULL,
        credentials_at timestamptz NOT NULL,
        per_minute integer NOT NULL,
        log_index bigint NOT NULL,
        made_at timestamptz NOT NULL,
        paused_at timestamptz,
        failures integer NOT NULL DEFAULT 0,
        failing_since timestamptz,
        fault text COLLATE "C",
        next_at timestamptz NOT NULL,
        held_at timestamptz,
        held_why text COLLATE "C"
    )
    """,
    # One row for each vehicle, whatever became of it; `next_at` is also the lease of who sends it.
    # `asked` is the hash of what was sent without an answer being heard, `sent` of what was taken.
    """
    CREATE TABLE national_item (
        connection uuid NOT NULL,
        vehicle text COLLATE "C" NOT NULL,
        id uuid NOT NULL UNIQUE,
        battery text COLLATE "C" NOT NULL,
        type text COLLATE "C" NOT NULL,
        log_index bigint NOT NULL,
        state text COLLATE "C" NOT NULL,
        tries integer NOT NULL DEFAULT 0,
        next_at timestamptz NOT NULL,
        made_at timestamptz NOT NULL,
        due_on date,
        tried_at timestamptz,
        asked bytea,
        sent bytea,
        sent_at timestamptz,
        code integer,
        said text COLLATE "C",
        fault text COLLATE "C",
        gaps jsonb,
        given jsonb NOT NULL DEFAULT '{}',
        reason text COLLATE "C",
        PRIMARY KEY (connection, vehicle)
    ) WITH (
        fillfactor = 80,
        autovacuum_vacuum_scale_factor = 0,
        autovacuum_vacuum_threshold = 1000
    )
    """,
    """
    CREATE INDEX national_item_waiting ON national_item (connection, next_at, log_index)
     WHERE state = 'waiting'
    """,
    "CREATE INDEX national_item_listed ON national_item (connection, state, log_index DESC)",
)
ADMITTED = (
    ("national_connection", REGISTRAR, "SELECT, INSERT, UPDATE, DELETE"),
    (
        "national_item",
        REGISTRAR,
        "SELECT, DELETE, UPDATE (state, next_at, tries, given, reason)",
    ),
    (
        "national_connection",
        COURIER,
        "SELECT, UPDATE (log_index, failures, failing_since, fault, next_at, held_at, held_why)",
    ),
    ("national_item", COURIER, "SELECT, INSERT, UPDATE"),
)
# A vehicle is known to the platform by its VIN; nothing else personal is pushed.
VINS = tuple(admit("personal", COURIER, "SELECT", "kind = 'vin'"))


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain.from_iterable(map(guard, ("national_connection", "national_item")))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(TABLES, guards, policies, VINS):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    op.execute(f"DROP POLICY {COURIER} ON personal")
    op.execute(f"REVOKE ALL ON TABLE personal FROM {COURIER}")
    for name in ("national_item", "national_connection"):
        op.execute(f"DROP TABLE {name}")
