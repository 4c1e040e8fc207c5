"""What sites may treat and can treat in a year, by which document."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import ASSESSOR, READER, REGISTRAR, admit, guard

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Nothing is changed here: who notes another number for the same site and process adds a row.
# seen_by: whose site it is, and the areas in which it lay.
TABLE = """
    CREATE TABLE capacity (
        id uuid PRIMARY KEY,
        organisation text COLLATE "C" NOT NULL,
        site text COLLATE "C" NOT NULL,
        process text COLLATE "C" NOT NULL,
        permitted_t numeric,
        built_t numeric,
        document text COLLATE "C" NOT NULL,
        document_on date NOT NULL,
        valid_from date NOT NULL,
        valid_to date,
        noted_by text COLLATE "C" NOT NULL,
        noted_at timestamptz NOT NULL,
        seen_by text[] COLLATE "C" NOT NULL
    )
"""
INDEX = "CREATE INDEX capacity_by_site ON capacity (organisation, site, process, noted_at)"
ADMITTED = (
    ("capacity", REGISTRAR, "SELECT, INSERT"),
    ("capacity", ASSESSOR, "SELECT"),
    ("capacity", READER, "SELECT", "seen_by && (SELECT dianchi_eyes())"),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain((TABLE, INDEX), guard("capacity"), policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    op.execute("DROP TABLE capacity")
