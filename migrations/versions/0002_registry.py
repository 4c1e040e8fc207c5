"""The registry: organisations, sites, keys."""

from collections.abc import Sequence

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    """
    CREATE TABLE organisation (
        id text COLLATE "C" PRIMARY KEY,
        name text COLLATE "C" NOT NULL UNIQUE,
        uscc text COLLATE "C" UNIQUE,
        province text COLLATE "C",
        prefecture text COLLATE "C",
        onboarded_on date NOT NULL,
        permits jsonb NOT NULL
    )
    """,
    """
    CREATE TABLE site (
        organisation text COLLATE "C" NOT NULL,
        number text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        kind text COLLATE "C" NOT NULL,
        prefecture text COLLATE "C",
        area_m2 text COLLATE "C",
        PRIMARY KEY (organisation, number)
    )
    """,
    # digest: HMAC-SHA256 of the key under the pepper; a copied table opens nothing.
    """
    CREATE TABLE api_key (
        digest bytea PRIMARY KEY,
        prefix text COLLATE "C" NOT NULL,
        organisation text COLLATE "C" NOT NULL,
        role text COLLATE "C" NOT NULL,
        prefecture text COLLATE "C",
        made_at timestamptz NOT NULL,
        revoked_at timestamptz
    )
    """,
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    for table in TABLES:
        op.execute(table)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    for name in ("api_key", "site", "organisation"):
        op.execute(f"DROP TABLE {name}")
