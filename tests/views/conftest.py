"""A record with its views over an empty database."""

from collections.abc import AsyncIterator

import pytest

from support.views import Views, views_over


@pytest.fixture
async def views(database: str) -> AsyncIterator[Views]:
    """The record and its views, moved by hand."""
    async with views_over(database) as made:
        yield made
