"""A stand-in of the national platform, and the service over a clock that is put forward."""

from collections.abc import AsyncIterator, Iterator

import pytest

from dianchi.demo.national_platform import Platform
from dianchi.demo.national_server import standing_in
from support.api import Api, api_over
from support.national import NOON, Moving, platform


@pytest.fixture
def clock() -> Moving:
    return Moving(NOON)


@pytest.fixture
async def api(database: str, clock: Moving) -> AsyncIterator[Api]:
    async with api_over(database, clock, webhook_loopback=True) as made:
        yield made


@pytest.fixture
def there() -> Platform:
    return platform()


@pytest.fixture
def url(there: Platform) -> Iterator[str]:
    there.pause_s = 1.5
    with standing_in(there) as address:
        yield address
