"""Who may see a life, and what each part of the service may do: roles and row-level security."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import (
    ASSESSOR,
    KEEPER,
    PROJECTOR,
    READER,
    RECORDER,
    REGISTRAR,
    ROLES,
    SEQUENCER,
    admit,
    guard,
    join_role,
    make_role,
)

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# A constant default: no table is rewritten. What was recorded before is seen by the province alone
# until `dianchi migrate` has looked at it (recording/resight.py).
COLUMNS = (
    "ALTER TABLE stream ADD COLUMN seen_by text[] COLLATE \"C\" NOT NULL DEFAULT '{}'",
    "ALTER TABLE battery ADD COLUMN seen_by text[] COLLATE \"C\" NOT NULL DEFAULT '{}'",
    "ALTER TABLE finding ADD COLUMN seen_by text[] COLLATE \"C\" NOT NULL DEFAULT '{}'",
)
# The lists of one organisation or area: a few rows of very many.
INDEXES = (
    # Of columns that are empty as yet: built at once.
    """
    -- squawk-ignore require-concurrent-index-creation
    CREATE INDEX battery_by_seer ON battery USING gin (seen_by)
    """,
    """
    -- squawk-ignore require-concurrent-index-creation
    CREATE INDEX finding_by_seer ON finding USING gin (seen_by)
    """,
)
# An error where nobody said for whom it reads: rather none than all.
EYES = """
CREATE FUNCTION dianchi_eyes() RETURNS text[] STABLE LANGUAGE sql AS
$$ SELECT string_to_array(current_setting('dianchi.eyes'), ',') COLLATE "C" $$
"""
# (SELECT ...): asked once for each statement, not for each row. What a policy asks of another table
# is asked under the policy of that table.
SEEN = "seen_by && (SELECT dianchi_eyes())"
OWN = "organisation = ANY ((SELECT dianchi_eyes())::text[])"
SHOWN_STREAM = "EXISTS (SELECT FROM stream s WHERE s.stream_id = {0}.stream_id)"
OWN_REPORT = f"EXISTS (SELECT FROM report r WHERE r.event_id = event.event_id AND r.{OWN})"
SHOWN_EVENT = """EXISTS (SELECT FROM event e
    WHERE e.stream_id = event_key.stream_id AND e.version = event_key.version)"""
READS = "SELECT"
ADMITTED = (
    ("report", RECORDER, "SELECT, INSERT"),
    ("report", ASSESSOR, READS),
    ("report", PROJECTOR, READS),
    ("report", READER, READS, f"{OWN} OR {SHOWN_STREAM.format('report')}"),
    ("stream", RECORDER, "SELECT, INSERT, UPDATE (version, state, seen_by)"),
    ("stream", ASSESSOR, READS),
    ("stream", PROJECTOR, READS),
    ("stream", READER, READS, SEEN),
    ("event", RECORDER, "SELECT, INSERT"),
    ("event", SEQUENCER, READS),
    ("event", ASSESSOR, READS),
    ("event", PROJECTOR, READS),
    ("event", READER, READS, f"{SHOWN_STREAM.format('event')} OR {OWN_REPORT}"),
    ("event_key", RECORDER, "SELECT, INSERT"),
    ("event_key", ASSESSOR, READS),
    ("event_key", PROJECTOR, READS),
    ("event_key", READER, READS, SHOWN_EVENT),
    ("outbox", RECORDER, "INSERT"),
    ("outbox", SEQUENCER, "SELECT, DELETE"),
    ("outbox", ASSESSOR, READS),
    ("log_entry", SEQUENCER, "SELECT, INSERT"),
    ("log_entry", ASSESSOR, READS),
    ("log_entry", PROJECTOR, READS),
    ("log_entry", READER, READS),
    ("vin", RECORDER, "SELECT, INSERT"),
    ("vin", KEEPER, "SELECT, DELETE"),
    ("log_tile", SEQUENCER, "SELECT, INSERT, UPDATE (hashes)"),
    ("log_tile", ASSESSOR, READS),
    ("log_checkpoint", SEQUENCER, "SELECT, INSERT, UPDATE (cosignatures)"),
    ("log_checkpoint", ASSESSOR, READS),
    ("organisation", REGISTRAR, "SELECT, INSERT, UPDATE"),
    ("organisation", PROJECTOR, READS),
    ("site", REGISTRAR, "SELECT, INSERT, UPDATE"),
    ("site", PROJECTOR, READS),
    ("vendor", REGISTRAR, "SELECT, INSERT, UPDATE"),
    ("vendor", PROJECTOR, READS),
    ("api_key", REGISTRAR, "SELECT, INSERT, UPDATE"),
    ("api_key", PROJECTOR, "SELECT (organisation, role)"),
    ("battery", PROJECTOR, "SELECT, INSERT, UPDATE, DELETE"),
    ("battery", ASSESSOR, READS),
    ("battery", READER, READS, SEEN),
    ("finding", PROJECTOR, "SELECT, INSERT, UPDATE, DELETE"),
    ("finding", ASSESSOR, READS),
    ("finding", READER, READS, SEEN),
    ("projection", PROJECTOR, "SELECT, INSERT, UPDATE, DELETE"),
    ("projection", ASSESSOR, READS),
    ("projection", READER, READS),
    ("unsettled", PROJECTOR, "SELECT, INSERT, UPDATE, DELETE"),
    ("firm", PROJECTOR, "SELECT, INSERT, UPDATE, DELETE, TRUNCATE"),
    ("doubtful", PROJECTOR, "SELECT, INSERT, UPDATE, DELETE, TRUNCATE"),
    ("crowd", PROJECTOR, "SELECT, INSERT, UPDATE, DELETE, TRUNCATE"),
)
TABLES = tuple(dict.fromkeys(table for table, *_ in ADMITTED))


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '600s'")
    roles = chain.from_iterable((make_role(role), join_role(role)) for role in ROLES)
    guards = chain.from_iterable(map(guard, TABLES))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(COLUMNS, INDEXES, (EYES,), roles, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward. Roles belong to the server."""
    for table, role, *_ in ADMITTED:
        op.execute(f"DROP POLICY IF EXISTS {role} ON {table}")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        for role in ROLES:
            op.execute(f"REVOKE ALL ON TABLE {table} FROM {role}")
    op.execute("DROP FUNCTION dianchi_eyes()")
    for index in ("finding_by_seer", "battery_by_seer"):
        op.execute(f"DROP INDEX {index}")
    for table in ("finding", "battery", "stream"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN seen_by")
