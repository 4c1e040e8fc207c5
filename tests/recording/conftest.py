"""A recorder for the tests of recording."""

from collections.abc import AsyncIterator

import pytest

from support.record import Record, recording


@pytest.fixture
async def record(database: str) -> AsyncIterator[Record]:
    async with recording(database) as opened:
        yield opened
