"""Webhooks in tests: a receiver, couriers, and what an organisation does with them."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dianchi.access.sealing import Seal
from dianchi.ports import Clock
from dianchi.webhooks.book import PURPOSE
from dianchi.webhooks.courier import Courier, Means
from dianchi.webhooks.letters import Desk
from dianchi.webhooks.sending import Sender
from dianchi.webhooks.targets import Reach
from support.api import Api, StillClock, api_over, produced
from support.receiver import Receiver, receiving

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


class Moving(StillClock):
    """A clock that tests put forward."""

    def forward(self, **told: float) -> None:
        self.at_us += timedelta(**told) // timedelta(microseconds=1)


@pytest.fixture
def clock() -> Moving:
    return Moving(int(NOON.timestamp() * 1e6))


@pytest.fixture
async def api(database: str, clock: Moving) -> AsyncIterator[Api]:
    async with api_over(database, clock, webhook_loopback=True) as made:
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@asynccontextmanager
async def couriers(api: Api, clock: Clock, count: int = 1) -> AsyncIterator[list[Courier]]:
    """Some that work beside each other, as workers do."""
    seal = Seal(bytes.fromhex("22" * 32), PURPOSE)
    made = [
        Courier(
            api.dsn, Means(seal, Sender(Reach(loopback=True)), Desk("https://t.ynbat.cn"), clock)
        )
        for _ in range(count)
    ]
    for each in made:
        await each.__aenter__()
    try:
        yield made
    finally:
        for each in made:
            await each.__aexit__()


async def work(api: Api, clock: Clock, count: int = 1) -> None:
    """Couriers do what there is to be done now."""
    async with couriers(api, clock, count) as working:
        await asyncio.gather(*(each.work_off() for each in working))


async def add(api: Api, receiver: Receiver, role: str = "maker", **told: Any) -> dict[str, Any]:
    body = {"url": receiver.url, **told}
    answer = await api.http.post("/v1/webhooks", json=body, headers=await api.headers(role))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def act(api: Api, hook: dict[str, Any], what: str, role: str = "maker", **told: Any) -> Any:
    path = f"/v1/webhooks/{hook['id']}/{what}"
    answer = await api.http.post(path, json=told or None, headers=await api.headers(role))
    assert answer.status_code in (200, 202), answer.text
    return answer.json()


async def state(api: Api, hook: dict[str, Any]) -> Any:
    return await api.get(f"/v1/webhooks/{hook['id']}", "maker")


async def sent(api: Api, hook: dict[str, Any], **query: Any) -> Any:
    return (await api.get(f"/v1/webhooks/{hook['id']}/deliveries", "maker", **query))["items"]


async def births(api: Api, *serials: int, by: str | None = None) -> None:
    for serial in serials:
        answer = await api.post("maker", produced(serial), by)
        assert answer.status_code == 201, answer.text
    await api.settle()


def subjects(receiver: Receiver) -> list[str]:
    return [json.loads(got.body)["subject"] for got in receiver.got]
