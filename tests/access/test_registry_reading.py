"""The reading of the registry: of many sites only what changed, and nothing is missed."""

import itertools
from datetime import date

import asyncpg
import pytest

from dianchi.access.registry import LiveRegistry, Reading, engine_of, read_on, sessions
from dianchi.access.sites import put_site
from dianchi.access.tables import OrganisationRow, SiteRow

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


async def test_sites_that_are_read_again_for_an_open_transaction_change_nothing(
    database: str,
) -> None:
    engine = engine_of(database)
    other = await asyncpg.connect(database)
    async with other.transaction():
        await other.execute("SELECT pg_current_xact_id()")
        async with sessions(engine)() as session:
            await put_site(session, site("A"))
            await session.commit()
            first = await read_on(session, Reading())
            again = await read_on(session, first)
    await other.close()
    await engine.dispose()

    assert (FIRM, "A") in first.registry.sites
    assert again.registry is first.registry


async def test_the_same_site_once_more_writes_nothing(database: str) -> None:
    engine = engine_of(database)
    async with sessions(engine)() as session:
        written = []
        for _ in range(2):
            await put_site(session, site("A"))
            await session.commit()
            connection = await session.connection()
            written.append((await connection.exec_driver_sql("SELECT xmin FROM site")).scalar())
    await engine.dispose()

    assert written[0] == written[1]


async def test_who_was_enrolled_a_moment_ago_is_found_though_the_reading_is_fresh(
    database: str,
) -> None:
    """Given a reading of this moment, then only a stranger's name makes it read again."""
    engine = engine_of(database)
    live = LiveRegistry(sessions(engine), itertools.count(step=0.001).__next__)
    await live.current()
    async with sessions(engine)() as session:
        session.add(OrganisationRow(id=FIRM, name="示例铁塔公司", onboarded_on=date(2026, 1, 5)))
        await session.commit()
    stale = await live.current()
    known = await live.knowing({FIRM})
    await engine.dispose()

    assert FIRM not in stale.organisations
    assert FIRM in known.organisations
