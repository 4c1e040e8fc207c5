"""Webhooks: each event once or again under one id, signed, to who may see it; tried for days."""

import base64
import json

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from dianchi.access.keys import now_of
from dianchi.ports import SystemClock
from dianchi.webhooks import deliveries
from dianchi.webhooks.schedule import MOST_TRIES
from support.api import Api, api_over, code
from support.receiver import Receiver
from support.webhooks import (
    Moving,
    act,
    add,
    api,
    births,
    clock,
    couriers,
    receiver,
    sent,
    state,
    subjects,
    work,
)

__all__ = ("api", "clock", "receiver")


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
