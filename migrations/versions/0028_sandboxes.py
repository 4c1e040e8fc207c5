"""Sandboxes of firms, conformity runs, and what a sandbox received."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import REGISTRAR, admit, guard

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATEMENTS = (
    # One for each firm; what is in it lies in a database of its own, named after id and generation.
    """
    CREATE TABLE sandbox (
        id text COLLATE "C" PRIMARY KEY,
        organisation text COLLATE "C" NOT NULL UNIQUE,
        generation integer NOT NULL,
        made_at timestamptz NOT NULL,
        ready_at timestamptz,
        used_at timestamptz NOT NULL
    )
    """,
    # A run outlives its sandbox: from `ended_at` on nothing of it changes.
    """
    CREATE TABLE conformity_run (
        number text COLLATE "C" PRIMARY KEY,
        sandbox text COLLATE "C" NOT NULL,
        generation integer NOT NULL,
        organisation text COLLATE "C" NOT NULL,
        role text COLLATE "C" NOT NULL,
        version text COLLATE "C" NOT NULL,
        names bytea NOT NULL,
        answers bytea NOT NULL,
        begun_at timestamptz NOT NULL,
        ended_at timestamptz,
        passed boolean,
        report bytea,
        sha256 bytea
    )
    """,
    "CREATE INDEX conformity_run_organisation ON conformity_run (organisation, begun_at)",
    "CREATE INDEX conformity_run_ended ON conformity_run (ended_at)",
    # Filled in the databases of sandboxes only.
    """
    CREATE TABLE sandbox_exchange (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        began_us bigint NOT NULL,
        at_us bigint NOT NULL,
        told bytea NOT NULL
    )
    """,
    "CREATE INDEX sandbox_exchange_began ON sandbox_exchange (began_us)",
)
RUN = "ended_at, answers, passed, report, sha256"
ADMITTED = (
    ("sandbox", REGISTRAR, "SELECT, INSERT, DELETE, UPDATE (generation, ready_at, used_at)"),
    ("conformity_run", REGISTRAR, f"SELECT, INSERT, UPDATE ({RUN})"),
    ("sandbox_exchange", REGISTRAR, "SELECT, INSERT"),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain.from_iterable(guard(name) for name, *_ in ADMITTED)
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(STATEMENTS, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    for name, *_ in reversed(ADMITTED):
        op.execute(f"DROP TABLE {name}")
