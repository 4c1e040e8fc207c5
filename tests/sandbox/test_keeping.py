"""Sandboxes are kept while they are used, one for a firm, three open at a time.

The service, its sandboxes and their workers are real; only the clock is moved by hand.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conftest import TEMPLATE
from dianchi.access.sandboxes import Sandbox, Sandboxes
from dianchi.cli.serving import Worker
from dianchi.domain.refusals import Refused
from dianchi.sandbox import Hosting, Place
from dianchi.sandbox.places import Addresses, environment_of
from dianchi.settings import Settings
from dianchi.store.cluster import Cluster
from dianchi.store.databases import databases, make_database
from support.api import Api, api_over
from support.national import NOON, Moving
from support.uploads import settings_over

pytestmark = pytest.mark.timeout(240)


@dataclass(slots=True)
class Kept:
    """A service that keeps sandboxes, and the time by which it does."""

    api: Api
    hosting: Hosting
    place: Place
    clock: Moving

    @property
    def listed(self) -> Sandboxes:
        return Sandboxes(self.api.services.registrar)

    async def of(self, name: str) -> Sandbox:
        """The sandbox of a firm, ready: empty, for what is in it makes no difference here."""
        firm = await self.api.organisation("outlet", name)
        at = _moment(self.clock.now_us())
        sandbox = await self.listed.add(firm, at)
        await make_database(self.place.owner, sandbox.database, TEMPLATE)
        await self.listed.ready(sandbox, at)
        found = await self.listed.of(firm)
        assert found is not None
        return found

    async def there(self, *some: Sandbox) -> list[bool]:
        """Whether these are listed and have a database."""
        names = await databases(self.place.owner, "sandbox_")
        return [
            await self.listed.named(one.id) is not None and one.database in names for one in some
        ]

    async def connected(self, sandbox: Sandbox) -> int:
        """How many connections its database has."""
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1"
        return int((await self.api.look(asked, sandbox.database))[0][0])


def _moment(us: int) -> datetime:
    return datetime.fromtimestamp(us / 1e6, UTC)


@pytest.fixture
async def kept(database: str, cluster: Cluster, tmp_path: Path) -> AsyncIterator[Kept]:
    settings = settings_over(database, str(tmp_path))
    place = Place(cluster.dsn_of("postgres"), lambda name: Addresses(*(cluster.dsn_of(name),) * 3))
    clock = Moving(NOON)

    def start(own: Settings, dsn: str) -> Worker:
        return Worker(own, dsn, environment_of(own))

    async with api_over(database, clock) as api:
        hosting = Hosting(settings, place, api.services, start)
        try:
            yield Kept(api, hosting, place, clock)
        finally:
            await hosting.close()
            for sandbox in await Sandboxes(api.services.registrar).all():
                await hosting.drop(sandbox)


async def test_a_sandbox_that_nobody_used_for_ninety_days_is_deleted_with_all_that_is_in_it(
    kept: Kept,
) -> None:
    """Given two sandboxes, one of which is used on the thirtieth day."""
    used, left = await kept.of("昆明甲网点"), await kept.of("昆明乙网点")
    kept.clock.forward(days=30)
    async with kept.hosting.entered(used.id.upper()):
        pass
    kept.clock.forward(days=60)
    await kept.hosting.sweep()
    assert await kept.there(used, left) == [True, True]

    kept.clock.forward(seconds=1)
    await kept.hosting.sweep()

    assert await kept.there(used, left) == [True, False]
    with pytest.raises(Refused) as refused:
        await AsyncExitStack().enter_async_context(kept.hosting.entered(left.id))
    assert refused.value.faults[0].code == "not_found"
    kept.clock.forward(days=30)
    await kept.hosting.sweep()
    assert await kept.there(used) == [False]
    assert await databases(kept.place.owner, f"sandbox_{used.id}") == []


async def test_three_are_open_at_a_time_and_the_fourth_waits_until_somebody_leaves(
    kept: Kept,
) -> None:
    """Given four firms, each with one sandbox, when three of them are at work."""
    names = ("甲", "乙", "丙", "丁")
    some = [await kept.of(f"昆明{name}网点") for name in names]
    inside = [AsyncExitStack() for _ in some]
    for stack, sandbox in zip(inside[:3], some, strict=False):
        await stack.enter_async_context(kept.hosting.entered(sandbox.id))

    with pytest.raises(Refused) as refused:
        await inside[3].enter_async_context(kept.hosting.entered(some[3].id))
    assert (refused.value.faults[0].code, refused.value.faults[0].what.zh) == (
        "not_ready", "使用中的沙盒过多",
    )  # fmt: skip

    # The second leaves before the first: of those that nobody is in, it waits longest.
    await inside[1].aclose()
    await asyncio.sleep(0.01)
    await inside[0].aclose()
    await inside[3].enter_async_context(kept.hosting.entered(some[3].id))

    open_ = [await kept.connected(sandbox) > 0 for sandbox in some]
    assert open_ == [True, False, True, True]
    assert await kept.there(*some) == [True] * 4
    for stack in inside:
        await stack.aclose()


async def test_a_firm_has_one_sandbox_however_often_it_asks(kept: Kept) -> None:
    firm = await kept.api.organisation("outlet", "昆明甲网点")
    now = _moment(kept.clock.now_us())

    asked = await asyncio.gather(*(kept.listed.add(firm, now) for _ in range(5)))

    assert len({sandbox.id for sandbox in asked}) == 1
    assert [sandbox.organisation for sandbox in await kept.listed.all()] == [firm]
