"""A thousand packs through a platform that fails in every way; the workers are killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from dianchi.demo.national_platform import Platform, Reply
from dianchi.demo.national_server import standing_in
from support.api import Api, api_over
from support.national import act, connect, connection, fleet, items, platform, push, vin

PACKS: Final = 1_000 if "DIANCHI_DRILL_SECONDS" in os.environ else 60
REFUSED: Final = 5
RATES: Final = {
    "error_500": 0.03,
    "undecryptable": 0.03,
    "no_json": 0.02,
    "busy": 0.02,
    "timeout_after": 0.01,
    "reset_before": 0.03,
    "reset_after": 0.04,
    "half_answer": 0.03,
    "twice": 0.05,
}
BODY: Final = """
import asyncio, sys
import dianchi.webhooks.sending as sending
from dianchi.cli.national import run_pusher
from support.national import settings_over
sending.WITHIN_S = 2.0
asyncio.run(run_pusher(settings_over(sys.argv[1], sys.argv[2]), sys.argv[1]))
"""
# As if the time of each pause and lease had passed; where answers stayed unreadable, somebody
# looked, and went on.
HURRY: Final = (
    "UPDATE national_connection SET next_at = least(next_at, now()), held_at = NULL",
    "UPDATE national_item SET next_at = least(next_at, now()) WHERE state = 'waiting'",
)


@pytest.fixture
async def api(database: str) -> AsyncIterator[Api]:
    async with api_over(database, webhook_loopback=True) as made:
        yield made


async def killed_at(api: Api, there: Platform, folder: Path, vehicles: int) -> None:
    """A worker of its own process that ends by SIGKILL once the platform has so many."""
    child = subprocess.Popen(  # noqa: ASYNC220 - it is to be killed by its id
        [sys.executable, "-c", BODY, api.dsn, str(folder)],
        env=os.environ | {"PYTHONPATH": "tests"},
    )
    try:
        while len(there.vehicles) < vehicles:
            assert child.poll() is None
            await hurry(api)
            await asyncio.sleep(0.05)
    finally:
        child.send_signal(signal.SIGKILL)
        await asyncio.to_thread(child.wait)


async def hurry(api: Api) -> None:
    for statement in HURRY:
        await api.look(statement)


async def pushed_to_the_end(api: Api) -> Any:
    """How many there are of each state, once nothing waits."""
    while True:
        await hurry(api)
        await push(api)
        counts = (await connection(api))["counts"]
        if not counts["waiting"]:
            return counts


@pytest.mark.drill
@pytest.mark.timeout(600)
async def test_each_vehicle_is_there_once_and_what_was_refused_is_listed_with_a_way_out(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dianchi.webhooks.sending.WITHIN_S", 2.0)
    there = platform()
    there.pause_s = 2.5
    there.rates = RATES
    there.refuses = {vin(n): Reply(1731, f"VIN {vin(n)} 校验失败") for n in range(1, REFUSED + 1)}
    await fleet(api, *range(1, PACKS + 1))

    with standing_in(there) as url:
        await connect(api, url)
        await killed_at(api, there, tmp_path, PACKS // 3)
        await killed_at(api, there, tmp_path, PACKS * 2 // 3)
        counts = await pushed_to_the_end(api)
        assert (counts["sent"], counts["refused"]) == (PACKS - REFUSED, REFUSED)
        assert set(there.taken.values()) == {1}
        assert there.taken.keys() == {vin(number) for number in range(REFUSED + 1, PACKS + 1)}
        refused = await items(api, state="refused")
        assert {(item["code"], item["said"][:4]) for item in refused} == {(1731, "VIN ")}
        assert all(item["way_out"] for item in refused)
        # What the protocol cannot avoid: what was not heard was asked again, and found there.
        assert sum(there.asked.values()) < PACKS * 2

        there.refuses.clear()
        assert (await act(api, "items/resend", state="refused", code=1731))["count"] == REFUSED
        assert (await pushed_to_the_end(api))["sent"] == PACKS
        assert set(there.taken.values()) == {1}
