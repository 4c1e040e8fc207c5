"""The reading of the registry: of many sites only what changed, and nothing is missed."""

import asyncpg
import pytest

from dianchi.access.registry import Reading, engine_of, read_on, sessions
from dianchi.access.sites import put_site
from dianchi.access.tables import SiteRow

pytestmark = pytest.mark.asyncio
FIRM = "O1TOWER11111"


def site(number: str, name: str = "基站") -> SiteRow:
    return SiteRow(organisation=FIRM, number=number, name=name, kind="base_station")


async def test_a_site_that_did_not_change_is_not_read_again(database: str) -> None:
    engine = engine_of(database)
    async with sessions(engine)() as session:
        await put_site(session, site("A"))
        await put_site(session, site("B"))
        await session.commit()
        first = await read_on(session, Reading())
        await session.commit()
        await put_site(session, site("B", "另一个"))
        await put_site(session, site("A"))
        await session.commit()
        second = await read_on(session, first)
        await session.commit()
        third = await read_on(session, second)
    await engine.dispose()

    before, after = first.registry.sites, second.registry.sites
    assert after[FIRM, "A"] is before[FIRM, "A"]
    assert (before[FIRM, "B"].name, after[FIRM, "B"].name) == ("基站", "另一个")
    assert third.registry is second.registry
    assert third.horizon > first.horizon


async def test_a_site_written_by_a_transaction_that_ends_late_is_not_missed(database: str) -> None:
    engine = engine_of(database)
    late = await asyncpg.connect(database)
    transaction = late.transaction()
    await transaction.start()
    await late.execute(
        "INSERT INTO site (organisation, number, name, kind) VALUES ($1, 'LATE', '迟', 'plant')",
        FIRM,
    )
    async with sessions(engine)() as session:
        await put_site(session, site("A"))
        await session.commit()
        reading = await read_on(session, Reading())
        await session.commit()
        assert (FIRM, "LATE") not in reading.registry.sites
        await transaction.commit()
        reading = await read_on(session, reading)
    await late.close()
    await engine.dispose()

    assert (FIRM, "LATE") in reading.registry.sites
