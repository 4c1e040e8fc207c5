"""Connections for answers: lent in turn, never doubled, never lent again once interrupted."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from dianchi.store.connect import open_reader, open_writer
from dianchi.store.readers import Readers, open_readers
from support.record import ADMINISTRATOR

MOST = 2


@pytest.fixture
async def readers(fresh_database: str) -> AsyncIterator[Readers]:
    async with await open_readers(fresh_database, most=MOST, role=ADMINISTRATOR) as opened:
        yield opened


async def backend(readers: Readers) -> int:
    return int(await readers.fetchval("SELECT pg_backend_pid()"))


async def test_the_same_connection_answers_who_comes_one_after_the_other(readers: Readers) -> None:
    assert len({await backend(readers) for _ in range(5)}) == 1


async def test_however_many_ask_no_more_connections_are_made_than_allowed(
    readers: Readers,
) -> None:
    async def slowly() -> int:
        async with readers.acquire() as connection:
            pid: int = await connection.fetchval("SELECT pg_backend_pid() FROM pg_sleep(0.01)")
            return pid

    pids = await asyncio.gather(*(slowly() for _ in range(20)))

    assert len(pids) == 20
    assert len(set(pids)) == MOST


async def test_whoever_waits_first_is_served_first(readers: Readers) -> None:
    served: list[int] = []

    async def ask(number: int) -> None:
        async with readers.acquire():
            served.append(number)

    async with readers.acquire(), readers.acquire():
        waiting = [asyncio.create_task(ask(number)) for number in range(4)]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)

    assert served == [0, 1, 2, 3]


async def test_a_connection_interrupted_in_a_statement_is_not_lent_again(readers: Readers) -> None:
    before = await backend(readers)
    asking = asyncio.create_task(readers.fetchval("SELECT pg_sleep(30)"))
    await asyncio.sleep(0.1)

    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

    assert await backend(readers) != before


async def test_a_connection_that_the_server_ended_makes_room_for_another(readers: Readers) -> None:
    async with readers.acquire() as one, readers.acquire() as other:
        waiting = asyncio.create_task(readers.fetchval("SELECT 1"))
        await asyncio.sleep(0)
        pid = await other.fetchval("SELECT pg_backend_pid()")
        await one.fetchval("SELECT pg_terminate_backend($1)", pid)
        async with asyncio.timeout(10):
            while not other.is_closed():  # noqa: ASYNC110 - asyncpg has no event for it
                await asyncio.sleep(0.01)

    assert await waiting == 1
    assert await asyncio.gather(*(readers.fetchval("SELECT 1") for _ in range(5))) == [1] * 5


async def test_who_stops_waiting_takes_no_connection_with_him(readers: Readers) -> None:
    async with readers.acquire(), readers.acquire():
        impatient = asyncio.create_task(readers.fetchval("SELECT 1"))
        patient = asyncio.create_task(readers.fetchval("SELECT 2"))
        await asyncio.sleep(0)
        impatient.cancel()

    assert await patient == 2
    assert await asyncio.gather(*(readers.fetchval("SELECT 1") for _ in range(5))) == [1] * 5


@pytest.mark.parametrize(
    "begin",
    [lambda dsn: open_reader(dsn, ADMINISTRATOR), open_writer],
    ids=["a reader", "a writer"],
)
async def test_whoever_is_interrupted_while_it_connects_leaves_no_connection(
    fresh_database: str, begin: Callable[[str], Awaitable[asyncpg.Connection]]
) -> None:
    """Whenever that is: what is left open is told when it is collected, and fails the test."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    whole = await begin(fresh_database)
    took = loop.time() - began
    await whole.close()

    for moment in range(30):
        opening = asyncio.ensure_future(begin(fresh_database))
        await asyncio.wait((opening,), timeout=took * moment / 20)
        opening.cancel()
        [opened] = await asyncio.gather(opening, return_exceptions=True)
        if not isinstance(opened, BaseException):
            await opened.close()
    gc.collect()
