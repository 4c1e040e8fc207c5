"""What lives and batches add to each count, and the counts that dashboards read."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import ASSESSOR, PROJECTOR, READER, admit, guard

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    # Four amounts for each cell; what a cell is stands in `tally`.
    """
    CREATE TABLE contribution (
        stream_id uuid PRIMARY KEY,
        cells bigint[] NOT NULL,
        amounts bigint[] NOT NULL
    )
    """,
    "CREATE INDEX contribution_by_cell ON contribution USING gin (cells)",
    """
    CREATE TABLE tally (
        cell bigint PRIMARY KEY,
        measure text COLLATE "C" NOT NULL,
        month integer NOT NULL,
        prefecture text COLLATE "C" NOT NULL,
        county text COLLATE "C" NOT NULL,
        functional text COLLATE "C" NOT NULL,
        chemistry text COLLATE "C" NOT NULL,
        firm text COLLATE "C" NOT NULL,
        partner text COLLATE "C" NOT NULL,
        contributors bigint NOT NULL,
        things bigint NOT NULL,
        mass_g bigint NOT NULL,
        energy_wh bigint NOT NULL,
        stay_s bigint NOT NULL
    ) WITH (fillfactor = 80)
    """,
    """
    CREATE INDEX tally_by_measure ON tally
        (measure, month, prefecture, county, functional, chemistry, firm, partner)
    """,
    "CREATE INDEX tally_by_firm ON tally (firm)",
)
# An officer counts what happened in its area, a firm what it reported itself.
MINE = "ARRAY[prefecture, county, functional, firm] && (SELECT dianchi_eyes())"
ADMITTED = (
    ("contribution", PROJECTOR, "SELECT, INSERT, UPDATE, DELETE"),
    ("contribution", ASSESSOR, "SELECT"),
    ("tally", PROJECTOR, "SELECT, INSERT, UPDATE, DELETE"),
    ("tally", ASSESSOR, "SELECT"),
    ("tally", READER, "SELECT", MINE),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain.from_iterable(map(guard, ("contribution", "tally")))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(TABLES, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    for name in ("tally", "contribution"):
        op.execute(f"DROP TABLE {name}")
