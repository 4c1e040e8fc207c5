"""What its organisation does with a webhook: add, pause, replay, test, renew its secret, delete."""

import base64
import json
from typing import Any
from uuid import uuid4

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from dianchi.ports import SystemClock
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
