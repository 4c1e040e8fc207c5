"""Asset packs, who opened them; one-time links by which outside receivers answer."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import KEEPER, REGISTRAR, admit, guard

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATEMENTS = (
    # The sheet is frozen: nobody may change it, only its end may come early.
    """
    CREATE TABLE asset_pack (
        id uuid PRIMARY KEY,
        organisation text COLLATE "C" NOT NULL,
        title text COLLATE "C" NOT NULL,
        named text[] COLLATE "C" NOT NULL,
        sheet bytea NOT NULL,
        sha256 bytea NOT NULL,
        made_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz
    )
    """,
    "CREATE INDEX asset_pack_organisation ON asset_pack (organisation)",
    "CREATE INDEX asset_pack_named ON asset_pack USING gin (named)",
    """
    CREATE TABLE asset_pack_opening (
        id uuid PRIMARY KEY,
        pack uuid NOT NULL,
        organisation text COLLATE "C" NOT NULL,
        form text COLLATE "C" NOT NULL,
        at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX asset_pack_opening_pack ON asset_pack_opening (pack)",
    # One answer for each link. Who answered by name stands in `personal`, under `receipt:<id>`.
    """
    CREATE TABLE outside_receipt (
        id uuid PRIMARY KEY,
        digest bytea NOT NULL UNIQUE,
        organisation text COLLATE "C" NOT NULL,
        event_id uuid NOT NULL,
        claimed bytea NOT NULL,
        made_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz,
        answered_at timestamptz,
        answer bytea
    )
    """,
    "CREATE INDEX outside_receipt_organisation ON outside_receipt (organisation, made_at)",
)
ADMITTED = (
    ("asset_pack", REGISTRAR, "SELECT, INSERT, UPDATE (revoked_at)"),
    ("asset_pack_opening", REGISTRAR, "SELECT, INSERT"),
    ("outside_receipt", KEEPER, "SELECT, INSERT, UPDATE (revoked_at, answered_at, answer)"),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain.from_iterable(
        map(guard, ("asset_pack", "asset_pack_opening", "outside_receipt"))
    )
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(STATEMENTS, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    op.execute("DELETE FROM personal WHERE kind = 'receipt'")
    for name in ("outside_receipt", "asset_pack_opening", "asset_pack"):
        op.execute(f"DROP TABLE {name}")
