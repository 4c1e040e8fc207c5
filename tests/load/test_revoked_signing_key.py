"""The drill: a stolen signing key is revoked under load, at one of two services over one log."""

import asyncio
import time
from typing import Final
from uuid import uuid4

import pytest

from dianchi_client.signing import ReporterKey
from support.api import Api, api_over
from support.signing import added, normal, post_key, signed

WITHIN_S: Final = 5.0
AFTER_S: Final = 0.5
Answered = list[tuple[float, int]]


async def report(services: list[Api], key: ReporterKey, until: list[float]) -> Answered:
    """Reports with a key, at one service and the other, until told to stop."""
    organisation = await services[0].organisation("workshop")
    answered: Answered = []
    while time.monotonic() < until[0]:
        for api in services:
            sent = time.monotonic()
            told = signed(normal(event_id=str(uuid4())), key, organisation)
            answered.append((sent, (await api.post("workshop", told)).status_code))
        await asyncio.sleep(0.01)
    return answered


@pytest.mark.drill
async def test_a_stolen_signing_key_is_accepted_nowhere_after_five_seconds(database: str) -> None:
    async with api_over(database) as one, api_over(database) as other:
        stolen, kept = await added(one, "workshop"), ReporterKey.make()
        assert (await post_key(one, "workshop", kept, stolen)).status_code == 201
        other.keys = one.keys
        await one.settle()
        for api in (one, other):
            await api.services.registry.refresh()
        until = [float("inf")]
        using = [asyncio.create_task(report([one, other], key, until)) for key in (stolen, kept)]
        await asyncio.sleep(0.5)

        answer = await one.http.post(
            f"/v1/signing-keys/{stolen.public.thumbprint}/revoke",
            json={"reason": "被盗"},
            headers=await one.headers("workshop"),
        )
        answered = time.monotonic()
        until[0] = answered + WITHIN_S + AFTER_S
        by_stolen, by_kept = await asyncio.gather(*using)

        assert answer.status_code == 200, answer.text
        late = answered + WITHIN_S
        assert {status for _, status in by_stolen} == {201, 422}
        assert {status for sent, status in by_stolen if sent >= late} == {422}
        assert {status for _, status in by_kept} == {201}
        assert any(sent >= late for sent, _ in by_kept)
