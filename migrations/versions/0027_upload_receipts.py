"""Receipts of uploads, kept when they are first given; sites that a file registers."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import UPLOADER, admit, guard

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATEMENTS = (
    # body: what the receipt says. Rows of an upload go after 30 days, its receipt stays.
    """
    CREATE TABLE upload_receipt (
        upload uuid PRIMARY KEY,
        number text COLLATE "C" NOT NULL UNIQUE,
        organisation text COLLATE "C" NOT NULL,
        body jsonb NOT NULL,
        issued_at timestamptz NOT NULL
    )
    """,
)
_PLACE = "name, kind, prefecture, county, functional, area_m2, capacity_kg"
ADMITTED = (
    ("upload_receipt", UPLOADER, "SELECT, INSERT"),
    # All that a file may tell of a site that is there: never its permits and principals.
    ("site", UPLOADER, f"SELECT, INSERT, UPDATE ({_PLACE}, opened_on, closed_on, changed)"),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(STATEMENTS, guard("upload_receipt"), policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    op.execute(f"DROP POLICY {UPLOADER} ON site")
    op.execute(f"REVOKE ALL ON TABLE site FROM {UPLOADER}")
    op.execute("DROP TABLE upload_receipt")
