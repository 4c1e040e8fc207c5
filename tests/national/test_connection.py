"""A connection fails, is held, paused and resumed, and loses nothing."""

from typing import Any

import pytest

from dianchi.demo.national_platform import Platform
from dianchi.national.building import Builder
from support.api import Api
from support.national import Moving, act, connect, connection, fleet, push, vin, work


async def test_an_expired_token_holds_the_queue_until_new_credentials_come(
    api: Api, clock: Moving, there: Platform, url: str
) -> None:
    await fleet(api, 1, 2, 3)
    await connect(api, url, credentials={"token": "old", "key": there.credentials.key})

    await work(api, clock)
    held = await connection(api)
    await work(api, clock, days=2)
    assert (held["state"], held["counts"]["waiting"]) == ("held", 3)
    assert "凭证" in held["why"]["zh"]
    assert there.asked == {}
    await connect(api, url)
    await work(api, clock)

    assert (await connection(api))["counts"]["sent"] == 3
    assert there.credentials.token not in str(await connection(api))


async def test_a_wrong_key_is_found_out_by_the_platform(
    api: Api, clock: Moving, there: Platform, url: str
) -> None:
    await fleet(api, 1)
    await connect(api, url, credentials={"token": there.credentials.token, "key": "another"})

    for _ in range(3):
        await work(api, clock, hours=1)

    # It says that the signature is wrong under a key that we do not have.
    held = await connection(api)
    assert (held["state"], held["counts"]["waiting"]) == ("held", 1)


async def test_a_vehicle_that_the_service_fails_on_is_tried_again_and_ends_nothing(
    api: Api, clock: Moving, there: Platform, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise ValueError

    await fleet(api, 1, 2)
    await connect(api, url)
    with monkeypatch.context() as patch:
        patch.setattr(Builder, "vehicle", fail)
        await work(api, clock)
    failing = await connection(api)
    # One after a failure; the others when it was taken.
    for _ in range(2):
        await work(api, clock, hours=1)

    assert (failing["state"], "日志" in failing["why"]["zh"]) == ("failing", True)
    assert there.taken == {vin(1): 1, vin(2): 1}


async def test_a_paused_connection_notes_and_sends_nothing(
    api: Api, clock: Moving, there: Platform, url: str
) -> None:
    await fleet(api, 1)
    await connect(api, url)
    await act(api, "connection/pause")
    await work(api, clock)
    paused: Any = await connection(api)
    await act(api, "connection/resume")
    await work(api, clock)

    assert (paused["state"], paused["counts"]["waiting"], there.asked[vin(1)]) == ("paused", 1, 1)


async def test_the_rate_is_kept_by_several_workers_together(
    api: Api, clock: Moving, there: Platform, url: str
) -> None:
    await fleet(api, *range(1, 31))
    await connect(api, url, per_minute=8)

    for _ in range(3):
        await push(api, clock, 3)
    within_a_minute = sum(there.asked.values())
    clock.forward(minutes=1)
    await push(api, clock, 3)

    assert (within_a_minute, sum(there.asked.values())) == (8, 16)
