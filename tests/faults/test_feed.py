"""kill -9 of the service while clients write: who follows the feed misses and doubles nothing."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from support.api import code, produced
from support.process import Service

WRITERS: Final = 8
KILLS: Final = 2
# Read at import: a fixture keeps the developer's settings out of the tests.
SECONDS: Final = float(os.environ.get("DIANCHI_DRILL_SECONDS", "3"))
_CUT: Final = (httpx.HTTPError, asyncio.TimeoutError)


@pytest.fixture
def service(data_dir: Path) -> Iterator[Service]:
    made = Service(data_dir).start()
    try:
        yield made
    finally:
        made.stop()


class Drill:
    """Writers and consumers beside a service that is killed."""

    def __init__(self, url: str, key: str) -> None:
        self.client = httpx.AsyncClient(
            base_url=url, headers={"authorization": f"Bearer {key}"}, timeout=20
        )
        self.recorded: set[str] = set()
        self.pause = asyncio.Event()
        self.wanted: int | None = None

    async def write(self, writer: int) -> None:
        """Reports one birth after another, each until it is taken."""
        serial = 0
        while not self.pause.is_set():
            serial += 1
            report = produced(serial, battery=code((1 + writer) * 100_000 + serial))
            while not await self._taken(report):  # noqa: ASYNC110 - the service is away
                await asyncio.sleep(0.1)
            self.recorded.add(report["event_id"])

    async def _taken(self, report: dict[str, Any]) -> bool:
        try:
            answer = await self.client.post("/v1/events", json=report)
        except _CUT:
            return False
        return answer.status_code in (200, 201)

    def done(self, found: list[tuple[int, str]]) -> bool:
        """Whether a consumer has seen as many events as there are."""
        return self.wanted is not None and len(found) >= self.wanted

    async def read_pages(self, limit: int) -> list[tuple[int, str]]:
        """A consumer that asks for page after page, from 0."""
        found: list[tuple[int, str]] = []
        after = -1
        while not self.done(found):
            with suppress(*_CUT):
                answer = await self.client.get("/v1/feed", params={"after": after, "limit": limit})
                if answer.status_code == httpx.codes.OK:
                    found += [(int(e["id"]), e["data"]["event_id"]) for e in answer.json()]
                    after = int(answer.headers["feed-next"])
                    if answer.headers["feed-next"] != answer.headers["feed-end"]:
                        continue
            await asyncio.sleep(0.1)
        return found

    async def follow(self) -> list[tuple[int, str]]:
        """A consumer that stays, and comes again with what it saw last."""
        found: list[tuple[int, str]] = []
        last = "-1"
        while not self.done(found):
            with suppress(*_CUT):
                async for index, event in self._events(last):
                    last = index
                    found.append((int(event["id"]), event["data"]["event_id"]))
                    if self.done(found):
                        break
            await asyncio.sleep(0.1)
        return found

    async def _events(self, last: str) -> AsyncIterator[tuple[str, Any]]:
        headers = {"accept": "text/event-stream", "last-event-id": last}
        index = last
        async with self.client.stream("GET", "/v1/feed", headers=headers, timeout=3) as answer:
            async for line in answer.aiter_lines():
                name, _, value = line.partition(": ")
                if name == "id":
                    index = value
                if name == "data":
                    yield index, json.loads(value)


async def run(service: Service, key: str) -> tuple[Drill, list[list[tuple[int, str]]]]:
    drill = Drill(service.url, key)
    consumers = [
        asyncio.create_task(consume)
        for consume in (drill.read_pages(7), drill.read_pages(1000), drill.follow())
    ]
    writers = [asyncio.create_task(drill.write(n)) for n in range(WRITERS)]
    for _ in range(KILLS):
        await asyncio.sleep(SECONDS / (KILLS + 1))
        await asyncio.to_thread(service.kill)
        await asyncio.to_thread(service.start)
    await asyncio.sleep(SECONDS / (KILLS + 1))
    drill.pause.set()
    await asyncio.gather(*writers)
    drill.wanted = len(drill.recorded)
    seen = await asyncio.gather(*consumers)
    await drill.client.aclose()
    return drill, list(seen)


@pytest.mark.drill
@pytest.mark.timeout(600)
def test_three_who_follow_from_the_beginning_see_every_event_once_in_one_order(
    service: Service,
) -> None:
    drill, seen = asyncio.run(run(service, service.key("maker")))

    first, second, third = seen
    indexes = [index for index, _ in first]
    assert len(first) > WRITERS
    assert first == second == third
    assert indexes == sorted(set(indexes))
    assert {event_id for _, event_id in first} == drill.recorded
