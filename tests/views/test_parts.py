"""All lives in parts, the next being read while one is used."""

import asyncio
from contextlib import aclosing

import asyncpg
import pytest

from dianchi.views.parts import parts
from support.reports import MAKER, pack, produced
from support.views import Views

ALL = 1_000
RUN = 7


@pytest.fixture
async def reader(views: Views, database: str) -> asyncpg.Connection:
    """A connection of one's own to a log with three lives."""
    for number in range(1, 4):
        await views.record.send(produced(pack(number)), MAKER)
        await views.sequencer.drain()
    return await asyncpg.connect(database)


async def test_every_life_is_in_one_part(reader: asyncpg.Connection) -> None:
    seen = [
        [life.union.canonical for life in part.lives.told]
        async for part in parts(reader, ALL, 2, RUN)
    ]
    await reader.close()

    assert seen == [[pack(1), pack(2)], [pack(3)]]


async def test_the_next_part_is_read_while_one_is_used(reader: asyncpg.Connection) -> None:
    asked: list[str] = []
    async with aclosing(parts(reader, ALL, 1, RUN)) as every:
        await anext(every)
        reader.add_query_logger(lambda query: asked.append(query.query))
        async with asyncio.timeout(10):
            while not any("FROM event WHERE" in query for query in asked):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    await reader.close()


async def test_whoever_stops_early_has_the_connection_back(reader: asyncpg.Connection) -> None:
    async with aclosing(parts(reader, ALL, 1, RUN)) as every:
        await anext(every)
        await asyncio.sleep(0)  # now the next one is being read

    assert await reader.fetchval("SELECT 1") == 1
    await reader.close()


async def test_parts_claimed_by_another_of_the_same_run_are_left_to_it(
    reader: asyncpg.Connection, database: str
) -> None:
    other = await asyncpg.connect(database)
    await other.execute("SELECT pg_advisory_lock($1, 2)", RUN)
    await other.execute("SELECT pg_advisory_lock($1, 3)", RUN + 1)

    numbers = [part.number async for part in parts(reader, ALL, 1, RUN)]
    await reader.close()
    await other.close()

    assert numbers == [1, 3]
