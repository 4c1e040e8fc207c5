"""The service over HTTP."""

from collections.abc import AsyncIterator

import pytest

from support.api import Api, api_over


@pytest.fixture
async def api(database: str) -> AsyncIterator[Api]:
    """The whole service in this process, over an empty database."""
    async with api_over(database) as made:
        yield made
