"""Work lists of crews with what they did not find; transfers between sites of one organisation."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import REGISTRAR, admit, guard

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATEMENTS = (
    # since: the log index from which on reports tick its rows.
    """
    CREATE TABLE work_list (
        id uuid PRIMARY KEY,
        organisation text COLLATE "C" NOT NULL,
        number text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        crew text COLLATE "C" NOT NULL,
        due date NOT NULL,
        report text COLLATE "C" NOT NULL,
        reason text COLLATE "C" NOT NULL,
        since bigint NOT NULL,
        said bytea NOT NULL,
        made_at timestamptz NOT NULL,
        closed_at timestamptz,
        closed_why text COLLATE "C",
        CONSTRAINT work_list_number UNIQUE (organisation, number)
    )
    """,
    "CREATE INDEX work_list_organisation ON work_list (organisation, made_at)",
    "CREATE INDEX work_list_crew ON work_list (crew, made_at)",
    """
    CREATE TABLE work_row (
        list uuid NOT NULL,
        place bigint NOT NULL,
        organisation text COLLATE "C" NOT NULL,
        station text COLLATE "C" NOT NULL,
        battery text COLLATE "C",
        expected bigint,
        host_kind text COLLATE "C" NOT NULL,
        released_at timestamptz,
        PRIMARY KEY (list, place)
    )
    """,
    # One battery stands on one open list only, whoever plans at the same time.
    """
    CREATE UNIQUE INDEX work_row_held ON work_row (organisation, battery)
     WHERE battery IS NOT NULL AND released_at IS NULL
    """,
    """
    CREATE TABLE work_note (
        id uuid PRIMARY KEY,
        list uuid NOT NULL,
        place bigint NOT NULL,
        organisation text COLLATE "C" NOT NULL,
        device text COLLATE "C",
        why text COLLATE "C" NOT NULL,
        at timestamptz NOT NULL,
        told_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX work_note_list ON work_note (list)",
    # The reports are kept before they are recorded: who asks again sends the same ones.
    """
    CREATE TABLE transfer (
        id uuid PRIMARY KEY,
        organisation text COLLATE "C" NOT NULL,
        number text COLLATE "C" NOT NULL,
        source text COLLATE "C" NOT NULL,
        target text COLLATE "C" NOT NULL,
        day date NOT NULL,
        reason text COLLATE "C" NOT NULL,
        count bigint NOT NULL,
        form bytea NOT NULL,
        reports bytea NOT NULL,
        made_at timestamptz NOT NULL,
        recorded_at timestamptz,
        CONSTRAINT transfer_number UNIQUE (number)
    )
    """,
    "CREATE INDEX transfer_organisation ON transfer (organisation, made_at)",
)
ADMITTED = (
    ("work_list", REGISTRAR, "SELECT, INSERT, UPDATE (closed_at, closed_why)"),
    ("work_row", REGISTRAR, "SELECT, INSERT, UPDATE (released_at)"),
    ("work_note", REGISTRAR, "SELECT, INSERT"),
    ("transfer", REGISTRAR, "SELECT, INSERT, UPDATE (recorded_at), DELETE"),
)
TABLES = tuple(table for table, *_ in ADMITTED)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain.from_iterable(map(guard, TABLES))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(STATEMENTS, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    for name in reversed(TABLES):
        op.execute(f"DROP TABLE {name}")
