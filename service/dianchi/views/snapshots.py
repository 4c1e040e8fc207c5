"""Many questions about one moment: pages of a list that nothing is added to while it is read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from dianchi.store.connect import last_for
from dianchi.store.readers import Lender

LONGEST_S: Final = 1_800
"""How long one moment is held on to: the database keeps what was deleted since."""


class _Pinned(Lender):
    """Lends the same connection again and again, to one at a time."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def take(self) -> asyncpg.Connection:
        return self._connection

    def give_back(self, connection: asyncpg.Connection, *, broken: bool = False) -> None:
        """It is given back with the snapshot."""


@asynccontextmanager
async def snapshot(lender: Lender) -> AsyncIterator[Lender]:
    """What a lender shows at this moment, for as long as the block takes; never two at a time."""
    async with (
        lender.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await last_for(connection, LONGEST_S)
        yield _Pinned(connection)
