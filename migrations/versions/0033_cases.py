"""Cases: what they are about, their steps, letters and attachments."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import ASSESSOR, KEEPER, READER, REGISTRAR, admit, guard

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES_AND_INDEXES = (
    # state, version and days are what the steps come to; seen_by are areas, never the firm: it
    # sees its case from `asked_at` on.
    """
    CREATE TABLE case_file (
        id uuid PRIMARY KEY,
        number text COLLATE "C" NOT NULL UNIQUE,
        firm text COLLATE "C" NOT NULL,
        prefecture text COLLATE "C" NOT NULL,
        seen_by text[] COLLATE "C" NOT NULL,
        items bigint NOT NULL,
        state text COLLATE "C" NOT NULL,
        version bigint NOT NULL,
        assignee uuid,
        due_on date,
        recheck_on date,
        opened_at timestamptz NOT NULL,
        opened_by text COLLATE "C" NOT NULL,
        asked_at timestamptz,
        closed_at timestamptz
    )
    """,
    "CREATE INDEX case_file_by_time ON case_file (opened_at, id)",
    "CREATE INDEX case_file_by_firm ON case_file (firm, opened_at, id)",
    # told: what was found or owed when the case was opened, and what of it the firm may know.
    """
    CREATE TABLE case_item (
        case_id uuid NOT NULL,
        place bigint NOT NULL,
        kind text COLLATE "C" NOT NULL,
        ref uuid NOT NULL,
        code text COLLATE "C" NOT NULL,
        battery text COLLATE "C",
        statutory boolean NOT NULL,
        told bytea NOT NULL,
        outcome text COLLATE "C",
        released_at timestamptz,
        PRIMARY KEY (case_id, place)
    )
    """,
    # Nothing is worked in two cases at once, whoever opens them at the same time.
    "CREATE UNIQUE INDEX case_item_held ON case_item (ref) WHERE released_at IS NULL",
    "CREATE INDEX case_item_by_ref ON case_item (ref)",
    # said: the hash of what was asked for, by which a repeat is known.
    """
    CREATE TABLE case_step (
        case_id uuid NOT NULL,
        version bigint NOT NULL,
        id uuid NOT NULL UNIQUE,
        step text COLLATE "C" NOT NULL,
        state text COLLATE "C" NOT NULL,
        organisation text COLLATE "C" NOT NULL,
        person uuid,
        at timestamptz NOT NULL,
        internal boolean NOT NULL,
        told bytea NOT NULL,
        said bytea NOT NULL,
        PRIMARY KEY (case_id, version)
    )
    """,
    """
    CREATE TABLE case_letter (
        number text COLLATE "C" PRIMARY KEY,
        case_id uuid NOT NULL,
        version bigint NOT NULL,
        kind text COLLATE "C" NOT NULL,
        body bytea NOT NULL,
        sha256 bytea NOT NULL,
        made_at timestamptz NOT NULL,
        UNIQUE (case_id, version)
    )
    """,
    """
    CREATE TABLE case_attachment (
        case_id uuid NOT NULL,
        organisation text COLLATE "C" NOT NULL,
        sha256 bytea NOT NULL,
        type text COLLATE "C" NOT NULL,
        size bigint NOT NULL,
        body bytea NOT NULL,
        made_at timestamptz NOT NULL,
        PRIMARY KEY (case_id, organisation, sha256)
    )
    """,
    "CREATE INDEX case_attachment_by_sender ON case_attachment (organisation, made_at)",
)
EYES = "(SELECT dianchi_eyes())"
OF_OFFICER = f"seen_by && {EYES}"
SEEN = f"{OF_OFFICER} OR (asked_at IS NOT NULL AND firm = ANY ({EYES}::text[]))"
# What a policy asks of another table is asked under the policy of that table.
IN_CASE = "EXISTS (SELECT FROM case_file f WHERE f.id = {0}.case_id)"
TO_OFFICER = f"EXISTS (SELECT FROM case_file f WHERE f.id = case_step.case_id AND f.{OF_OFFICER})"
TABLES = ("case_file", "case_item", "case_step", "case_letter", "case_attachment")
CHANGES = "state, version, assignee, due_on, recheck_on, asked_at, closed_at"
ADMITTED = (
    ("case_file", REGISTRAR, f"SELECT, INSERT, UPDATE ({CHANGES})"),
    ("case_item", REGISTRAR, "SELECT, INSERT, UPDATE (outcome, released_at)"),
    ("case_step", REGISTRAR, "SELECT, INSERT"),
    ("case_letter", REGISTRAR, "SELECT, INSERT"),
    ("case_attachment", KEEPER, "SELECT, INSERT"),
    *((table, ASSESSOR, "SELECT") for table in TABLES[:-1]),
    ("case_file", READER, "SELECT", SEEN),
    ("case_item", READER, "SELECT", IN_CASE.format("case_item")),
    (
        "case_step",
        READER,
        "SELECT",
        f"(NOT internal AND {IN_CASE.format('case_step')}) OR {TO_OFFICER}",
    ),
    ("case_letter", READER, "SELECT", IN_CASE.format("case_letter")),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain.from_iterable(map(guard, TABLES))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(TABLES_AND_INDEXES, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    for name in reversed(TABLES):
        op.execute(f"DROP TABLE {name}")
