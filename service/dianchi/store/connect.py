"""Connections: how a writer and a reader of the record are set up."""

from typing import Any

import asyncpg

from dianchi.store.rights import RECORDER

WRITE_TIMEOUT_S = 60
Queryable = asyncpg.Connection
"""What answers queries."""
_SEVENTEEN = 17
# Where the server cannot end a statement that takes too long, because it is gone, we do.
_LEEWAY_S = 5


async def connect_as(role: str, dsn: str, **settings: Any) -> asyncpg.Connection:  # noqa: ANN401 - asyncpg's own
    """A connection that begins with the rights of one role (`store.rights`) and has no others."""
    return await asyncpg.connect(dsn, server_settings={"role": role}, **settings)


async def open_writer(dsn: str) -> asyncpg.Connection:
    """A connection for rounds.

    Heads are locked in the order the arrays give, which needs nested loops; a plan that flips to a
    hash join after a bulk load would lock in another order (and is slower for these sizes). A plan
    made while the tables were empty must not read them whole once they are full.
    """
    connection = await connect_as(
        RECORDER, dsn, statement_cache_size=50, command_timeout=WRITE_TIMEOUT_S + _LEEWAY_S
    )
    return await _set_up(
        connection,
        "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off;"
        "SET plan_cache_mode = force_generic_plan",
    )


async def open_reader(dsn: str, role: str) -> asyncpg.Connection:
    """A connection for answers.

    They go by keys, whatever they ask for: planning each anew costs more than it finds.
    """
    connection = await connect_as(role, dsn, command_timeout=WRITE_TIMEOUT_S)
    return await _set_up(connection, "SET plan_cache_mode = force_generic_plan")


async def _set_up(connection: asyncpg.Connection, settings: str) -> asyncpg.Connection:
    """The connection with these settings and bounds; closed where somebody interrupts that."""
    try:
        await connection.execute(settings)
        await connection.execute(f"SET {_bound_of(connection)} = '{WRITE_TIMEOUT_S}s'")
    except BaseException:
        connection.terminate()
        raise
    return connection


async def last_for(connection: asyncpg.Connection, seconds: int) -> None:
    """Lets the transaction that is open on a connection last longer than others."""
    await connection.execute(f"SET LOCAL {_bound_of(connection)} = '{seconds}s'")


def _bound_of(connection: asyncpg.Connection) -> str:
    newer = connection.get_server_version().major >= _SEVENTEEN
    return "transaction_timeout" if newer else "idle_in_transaction_session_timeout"
