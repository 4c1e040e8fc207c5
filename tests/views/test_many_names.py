"""More names than one battery may have: none is joined, wherever one looks from."""

import pytest

from dianchi.domain.identity import MOST_NAMES
from dianchi.store.lives import read_life
from support.reports import OUTLET, collected, corrected, identified
from support.views import Views


def name(number: int) -> str:
    return f"tmp:K-{number}"


async def names_of(views: Views) -> list[int]:
    """How many names each row has, in the order of its numbers."""
    return [len(row["names"] or [1]) for row in await views.batteries()]


@pytest.fixture
async def chain(views: Views) -> list[str]:
    """A chain of as many names as there may be, each with a report of its own; its joins."""
    told = [collected(name(n)) for n in range(1, MOST_NAMES + 2)]
    joins = [identified(name(n), name(n + 1)) for n in range(1, MOST_NAMES)]
    await views.record.batch(told, OUTLET)
    await views.record.batch(joins, OUTLET)
    await views.follow()
    return [each["event_id"] for each in joins]


async def test_one_name_too_many_parts_them_all_and_a_correction_joins_them(
    views: Views, chain: list[str]
) -> None:
    assert sorted(await names_of(views)) == [1, MOST_NAMES]
    assert await views.findings(code="identity_conflict") == []

    last = identified(name(MOST_NAMES), name(MOST_NAMES + 1))
    await views.record.send(last, OUTLET)
    await views.follow()
    assert await names_of(views) == [1] * (MOST_NAMES + 1)
    crowd = await views.findings(code="identity_conflict")
    assert {f.battery for f in crowd} == {name(n) for n in range(1, MOST_NAMES + 2)}
    assert {each for f in crowd for each in f.finding.evidence} == {*chain, last["event_id"]}
    for number in (1, 33, MOST_NAMES + 1):
        async with views.record.readers.acquire() as connection:
            read = await read_life(connection, name(number))
        assert read is not None
        assert read.union.names == {name(number)}

    rows, shown = await views.batteries(), await views.shown()
    assert len([row for row in shown if row[2] == "identity_conflict"]) == MOST_NAMES + 1
    await views.projector.rebuild()
    assert (await views.batteries(), await views.shown()) == (rows, shown)

    await views.record.send(corrected(last), OUTLET)
    await views.follow()
    assert sorted(await names_of(views)) == [1, MOST_NAMES]
    assert await views.findings(code="identity_conflict") == []


@pytest.mark.usefixtures("chain")
async def test_a_longer_chain_costs_no_more_than_the_steps_that_matter(views: Views) -> None:
    longer = [identified(name(n), name(n + 1)) for n in range(MOST_NAMES, MOST_NAMES + 40)]
    await views.record.batch(longer, OUTLET)
    asked: list[str] = []
    async with views.record.readers.acquire() as connection:
        connection.add_query_logger(lambda told: asked.append(told.query))
        read = await read_life(connection, name(1))
        assert read is not None
        assert read.union.crowded
    assert len([query for query in asked if "k.kind = 7" in query]) == MOST_NAMES


async def test_two_long_chains_that_meet_are_parted_to_their_ends(views: Views) -> None:
    count = 2 * MOST_NAMES
    middle = identified(name(MOST_NAMES), name(MOST_NAMES + 1))
    told = [collected(name(n)) for n in range(1, count + 1)]
    joins = [identified(name(n), name(n + 1)) for n in range(1, count) if n != MOST_NAMES]
    await views.record.batch(told, OUTLET)
    await views.record.batch(joins, OUTLET)
    await views.follow()
    assert await names_of(views) == [MOST_NAMES, MOST_NAMES]

    await views.record.send(middle, OUTLET)
    await views.follow()
    assert await names_of(views) == [1] * count
    rows, shown = await views.batteries(), await views.shown()
    assert len([row for row in shown if row[2] == "identity_conflict"]) == count
    await views.projector.rebuild()
    assert (await views.batteries(), await views.shown()) == (rows, shown)
