"""A rebuild over two processes: every life once, and the same rows as one process makes."""

import asyncio
from datetime import UTC, datetime

import pytest

from dianchi.domain.rules import RULES
from dianchi.exchange.working_calendar import working_calendar
from dianchi.views import rebuilding
from dianchi.views.assessing import Law
from dianchi.views.placing import put_in_place
from dianchi.views.projecting import Now
from dianchi.views.rebuilding import HelperEndedError, connect, rebuild_lives
from support.reports import MAKER, pack, produced
from support.views import Views

LIVES = 30
SIZE = 4


@pytest.fixture
async def told(views: Views, monkeypatch: pytest.MonkeyPatch) -> Now:
    """A log of some lives, each in the views once; sharing pays from the first entry on."""
    for number in range(1, LIVES + 1):
        await views.record.send(produced(pack(number)), MAKER)
    await views.follow()
    monkeypatch.setattr(rebuilding, "WORTH_SHARING", 1)
    law = Law(views.record.registry[-1], RULES, working_calendar())
    now_us = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp()) * 1_000_000
    return Now(law, now_us, LIVES, None)


async def rebuilt(database: str, now: Now) -> None:
    connection, reader = await connect(database), await connect(database)
    try:
        await asyncio.wait_for(rebuild_lives(database, connection, reader, now, SIZE), 60)
        async with connection.transaction():
            await put_in_place(connection, now)
    finally:
        await connection.close()
        await reader.close()


async def test_two_processes_make_the_rows_that_one_makes(
    views: Views, database: str, told: Now
) -> None:
    before = await views.batteries()
    await views.record.execute("TRUNCATE battery")

    await rebuilt(database, told)

    assert len(before) == LIVES
    assert await views.batteries() == before


async def test_the_process_beside_takes_what_nobody_claimed(
    views: Views, database: str, told: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await views.batteries()
    await views.record.execute("TRUNCATE battery")

    async def idle(*_: object) -> None:
        laid = "SELECT FROM rebuilt_battery"
        while len(await views.record.rows(laid)) < LIVES:  # noqa: ASYNC110 - another process's work
            await asyncio.sleep(0.05)

    monkeypatch.setattr(rebuilding, "_take_parts", idle)
    await rebuilt(database, told)

    assert await views.batteries() == before


async def test_a_process_that_ends_too_early_is_no_success(database: str, told: Now) -> None:
    connection, reader = await connect(database), await connect(database)

    with pytest.raises(HelperEndedError):
        await rebuild_lives("postgresql://nobody@/none?host=/nowhere", connection, reader, told)

    await connection.close()
    await reader.close()


async def test_what_is_left_of_a_rebuild_whose_leader_is_gone_lays_nothing(
    views: Views, database: str, told: Now
) -> None:
    leader, connection, reader = [await connect(database) for _ in range(3)]
    run = leader.get_server_pid()
    await connection.execute("TRUNCATE rebuilt_battery")
    await leader.close()

    with pytest.raises(HelperEndedError):
        await rebuilding._take_parts(connection, reader, told, SIZE, run)

    assert not await views.record.rows("SELECT FROM rebuilt_battery")
    await reader.close()
    await connection.close()
