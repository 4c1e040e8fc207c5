"""The drill: sign-ins are tried 200 times a second while outlets report."""

import asyncio
import itertools
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles
from typing import Final
from uuid import uuid4

import httpx
import pytest

from conftest import make_data_dir
from dianchi.access.passwords import AT_ONCE
from support.api import api_over, code
from support.flood import address, beside, flood
from support.people import SCRIPT, browser_at, link_for
from support.process import Service

# Read here, at import: a fixture of the session drops the DIANCHI_ variables.
SECONDS: Final = float(os.environ.get("DIANCHI_DRILL_SECONDS") or 2)
TRIES_PER_S: Final = 200
REPORTERS: Final = 4
NUMBERS = itertools.count(1)


@pytest.mark.parametrize("many", [False, True], ids=["one address", "many addresses"])
async def test_few_are_hashed_at_once_and_who_is_sent_away_never(
    database: str, *, many: bool
) -> None:
    async with api_over(database, None, trusted_proxies="127.0.0.1") as api:
        hasher = api.services.entry.sign_in.hasher
        await hasher.fits(None, "warm")
        before = hasher.hashed

        async def tried(number: int) -> httpx.Response:
            headers = SCRIPT | {"x-forwarded-for": f"203.0.113.9, {address(number, many=many)}",
                                "host": "trace.example.cn"}  # fmt: skip
            told = {"login": f"clerk{number % 50}", "password": "wrong otter 37 plum"}
            return await api.http.post("/v1/sign-in", json=told, headers=headers)

        answers = await flood(tried, TRIES_PER_S, min(SECONDS, 2))

        statuses = [answer.status_code for answer in answers]
        assert set(statuses) == {401, 429}
        assert hasher.peak == AT_ONCE
        assert hasher.hashed - before == statuses.count(401)
        sent_away = [answer for answer in answers if answer.status_code == 429]
        assert all(int(answer.headers["retry-after"]) > 0 for answer in sent_away)
        assert {answer.json()["code"] for answer in sent_away} == {"too_many_tries"}


async def test_a_flood_at_one_address_keeps_nobody_else_out(database: str) -> None:
    async with (
        api_over(database, None, trusted_proxies="127.0.0.1") as api,
        browser_at(api) as browser,
    ):
        await browser.follow(await link_for(api, "outlet"), "li.jing")
        browser.http.cookies.clear()
        told = {"login": "clerk", "password": "wrong otter 37 plum"}
        for _ in range(40):
            headers = SCRIPT | {"x-forwarded-for": "10.0.0.1", "host": "trace.example.cn"}
            last = await api.http.post("/v1/sign-in", json=told, headers=headers)
        assert last.status_code == 429
        await browser.sign_in("li.jing")
        assert browser.at == "/account"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    folder: Path = make_data_dir()
    monkeypatch.setenv("DIANCHI_TRUSTED_PROXIES", "127.0.0.1")
    service = Service(folder).start()
    yield service
    service.stop()
    shutil.rmtree(folder)


async def reports(http: httpx.AsyncClient, key: str, until: float) -> list[float]:
    """Reports one after the other; how many milliseconds each took."""
    took = []
    while time.monotonic() < until:
        body = {
            "event_id": str(uuid4()),
            "type": "inspected",
            "battery": code(next(NUMBERS)),
            "occurred_at": "2026-01-02",
            "data": {"soh_percent": "90"},
        }
        sent = time.monotonic()
        answer = await http.post(
            "/v1/events", json=body, headers={"authorization": f"Bearer {key}"}
        )
        assert answer.status_code == 201, answer.text
        took.append((time.monotonic() - sent) * 1000)
        await asyncio.sleep(0.02)
    return took


async def measured(http: httpx.AsyncClient, key: str, seconds: float) -> list[float]:
    until = time.monotonic() + seconds
    each = await asyncio.gather(*(reports(http, key, until) for _ in range(REPORTERS)))
    return [one for took in each for one in took]


@pytest.mark.drill
@pytest.mark.parametrize("many", [False, True], ids=["one address", "many addresses"])
async def test_reports_go_on_while_sign_ins_flood(
    served: Service, capsys: pytest.CaptureFixture[str], *, many: bool
) -> None:
    key = await asyncio.to_thread(served.key, "outlet")
    async with httpx.AsyncClient(base_url=served.url, timeout=30) as http:
        await measured(http, key, 0.5)
        quiet = await measured(http, key, SECONDS)
        flooding = asyncio.create_task(beside(served.port, TRIES_PER_S, SECONDS + 2, many=many))
        # The other process starts first.
        await asyncio.sleep(1)
        during = await measured(http, key, SECONDS)
        said = await flooding

    lasted_s = SECONDS + 2
    before_ms, during_ms = (quantiles(took, n=100)[98] for took in (quiet, during))
    with capsys.disabled():
        print(  # noqa: T201 - the figures of the drill
            f"\nsign-in flood from {'many addresses' if many else 'one address'}:"
            f" {len(said) / lasted_s:.0f}/s, of them hashed {said.count(401) / lasted_s:.1f}/s;"
            f" reports p99 {before_ms:.1f} ms before, {during_ms:.1f} ms during"
            f" (x {during_ms / before_ms:.2f}), {len(quiet)} and {len(during)} reports"
        )
    assert set(said) <= {401, 429}
    assert said.count(429) > said.count(401)
