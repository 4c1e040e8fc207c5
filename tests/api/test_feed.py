"""The feed: every event that a caller may see, once, in the order of the log."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from dianchi.api import following
from dianchi.api.app import with_door
from dianchi.api.routes import feed
from dianchi.store import feed as store_feed
from dianchi.store.connect import connect_as
from dianchi.store.rights import READER
from support.api import Api, code, produced


async def page(
    api: Api, role: str, after: int = -1, by: str | None = None, **query: Any
) -> tuple[list[Any], int, int]:
    """The events of a page, up to where it looked, and the end of the log."""
    answer = await api.http.get(
        "/v1/feed", params={"after": after, **query}, headers=await api.headers(role, by)
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/cloudevents-batch+json"
    return answer.json(), int(answer.headers["feed-next"]), int(answer.headers["feed-end"])


async def births(api: Api, *serials: int, by: str | None = None) -> None:
    for serial in serials:
        answer = await api.post("maker", produced(serial), by)
        assert answer.status_code == 201, answer.text
    await api.settle()


async def sent_to(api: Api, receiver: str, serial: int) -> None:
    await api.report(
        "maker", "dispatched", "2024-06-05T10:00:00+08:00", battery=code(serial),
        handover=f"H{serial}", receiver=await api.organisation(receiver),
    )  # fmt: skip
    await api.settle()


async def test_an_event_is_a_cloud_event_that_holds_what_histories_show(api: Api) -> None:
    await births(api, 1)

    [event], reached, end = await page(api, "maker")
    history = await api.get(f"/v1/batteries/{code(1)}/history", "maker")

    [told] = history["items"]
    del told["corrected_by"]
    data = event.pop("data")
    assert event == {
        "specversion": "1.0",
        "id": "0",
        "source": "https://t.ynbat.cn/log",
        "type": "dianchi.produced",
        "subject": code(1),
        "time": told["recorded_at"],
        "datacontenttype": "application/json",
    }
    assert data == told
    assert reached == end


async def test_pages_go_on_in_the_order_of_the_log_and_say_up_to_where_they_looked(
    api: Api,
) -> None:
    await births(api, 1, 2, 3, 4, 5)

    first, reached, end = await page(api, "regulator", limit=2)
    rest, last, _ = await page(api, "regulator", reached, limit=9)
    none, again, _ = await page(api, "regulator", last)

    indexes = [int(event["id"]) for event in (*first, *rest)]
    assert indexes == sorted(indexes)
    assert len(set(indexes)) == 5
    assert (reached, last, again, none) == (1, end, end, [])


async def test_the_link_of_a_page_leads_to_the_next(api: Api) -> None:
    await births(api, 1, 2)

    answer = await api.http.get("/v1/feed?limit=1", headers=await api.headers("maker"))

    assert answer.headers["link"] == '</v1/feed?after=0&limit=1>; rel="next"'


async def test_what_is_not_in_the_log_yet_is_not_in_the_feed(api: Api) -> None:
    await births(api, 1)
    await api.post("maker", produced(2))

    events, reached, end = await page(api, "maker")

    assert [event["subject"] for event in events] == [code(1)]
    assert (reached, end) == (0, 0)


async def test_others_events_are_passed_over_in_steps_that_are_bounded(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_feed, "STRETCH", 3)
    await births(api, *range(1, 8))
    await births(api, 9, by="乙厂")

    found, steps, after, end = [], 0, -1, 0
    while after < end or not steps:
        events, after, end = await page(api, "maker", after, "乙厂")
        found += [event["subject"] for event in events]
        steps += 1

    assert found == [code(9)]
    assert steps == 3


async def test_who_is_sent_a_battery_follows_it_from_there_on_and_reads_the_rest_in_its_history(
    api: Api,
) -> None:
    await births(api, 1)
    before, seen, _ = await page(api, "utilizer")
    await sent_to(api, "utilizer", 1)

    [event], _, _ = await page(api, "utilizer", seen)
    history = await api.get(f"/v1/batteries/{code(1)}/history", "utilizer")

    assert before == []
    assert (event["type"], event["data"]["version"]) == ("dianchi.dispatched", 2)
    assert [item["version"] for item in history["items"]] == [1, 2]


async def test_who_only_reported_of_a_battery_follows_its_own_reports(api: Api) -> None:
    await births(api, 1)
    await sent_to(api, "utilizer", 1)
    await api.report(
        "workshop", "inspected", "2024-06-06T10:00:00+08:00", battery=code(1), soh_percent="90"
    )
    await api.settle()

    events, _, _ = await page(api, "workshop")

    assert [event["type"] for event in events] == ["dianchi.inspected"]


async def test_what_is_read_by_authorities_is_noted_and_does_not_feed_itself(api: Api) -> None:
    await births(api, 1)
    for _ in range(3):
        await page(api, "regulator")
        await api.services.audit.aclose()
        await api.settle()

    events, reached, end = await page(api, "regulator")

    assert [event["type"] for event in events] == ["dianchi.produced"]
    assert reached == end > 0


async def test_a_place_behind_the_end_is_refused_as_of_another_log(api: Api) -> None:
    await births(api, 1)

    answer = await api.http.get("/v1/feed?after=99", headers=await api.headers("maker"))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/after"


async def test_without_having_said_for_whom_nobody_is_shown_the_log(api: Api) -> None:
    await births(api, 1)
    connection = await connect_as(READER, api.dsn)

    with pytest.raises(asyncpg.UndefinedObjectError):
        await connection.fetch("SELECT * FROM shown_log")
    await connection.close()


class Stream:
    """The open stream of a caller, without a socket: what it sends, part by part."""

    def __init__(self, api: Api, key: str, last_seen: int | None = None, after: int = -1) -> None:
        self._api = api
        self._parts: asyncio.Queue[bytes | None] = asyncio.Queue()
        seen = [] if last_seen is None else [(b"last-event-id", b"%d" % last_seen)]
        self._scope = {
            "type": "http",
            "method": "GET",
            "path": "/v1/feed",
            "raw_path": b"/v1/feed",
            "query_string": b"after=%d" % after,
            "headers": [
                (b"authorization", f"Bearer {key}".encode()),
                (b"accept", b"text/event-stream"),
                *seen,
            ],
        }
        self.status = 0

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body" and message["body"]:
            await self._parts.put(message["body"])

    async def _receive(self) -> Any:
        await asyncio.Event().wait()

    async def run(self) -> None:
        app = self._api.app
        assert app is not None
        await with_door(app)(self._scope, self._receive, self._send)
        await self._parts.put(None)

    async def texts(self) -> AsyncIterator[str]:
        while (part := await self._parts.get()) is not None:
            yield part.decode()

    async def events(self) -> AsyncIterator[tuple[int, Any]]:
        """The events, each with the id that it was sent under."""
        async for text in self.texts():
            for block in text.split("\n\n"):
                lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
                if "data" in lines:
                    yield int(lines["id"]), json.loads(lines["data"])


async def test_a_stream_sends_what_is_there_and_what_comes(api: Api) -> None:
    await births(api, 1)
    stream = Stream(api, await api.key("maker"))
    running = asyncio.create_task(stream.run())
    events = stream.events()

    first = await anext(events)
    await births(api, 2)
    second = await anext(events)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert [(index, event["subject"]) for index, event in (first, second)] == [
        (0, code(1)),
        (1, code(2)),
    ]


async def test_a_browser_that_comes_again_goes_on_where_it_was(api: Api) -> None:
    await births(api, 1, 2, 3)
    stream = Stream(api, await api.key("maker"), last_seen=1)
    running = asyncio.create_task(stream.run())

    index, _ = await anext(stream.events())
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert index == 2


async def test_a_silent_stream_says_that_it_lives_and_how_far_it_looked(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "BEAT_S", 0.0)
    monkeypatch.setattr(feed, "LOOK_AGAIN_S", 0.1)
    await births(api, 1)
    stream = Stream(api, await api.key("importer"))
    running = asyncio.create_task(stream.run())
    texts = stream.texts()

    greeting, beat = await anext(texts), await anext(texts)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert "retry: 2000" in greeting
    assert beat == ": \nid: 0\n\n"


async def test_a_stream_ends_with_its_key(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "LOOK_AGAIN_S", 0.1)
    stream = Stream(api, await api.key("maker"))
    running = asyncio.create_task(stream.run())
    await anext(stream.texts())

    await api.look("UPDATE api_key SET revoked_at = now()")
    # Keys are believed for three seconds; the test waits for the end, not for a time.
    await asyncio.wait_for(running, 20)


async def test_a_stream_ends_with_the_service(api: Api) -> None:
    stream = Stream(api, await api.key("maker"))
    running = asyncio.create_task(stream.run())
    await anext(stream.texts())

    api.services.followers.ending.set()
    await asyncio.wait_for(running, 20)


async def test_an_organisation_has_so_many_streams_and_no_more(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST_OF_ONE", 1)
    key = await api.key("maker")
    first, second, other = (
        Stream(api, key), Stream(api, key), Stream(api, await api.key("importer")),
    )  # fmt: skip
    running = [asyncio.create_task(first.run())]
    await anext(first.texts())

    await second.run()
    running.append(asyncio.create_task(other.run()))
    await anext(other.texts())
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    third = Stream(api, key)
    last = asyncio.create_task(third.run())
    await anext(third.texts())
    last.cancel()
    await asyncio.gather(last, return_exceptions=True)

    assert (first.status, second.status, other.status, third.status) == (200, 429, 200, 200)
