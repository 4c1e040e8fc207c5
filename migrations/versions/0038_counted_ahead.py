"""What screens count, counted ahead or read from an index alone: sums by place, stocks, duties."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import ASSESSOR, PROJECTOR, READER, admit, guard

revision: str = "0038"
down_revision: str | None = "0037"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = "measure, month, prefecture, chemistry"
SUMS = ("contributors", "things", "mass_g", "energy_wh", "stay_s")
TABLE = """
CREATE TABLE place_tally (
    measure text COLLATE "C" NOT NULL,
    month integer NOT NULL,
    prefecture text COLLATE "C" NOT NULL,
    chemistry text COLLATE "C" NOT NULL,
    contributors bigint NOT NULL,
    things bigint NOT NULL,
    mass_g bigint NOT NULL,
    energy_wh bigint NOT NULL,
    stay_s bigint NOT NULL,
    PRIMARY KEY (measure, month, prefecture, chemistry)
) WITH (fillfactor = 80)
"""


def added(rows: str) -> str:
    """The statement that adds these rows of `tally`, in the order of the key."""
    sums = ", ".join(f"sum({name})::bigint" for name in SUMS)
    more = ", ".join(f"{name} = p.{name} + excluded.{name}" for name in SUMS)
    return f"""
    INSERT INTO place_tally AS p ({KEY}, {", ".join(SUMS)})
    SELECT {KEY}, {sums} FROM {rows} GROUP BY {KEY} ORDER BY {KEY}
        ON CONFLICT ({KEY}) DO UPDATE SET {more}"""  # noqa: S608 - constants


LESS = ", ".join(f"-{name}" for name in SUMS)
TAKEN = f"(SELECT {KEY}, {LESS} FROM gone) g ({KEY}, {', '.join(SUMS)})"  # noqa: S608 - constants
CHANGED = f"""(SELECT {KEY}, {", ".join(SUMS)} FROM come
    UNION ALL SELECT {KEY}, {LESS} FROM gone) g"""  # noqa: S608 - constants
# A trigger, so that whoever writes cells keeps the sums, and none of them can forget it.
FUNCTION = f"""
CREATE FUNCTION dianchi_sum_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN {added("come")};
    ELSIF TG_OP = 'UPDATE' THEN {added(CHANGED)};
    ELSIF TG_OP = 'DELETE' THEN {added(TAKEN)};
    ELSE DELETE FROM place_tally;
    END IF;
    RETURN NULL;
END $$
"""  # noqa: S608 - constants
COME, GONE = "NEW TABLE AS come", "OLD TABLE AS gone"
TRIGGERS = (
    ("insert", f"REFERENCING {COME}"),
    ("update", f"REFERENCING {COME} {GONE}"),
    ("delete", f"REFERENCING {GONE}"),
    ("truncate", ""),
)
# Of views, which can be made again: their writer waits for seconds, reporting goes on.
INDEXES = (
    """
    -- squawk-ignore require-concurrent-index-creation
    CREATE INDEX battery_in_store ON battery (holder, site, mass_kg)
     WHERE site IS NOT NULL
       AND stage IN ('collected', 'retired', 'removed', 'at_utilizer', 'assessed')
    """,
    """
    -- squawk-ignore require-concurrent-index-creation
    CREATE INDEX finding_told ON finding (code, severity, opened_at, closed_at, prefecture)
    """,
    """
    -- squawk-ignore require-concurrent-index-creation
    CREATE INDEX obligation_going_on ON obligation
        (statutory, due_day, soon_day, duty, prefecture, phase) WHERE phase IN ('open', 'owed')
    """,
)
ADMITTED = (
    ("place_tally", PROJECTOR, "SELECT, INSERT, UPDATE, DELETE"),
    ("place_tally", ASSESSOR, "SELECT"),
    # Of all firms together: nobody's own.
    ("place_tally", READER, "SELECT", "false"),
)


def trigger(act: str, tables: str) -> str:
    """After a statement, not each row."""
    return f"""
    CREATE TRIGGER place_tally_{act} AFTER {act.upper()} ON tally {tables}
       FOR EACH STATEMENT EXECUTE FUNCTION dianchi_sum_places()"""


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    triggers = [trigger(*each) for each in TRIGGERS]
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    # The triggers first: they keep writers out until the sums are there.
    sums = (TABLE, FUNCTION, *triggers, added("tally"))
    for statement in chain(sums, guard("place_tally"), policies, INDEXES):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    for act, _ in TRIGGERS:
        op.execute(f"DROP TRIGGER place_tally_{act} ON tally")
    op.execute("DROP FUNCTION dianchi_sum_places()")
    op.execute("DROP TABLE place_tally")
    for name in ("obligation_going_on", "finding_told", "battery_in_store"):
        op.execute(f"DROP INDEX {name}")
