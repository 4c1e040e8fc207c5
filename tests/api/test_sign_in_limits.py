"""How often a sign-in may be tried: by an address, for a login, with codes; each alone holds."""

from collections.abc import AsyncIterator

import httpx
import pytest

from dianchi.access.flood import Buckets
from support.api import Api, api_over
from support.people import PASSWORD, SCRIPT, browser_at, clerk, link_for

WRONG = "wrong otter 37 plum"
FEW = 3


@pytest.fixture
async def behind(database: str) -> AsyncIterator[Api]:
    """The service behind a proxy that says where each request comes from."""
    async with api_over(database, trusted_proxies="127.0.0.1") as api:
        yield api


def allow_few(patch: pytest.MonkeyPatch, api: Api, budget: str) -> None:
    """One of the three budgets is small; the others are what they are."""
    patch.setattr(api.services.entry.sign_in, budget, Buckets(FEW, 3600.0))


async def tried(api: Api, login: str, address: str, password: str = WRONG) -> httpx.Response:
    headers = SCRIPT | {"x-forwarded-for": address, "host": "trace.example.cn"}
    told = {"login": login, "password": password}
    return await api.http.post("/v1/sign-in", json=told, headers=headers)


async def test_an_address_that_tries_many_logins_is_turned_away_alone(
    behind: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow_few(monkeypatch, behind, "_addresses")
    hasher = behind.services.entry.sign_in.hasher

    answers = [await tried(behind, f"clerk{n}", "203.0.113.9") for n in range(FEW)]
    hashed = hasher.hashed
    refused = await tried(behind, "another", "203.0.113.9")

    assert {one.status_code for one in answers} == {401}
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_tries")
    assert int(refused.headers["retry-after"]) > 0
    assert hasher.hashed == hashed
    assert (await tried(behind, "another", "203.0.113.10")).status_code == 401


async def test_a_login_that_is_tried_from_many_addresses_waits_alone(
    behind: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with browser_at(behind) as browser:
        await clerk(behind, browser)
    allow_few(monkeypatch, behind, "_accounts")
    hasher = behind.services.entry.sign_in.hasher

    answers = [await tried(behind, "li.jing", f"203.0.113.{n}") for n in range(FEW)]
    hashed = hasher.hashed
    refused = await tried(behind, " LI.Jing ", "203.0.113.99", PASSWORD)

    assert {one.status_code for one in answers} == {401}
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_tries")
    assert int(refused.headers["retry-after"]) > 0
    assert hasher.hashed == hashed
    assert (await tried(behind, "zhang.san", "203.0.113.99")).status_code == 401


async def test_who_knows_the_password_is_not_counted(
    behind: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with browser_at(behind) as browser:
        await clerk(behind, browser)
    allow_few(monkeypatch, behind, "_accounts")
    answers = [await tried(behind, "li.jing", "203.0.113.9", PASSWORD) for _ in range(FEW + 2)]
    assert {one.status_code for one in answers} == {200}


async def test_codes_on_the_page_cannot_be_tried_for_long(
    behind: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with browser_at(behind) as browser:
        await browser.follow(await link_for(behind, "regulator"), "chen.gang")
        await browser.add_phone()
        browser.http.cookies.clear()
        allow_few(monkeypatch, behind, "_second")
        await browser.sign_in("chen.gang")

        answers = [await browser.send("/sign-in/code", code="000000") for _ in range(FEW + 1)]

    assert [one.status_code for one in answers] == [401] * FEW + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
