"""People who sign in, their links and sessions, and systems that ask for tokens."""

from collections.abc import Sequence
from itertools import chain

from alembic import op

from dianchi.store.rights import PROJECTOR, REGISTRAR, admit, guard

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    # password: argon2id with its parameters. totp_secret: AES-256-GCM under a key of the service.
    """
    CREATE TABLE person (
        id uuid PRIMARY KEY,
        organisation text COLLATE "C" NOT NULL,
        role text COLLATE "C" NOT NULL,
        prefecture text COLLATE "C",
        manages boolean NOT NULL,
        name text COLLATE "C" NOT NULL,
        login text COLLATE "C" UNIQUE,
        password text COLLATE "C",
        totp_secret bytea,
        totp_since timestamptz,
        totp_step bigint,
        subject text COLLATE "C" UNIQUE,
        made_at timestamptz NOT NULL,
        made_by uuid,
        disabled_at timestamptz,
        disabled_by uuid
    )
    """,
    # digest: SHA-256 of 256 random bits; a copied table opens nothing.
    """
    CREATE TABLE person_link (
        digest bytea PRIMARY KEY,
        person uuid NOT NULL,
        clears_codes boolean NOT NULL,
        made_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz
    )
    """,
    """
    CREATE TABLE person_session (
        digest bytea PRIMARY KEY,
        person uuid NOT NULL,
        step text COLLATE "C" NOT NULL,
        tries integer NOT NULL,
        made_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        agent text COLLATE "C",
        address text COLLATE "C"
    )
    """,
    """
    CREATE TABLE recovery_code (
        person uuid NOT NULL,
        digest bytea NOT NULL,
        used_at timestamptz,
        PRIMARY KEY (person, digest)
    )
    """,
    """
    CREATE TABLE client_key (
        id text COLLATE "C" PRIMARY KEY,
        public_key bytea NOT NULL,
        name text COLLATE "C" NOT NULL,
        organisation text COLLATE "C" NOT NULL,
        role text COLLATE "C" NOT NULL,
        prefecture text COLLATE "C",
        area text COLLATE "C",
        department text COLLATE "C",
        scopes text[] COLLATE "C",
        made_at timestamptz NOT NULL,
        made_by uuid,
        revoked_at timestamptz
    )
    """,
    """
    CREATE TABLE client_assertion (
        client text COLLATE "C" NOT NULL,
        jti text COLLATE "C" NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (client, jti)
    )
    """,
)
# Of tables made above, and empty: nobody waits for them.
INDEXES = (
    "CREATE INDEX person_of_organisation ON person (organisation)",
    "CREATE INDEX link_of_person ON person_link (person)",
    "CREATE INDEX session_of_person ON person_session (person)",
    "CREATE INDEX client_key_of_organisation ON client_key (organisation)",
)
NAMES = (
    "client_assertion",
    "client_key",
    "recovery_code",
    "person_session",
    "person_link",
    "person",
)

ADMITTED = (
    ("person", REGISTRAR, "SELECT, INSERT, UPDATE"),
    ("person", PROJECTOR, "SELECT (organisation, role)"),
    ("person_link", REGISTRAR, "SELECT, INSERT, UPDATE, DELETE"),
    ("person_session", REGISTRAR, "SELECT, INSERT, UPDATE, DELETE"),
    ("recovery_code", REGISTRAR, "SELECT, INSERT, UPDATE, DELETE"),
    ("client_key", REGISTRAR, "SELECT, INSERT, UPDATE"),
    ("client_assertion", REGISTRAR, "SELECT, INSERT, DELETE"),
)


def upgrade() -> None:
    """One purpose; one statement in each `op.execute` (asyncpg prepares them)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    guards = chain.from_iterable(map(guard, NAMES))
    policies = chain.from_iterable(admit(*each) for each in ADMITTED)
    for statement in chain(TABLES, INDEXES, guards, policies):
        op.execute(statement)


def downgrade() -> None:
    """For a developer's database; production only goes forward."""
    for name in NAMES:
        op.execute(f"DROP TABLE {name}")
