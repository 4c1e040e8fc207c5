"""Which demonstration projects there are, and by which factors savings are estimated."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import ASSESSOR, PROJECTOR, READER, REGISTRAR, admit, guard

revision: str = "0037"
down_revision: str | None = "0036"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Nothing is changed here: who notes something else of the same project or day adds a row.
# seen_by: whose project it is, and the areas in which its sites lay.
TABLES = (
    """
    CREATE TABLE demonstration (
        id uuid PRIMARY KEY,
        name text COLLATE "C" NOT NULL,
        purpose text COLLATE "C" NOT NULL,
        organisation text COLLATE "C" NOT NULL,
        sites text[] COLLATE "C" NOT NULL,
        document text COLLATE "C" NOT NULL,
        document_on date NOT NULL,
        valid_from date NOT NULL,
        valid_to date,
        noted_by text COLLATE "C" NOT NULL,
        noted_at timestamptz NOT NULL,
        seen_by text[] COLLATE "C" NOT NULL
    )
    """,
    """
    CREATE TABLE factor_table (
        id uuid PRIMARY KEY,
        name text COLLATE "C" NOT NULL,
        version text COLLATE "C" NOT NULL,
        source text COLLATE "C" NOT NULL,
        valid_from date NOT NULL,
        factors jsonb NOT NULL,
        noted_by text COLLATE "C" NOT NULL,
        noted_at timestamptz NOT NULL
    )
    """,
)
INDEXES = (
    "CREATE INDEX demonstration_by_name ON demonstration (organisation, name, noted_at)",
    "CREATE INDEX factor_table_by_day ON factor_table (valid_from, noted_at)",
)
ADMITTED = (
    ("demonstration", REGISTRAR, "SELECT, INSERT"),
    ("demonstration", ASSESSOR, "SELECT"),
    ("demonstration", READER, "SELECT", "seen_by && (SELECT dianchi_eyes())"),
    ("factor_table", REGISTRAR, "SELECT, INSERT"),
    ("factor_table", ASSESSOR, "SELECT"),
    ("factor_table", READER, "SELECT"),
    # It writes the files that the province asked for.
    ("factor_table", PROJECTOR, "SELECT"),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain(guard("demonstration"), guard("factor_table"))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(TABLES, INDEXES, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    op.execute("DROP TABLE demonstration")
    op.execute("DROP TABLE factor_table")
