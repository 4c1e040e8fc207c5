"""How Alembic runs the migrations: over asyncpg, or as SQL text (`--sql`) for squawk to read."""

from alembic import context
from sqlalchemy import Connection, text

# Two services that start together must not migrate together. The number is our name in ASCII.
MIGRATION_LOCK = int.from_bytes(b"dianchi", "big")


def online(connection: Connection) -> None:
    """Migrate over the connection that `dianchi.store.migrate` opened and closes."""
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
    # The lock belongs to the session: it outlives this transaction, so that each migration can
    # have its own, and ends with the connection.
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


def offline() -> None:
    """Print the SQL."""
    context.configure(dialect_name="postgresql", transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if context.is_offline_mode():
    offline()
elif given is None:
    raise SystemExit("migrate by `dianchi migrate`; Alembic itself only writes files and SQL here")
else:
    online(given)
