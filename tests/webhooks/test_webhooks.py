"""Webhooks: each event once or again under one id, signed, to who may see it; tried for days."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from dianchi.access.keys import now_of
from dianchi.access.sealing import Seal
from dianchi.ports import Clock, SystemClock
from dianchi.webhooks import deliveries
from dianchi.webhooks.book import PURPOSE
from dianchi.webhooks.courier import Courier, Means
from dianchi.webhooks.letters import Desk
from dianchi.webhooks.schedule import MOST_TRIES
from dianchi.webhooks.sending import Sender
from dianchi.webhooks.targets import Reach
from support.api import Api, StillClock, api_over, code, produced
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


async def test_a_delivery_is_what_another_library_verifies(
    database: str, receiver: Receiver
) -> None:
    now = SystemClock()
    async with api_over(database, now, webhook_loopback=True) as api:
        hook = await add(api, receiver, payload="whole")
        await births(api, 1)
        await work(api, now)
        feed = await api.http.get("/v1/feed", headers=await api.headers("maker"))

    [got] = receiver.got
    assert got.verified(hook["secret"]) == feed.json()[0]
    assert got.headers["content-type"] == "application/cloudevents+json"
    other = "whsec_" + base64.b64encode(b"x" * 32).decode()
    with pytest.raises(WebhookVerificationError):
        got.verified(other)


async def test_a_thin_delivery_says_where_to_read_and_nothing_of_what_was_reported(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    await add(api, receiver)
    await births(api, 1)
    await work(api, clock)

    [got] = receiver.got
    told = json.loads(got.body)
    assert set(told["data"]) == {"event_id", "log_index", "version", "href"}
    path = told["data"]["href"].removeprefix("https://t.ynbat.cn")
    assert (await api.get(path, "maker"))["version"] == told["data"]["version"] == 1


async def test_what_was_not_taken_is_sent_again_later_under_the_same_id(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    receiver.statuses = [500, 200]
    hook = await add(api, receiver)
    await births(api, 1)

    await work(api, clock)
    await work(api, clock)
    [failed] = await sent(api, hook)
    clock.forward(seconds=7)
    await work(api, clock)

    [first, second] = receiver.got
    assert first.message == second.message == failed["message"]
    assert (failed["state"], failed["status"], failed["fault"]) == ("waiting", 500, "refused")
    [delivered] = await sent(api, hook)
    assert (delivered["state"], delivered["tries"]) == ("delivered", 2)


async def test_several_couriers_send_each_event_once(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    await add(api, receiver)
    await births(api, *range(1, 31))

    await work(api, clock, 3)

    assert sorted(subjects(receiver)) == sorted(code(serial) for serial in range(1, 31))


async def test_what_a_courier_took_before_it_was_killed_is_sent_by_another(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    await add(api, receiver)
    await births(api, 1)
    async with couriers(api, clock) as [killed]:
        await killed.look_through()
        [taken] = await deliveries.take(killed._book, now_of(clock), [], 10)

    await work(api, clock)
    early = list(receiver.got)
    clock.forward(seconds=61)
    await work(api, clock)

    assert early == []
    assert [got.message for got in receiver.got] == [taken.message_id]


async def test_nobody_is_sent_what_they_may_not_see(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    await add(api, receiver, "utilizer", after=-1)
    await births(api, 1, 2)
    await api.report(
        "maker", "dispatched", "2024-06-05T10:00:00+08:00", battery=code(2), handover="H2",
        receiver=await api.organisation("utilizer"),
    )  # fmt: skip
    await api.settle()

    await work(api, clock)

    assert set(subjects(receiver)) == {code(2)}


async def test_what_is_hidden_before_it_is_sent_is_not_sent(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    hook = await add(api, receiver)
    await births(api, 1)
    async with couriers(api, clock) as [one]:
        await one.look_through()
    await api.look("UPDATE stream SET seen_by = '{}'")
    await api.look("UPDATE report SET organisation = 'another'")

    await work(api, clock)

    assert receiver.got == []
    assert [one["state"] for one in await sent(api, hook)] == ["withdrawn"]


async def test_the_province_is_sent_everything_but_what_its_own_reading_leaves(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    await add(api, receiver, "regulator", after=-1)
    await births(api, 1)
    await api.get("/v1/feed", "regulator")
    await api.services.audit.aclose()
    await api.settle()

    await work(api, clock)

    assert subjects(receiver) == [code(1)]


async def test_only_the_types_that_are_asked_for_are_sent(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    await add(api, receiver, types=["inspected"])
    await births(api, 1)
    await api.report("maker", "inspected", "2024-06-03", battery=code(1), soh_percent="99")
    await api.settle()

    await work(api, clock)

    assert [json.loads(got.body)["type"] for got in receiver.got] == ["dianchi.inspected"]


async def test_a_paused_webhook_loses_nothing(api: Api, receiver: Receiver, clock: Moving) -> None:
    hook = await add(api, receiver)
    await act(api, hook, "pause")
    await births(api, 1, 2)
    await work(api, clock)
    while_paused = list(receiver.got)

    await act(api, hook, "resume")
    await work(api, clock)

    assert while_paused == []
    assert sorted(subjects(receiver)) == [code(1), code(2)]


async def test_five_days_of_failure_disable_a_webhook_and_resuming_sends_what_came_meanwhile(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    receiver.statuses = [503]
    hook = await add(api, receiver)
    await births(api, 1, 2)
    for _ in range(24):  # the try after five days comes within 24 steps, by whatever chance
        await work(api, clock)
        clock.forward(hours=7)
    disabled = await state(api, hook)
    tried = len(receiver.got)
    await work(api, clock)

    receiver.statuses = [200]
    await act(api, hook, "resume")
    clock.forward(days=2)
    await work(api, clock)

    assert (disabled["state"], tried) == ("disabled", len(receiver.got) - 2)
    assert "five days" in disabled["why"]["en"]
    assert {one["state"] for one in await sent(api, hook)} == {"delivered"}
    assert (await state(api, hook))["state"] == "active"


async def test_a_receiver_that_is_gone_is_disabled_at_once(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    receiver.statuses = [410]
    hook = await add(api, receiver)
    await births(api, 1)

    await work(api, clock)

    assert (await state(api, hook))["state"] == "disabled"


async def test_a_receiver_that_asks_to_wait_is_left_so_long(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    receiver.statuses, receiver.headers = [429, 200], {"retry-after": "1800"}
    await add(api, receiver)
    await births(api, 1)
    await work(api, clock)
    clock.forward(minutes=20)
    await work(api, clock)
    waited = len(receiver.got)

    clock.forward(minutes=20)
    await work(api, clock)

    assert (waited, len(receiver.got)) == (1, 2)


async def test_one_event_that_is_never_taken_holds_up_no_other_and_is_given_up(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    receiver.refuses = code(1)
    hook = await add(api, receiver)
    await births(api, 1)
    for serial in range(2, 6):
        await births(api, serial)
        for _ in range(4):
            await work(api, clock)
            clock.forward(hours=29)

    states = {one["log_index"]: one["state"] for one in await sent(api, hook)}
    assert sorted(states.values()) == ["delivered"] * 4 + ["given_up"]
    assert states[min(states)] == "given_up"
    assert subjects(receiver).count(code(1)) == MOST_TRIES


async def test_a_replay_sends_again_under_the_ids_that_messages_had(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    hook = await add(api, receiver)
    await births(api, 1, 2, 3)
    await work(api, clock)

    first = (await sent(api, hook))[-1]["log_index"]
    await act(api, hook, "replay", after=first)
    await work(api, clock)

    messages = [got.message for got in receiver.got]
    assert sorted(messages[3:]) == sorted(messages[1:3])
    assert len(await sent(api, hook)) == 3


async def test_one_message_is_sent_again_under_its_id_and_no_other(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    hook = await add(api, receiver)
    await births(api, 1, 2, 3)
    await work(api, clock)

    middle = (await sent(api, hook))[1]["message"]
    await act(api, hook, "replay", message=middle)
    await work(api, clock)

    path, headers = f"/v1/webhooks/{hook['id']}/replay", await api.headers("maker")
    for wrong, status in (
        ({"message": f"{middle}0"}, 404),
        ({}, 422),
        ({"after": -1} | {"message": middle}, 422),
    ):
        assert (await api.http.post(path, json=wrong, headers=headers)).status_code == status
    assert [got.message for got in receiver.got[3:]] == [middle]
    assert {one["tries"] for one in await sent(api, hook)} == {1}


async def test_while_a_secret_changes_both_verify_and_after_a_day_the_new_one_alone(
    database: str, receiver: Receiver
) -> None:
    now = SystemClock()
    async with api_over(database, now, webhook_loopback=True) as api:
        hook = await add(api, receiver)
        changed = await act(api, hook, "secret")
        await births(api, 1)
        await work(api, now)
        await api.look("UPDATE webhook SET former_until = now() - interval '1 second'")
        await births(api, 2)
        await work(api, now)

    first, second = receiver.got
    assert changed["secret"] != hook["secret"]
    assert first.verified(hook["secret"]) == first.verified(changed["secret"])
    second.verified(changed["secret"])
    with pytest.raises(WebhookVerificationError):
        second.verified(hook["secret"])


async def test_a_test_is_sent_once_even_where_the_webhook_is_paused(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    receiver.statuses = [500]
    hook = await add(api, receiver)
    await act(api, hook, "pause")

    told = await act(api, hook, "test")
    await work(api, clock)
    clock.forward(days=1)
    await work(api, clock)

    [got] = receiver.got
    assert got.message == told["message"]
    assert json.loads(got.body)["type"] == "dianchi.webhook_test"
    [delivery] = await sent(api, hook)
    assert (delivery["state"], delivery["log_index"]) == ("given_up", None)


async def test_of_what_a_receiver_answers_only_the_status_is_told(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    hook = await add(api, receiver)
    await births(api, 1)
    await work(api, clock)

    answer = await api.http.get(
        f"/v1/webhooks/{hook['id']}/deliveries", headers=await api.headers("maker")
    )

    assert answer.json()["items"][0]["status"] == 200
    assert receiver.answer.decode() not in answer.text


async def test_deliveries_are_listed_the_newest_first_page_by_page(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    hook = await add(api, receiver)
    for serial in (1, 2, 3):
        await births(api, serial)
        await work(api, clock)
        clock.forward(seconds=1)

    path = f"/v1/webhooks/{hook['id']}/deliveries"
    first = await api.get(path, "maker", limit=2)
    rest = await api.get(path, "maker", limit=2, cursor=first["next"])

    listed = [one["log_index"] for one in (*first["items"], *rest["items"])]
    assert (len(listed), listed) == (3, sorted(listed, reverse=True))
    assert rest["next"] is None


async def test_a_secret_is_shown_once_and_stored_sealed(api: Api, receiver: Receiver) -> None:
    hook = await add(api, receiver)

    listed = await api.http.get("/v1/webhooks", headers=await api.headers("maker"))
    [row] = await api.look("SELECT secret FROM webhook")

    assert hook["secret"] not in listed.text
    assert hook["secret"].encode() not in row["secret"]
    assert base64.b64decode(hook["secret"].removeprefix("whsec_")) not in row["secret"]


async def test_another_organisation_knows_nothing_of_a_webhook(
    api: Api, receiver: Receiver
) -> None:
    hook = await add(api, receiver)
    headers = await api.headers("maker", "乙厂")

    theirs = await api.http.get(f"/v1/webhooks/{hook['id']}", headers=headers)
    missing = await api.http.get(f"/v1/webhooks/{uuid4()}", headers=headers)
    listed = await api.http.get("/v1/webhooks", headers=headers)
    gone = await api.http.delete(f"/v1/webhooks/{hook['id']}", headers=headers)

    assert (theirs.status_code, missing.status_code, gone.status_code) == (404, 404, 404)
    assert listed.json()["items"] == []
    assert (await state(api, hook))["state"] == "active"


async def test_a_deleted_webhook_is_sent_nothing(
    api: Api, receiver: Receiver, clock: Moving
) -> None:
    hook = await add(api, receiver)
    await births(api, 1)
    async with couriers(api, clock) as [one]:
        await one.look_through()

    gone = await api.http.delete(f"/v1/webhooks/{hook['id']}", headers=await api.headers("maker"))
    await work(api, clock)

    assert gone.status_code == 204
    assert receiver.got == []
    assert await api.look("SELECT FROM delivery") == []


@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"url": "https://10.0.0.1/"}, "/url"),
        ({"url": "http://erp.example.com/"}, "/url"),
        ({"url": "https://erp.example.com/", "types": ["nothing"]}, "/types/0"),
        ({"url": "https://erp.example.com/", "after": 99}, "/after"),
        ({"url": "https://erp.example.com/", "secret": "mine"}, "/secret"),
    ],
)
async def test_what_cannot_be_sent_to_is_refused_with_its_place(
    api: Api, told: dict[str, Any], pointer: str
) -> None:
    answer = await api.http.post("/v1/webhooks", json=told, headers=await api.headers("maker"))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_an_organisation_has_twenty_webhooks_and_no_more(
    api: Api, receiver: Receiver
) -> None:
    for _ in range(20):
        await add(api, receiver)

    body = {"url": receiver.url}
    answer = await api.http.post("/v1/webhooks", json=body, headers=await api.headers("maker"))

    assert answer.status_code == 422
