"""The events of a life that a reader is shown, asked once for the life and not for each event."""

from collections.abc import Sequence

from alembic import op

from dianchi.store.rights import ASSESSOR, READER

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# The view reads as its owner, who sees every event, and shows those of heads that the policy of
# `stream` would show. A barrier: no function of a query is asked about rows that are not shown.
VIEW = """
CREATE VIEW shown_event WITH (security_barrier = true) AS
SELECT e.stream_id, e.version, e.event_id, e.body
  FROM stream s JOIN event e ON e.stream_id = s.stream_id
 WHERE s.seen_by && (SELECT dianchi_eyes())
"""
# Whoever is given a view must be allowed to make one; for the length of this transaction only.
OWNED = (
    f"GRANT CREATE ON SCHEMA public TO {ASSESSOR}",
    f"ALTER VIEW shown_event OWNER TO {ASSESSOR}",
    f"REVOKE CREATE ON SCHEMA public FROM {ASSESSOR}",
    f"GRANT SELECT ON shown_event TO {READER}",
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    for statement in (VIEW, *OWNED):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    op.execute("DROP VIEW shown_event")
