"""A firm that sends files, with slices so small that what one is told of another shows."""

from collections.abc import AsyncIterator

import pytest

from dianchi.uploads import reading
from support.api import api_over
from support.uploads import Firm, working_on


@pytest.fixture(autouse=True)
def _small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SLICE", 2)


@pytest.fixture
async def firm(database: str) -> AsyncIterator[Firm]:
    async with api_over(database) as api, working_on(database) as runner:
        yield Firm(api, runner)
