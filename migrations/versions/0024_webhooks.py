"""The log as one reader is shown it; webhooks and what was sent to them."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import (
    ASSESSOR,
    COURIER,
    READER,
    REGISTRAR,
    admit,
    guard,
    join_role,
    make_role,
)

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# A stretch of the log is looked at entry by entry, by keys alone: OFFSET 0 keeps the planner from
# reading whole tables for it. A barrier: no function of a query is asked about rows not shown.
VIEW = """
CREATE VIEW shown_log WITH (security_barrier = true) AS
SELECT l.log_index, l.logged_at, f.body, f.seen_by
  FROM log_entry l
  CROSS JOIN LATERAL (
      SELECT e.body, s.seen_by
        FROM event e
        JOIN stream s ON s.stream_id = l.stream_id
       WHERE e.stream_id = l.stream_id AND e.version = l.version
         AND (s.seen_by && (SELECT dianchi_eyes())
              OR EXISTS (SELECT FROM report r
                          WHERE r.event_id = e.event_id
                            AND r.organisation = ANY ((SELECT dianchi_eyes())::text[])))
      OFFSET 0) f
"""
# Whoever is given a view must be allowed to make one; for the length of this transaction only.
OWNED = (
    f"GRANT CREATE ON SCHEMA public TO {ASSESSOR}",
    f"ALTER VIEW shown_log OWNER TO {ASSESSOR}",
    f"REVOKE CREATE ON SCHEMA public FROM {ASSESSOR}",
    f"GRANT SELECT ON shown_log TO {READER}",
)
TABLES = (
    # `log_index`: up to where the log was looked through for it. What fails at the receiver is
    # counted here, what is wrong with one event beside the event.
    """
    CREATE TABLE webhook (
        id uuid PRIMARY KEY,
        organisation text COLLATE "C" NOT NULL,
        role text COLLATE "C" NOT NULL,
        area text COLLATE "C",
        url text COLLATE "C" NOT NULL,
        types text[] COLLATE "C",
        whole boolean NOT NULL,
        secret bytea NOT NULL,
        former_secret bytea,
        former_until timestamptz,
        log_index bigint NOT NULL,
        made_at timestamptz NOT NULL,
        paused_at timestamptz,
        failures integer NOT NULL DEFAULT 0,
        failing_since timestamptz,
        next_at timestamptz NOT NULL,
        disabled_at timestamptz,
        disabled_why text COLLATE "C"
    )
    """,
    "CREATE INDEX webhook_by_organisation ON webhook (organisation)",
    # One row for each message, whatever became of it; `next_at` is also the lease of who sends it.
    """
    CREATE TABLE delivery (
        webhook uuid NOT NULL,
        message text COLLATE "C" NOT NULL,
        log_index bigint,
        type text COLLATE "C" NOT NULL,
        state text COLLATE "C" NOT NULL,
        tries integer NOT NULL DEFAULT 0,
        next_at timestamptz NOT NULL,
        made_at timestamptz NOT NULL,
        tried_at timestamptz,
        status integer,
        took_ms integer,
        fault text COLLATE "C",
        PRIMARY KEY (webhook, message)
    ) WITH (
        fillfactor = 80,
        autovacuum_vacuum_scale_factor = 0,
        autovacuum_vacuum_threshold = 1000
    )
    """,
    """
    CREATE INDEX delivery_waiting ON delivery (webhook, next_at, log_index)
     WHERE state = 'waiting'
    """,
    "CREATE INDEX delivery_made ON delivery (webhook, made_at DESC, message DESC)",
    # What is old is swept away, whosever it is.
    "CREATE INDEX delivery_old ON delivery (made_at) WHERE state <> 'waiting'",
)
ADMITTED = (
    ("webhook", REGISTRAR, "SELECT, INSERT, UPDATE, DELETE"),
    ("delivery", REGISTRAR, "SELECT, INSERT, DELETE"),
    (
        "webhook",
        COURIER,
        "SELECT, UPDATE (log_index, failures, failing_since, next_at, disabled_at, disabled_why)",
    ),
    ("delivery", COURIER, "SELECT, INSERT, UPDATE, DELETE"),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    role = (make_role(COURIER), join_role(COURIER))
    guards = chain.from_iterable(map(guard, ("webhook", "delivery")))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain((VIEW,), OWNED, TABLES, role, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward. Roles belong to the server."""
    for name in ("delivery", "webhook"):
        op.execute(f"DROP TABLE {name}")
    op.execute("DROP VIEW shown_log")
