"""Signing in by an identity provider: a real one in its own process, honest and lying."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from dianchi.settings import SettingsError, load
from support.api import Api, api_over
from support.oidc_provider import CLIENT, SECRET, OidcProvider
from support.people import Browser, browser_at, link_for, stored

OURS = "https://t.ynbat.cn"


@pytest.fixture(scope="module")
def running() -> Iterator[OidcProvider]:
    provider = OidcProvider().start()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running: OidcProvider) -> OidcProvider:
    running.lie()
    return running


@asynccontextmanager
async def serving(database: str, issuer: str) -> AsyncIterator[Api]:
    told = {"oidc_issuer": issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    async with api_over(database, None, **told) as api:
        yield api


@pytest.fixture
async def api(database: str, provider: OidcProvider) -> AsyncIterator[Api]:
    async with serving(database, provider.issuer) as made:
        yield made


async def to_provider(browser: Browser, path: str = "/sign-in") -> str:
    """Goes to the provider and signs in there; the address that it leads back to."""
    page = await browser.open(path)
    assert f'href="{path}/provider?lang=zh"' in page.text
    leaving = await browser.open(f"{path}/provider")
    assert leaving.status_code == 303, leaving.text
    async with httpx.AsyncClient() as there:
        back = await there.get(leaving.headers["location"])
    return str(back.headers["location"]).removeprefix(OURS)


async def through(browser: Browser, path: str = "/sign-in") -> httpx.Response:
    """There and back; the page that follows."""
    await browser.open(await to_provider(browser, path))
    if browser.page.is_redirect:
        await browser.open(browser.page.headers["location"])
    return browser.page


async def known(api: Api, browser: Browser, role: str = "outlet") -> None:
    """A person who came by their link and signed in by the provider."""
    token = await link_for(api, role)
    await through(browser, f"/welcome/{token}")
    browser.http.cookies.clear()


async def test_an_invited_person_comes_by_the_provider_and_again_without_a_link(api: Api) -> None:
    async with browser_at(api, OURS) as browser:
        await known(api, browser)
        await through(browser)
        assert browser.at == "/account"
        me = (await browser.http.get("/v1/me")).json()
        assert (me["role"], me["person"]["name"]) == ("outlet", "李静")


async def test_who_was_not_invited_gets_no_account(api: Api) -> None:
    async with browser_at(api, OURS) as browser:
        page = await through(browser)
        assert (page.status_code, "没有受邀" in page.text) == (403, True)
        assert not await stored(api, "SELECT 1 FROM person")
        assert (await browser.http.get("/v1/me")).status_code == 401


async def test_a_link_ties_one_identity_to_one_person(api: Api) -> None:
    async with browser_at(api, OURS) as browser:
        await known(api, browser)
        second = await link_for(api, "outlet", "王芳")
        page = await through(browser, f"/welcome/{second}")
        assert (page.status_code, "已属于另一个人" in page.text) == (422, True)
        assert (await browser.open(f"/welcome/{second}")).status_code == 200


async def test_a_link_that_was_used_meanwhile_lets_nobody_in(api: Api) -> None:
    async with browser_at(api, OURS) as browser, browser_at(api, OURS) as other:
        token = await link_for(api, "outlet")
        back = await to_provider(browser, f"/welcome/{token}")
        await other.follow(token, "li.jing")
        assert (await browser.open(back)).status_code == 403
        assert (await other.http.get("/v1/me")).status_code == 200


@pytest.mark.parametrize(
    ("claims", "at"),
    [
        ({}, "/account/phone"),
        ({"amr": ["pwd"]}, "/account/phone"),
        ({"acr": "0", "amr": "mfa"}, "/account/phone"),
        ({"acr": {}, "amr": [{}, 7]}, "/account/phone"),
        ({"amr": ["pwd", "mfa"]}, "/account"),
        ({"acr": "phr"}, "/account"),
    ],
)
async def test_a_second_factor_is_asked_unless_the_provider_asked_for_one(
    api: Api, provider: OidcProvider, claims: dict[str, Any], at: str
) -> None:
    provider.lie(claims=claims)
    async with browser_at(api, OURS) as browser:
        await known(api, browser, "regulator")
        await through(browser)
        assert browser.at == at


@pytest.mark.parametrize(
    "lie",
    [
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"aud": "another"}},
        {"claims": {"azp": "another"}},
        {"claims": {"iss": "https://evil.example"}},
        {"claims": {"exp": 1_700_000_000}},
        {"claims": {"exp": None}},
        {"claims": {"sub": ""}},
        {"claims": {"sub": None}},
        {"alg": "none"},
        {"key": "other"},
        {"redirect": {"state": "another"}},
        {"redirect": {"code": "another"}},
        {"redirect": {"iss": "https://evil.example"}},
        {"redirect": {"error": "access_denied"}},
    ],
    ids=str,
)
async def test_a_provider_that_lies_lets_nobody_in(
    api: Api, provider: OidcProvider, lie: dict[str, Any]
) -> None:
    async with browser_at(api, OURS) as browser:
        await known(api, browser)
        provider.lie(**lie)
        page = await through(browser)
        assert (page.status_code, "未成功" in page.text) == (401, True)
        assert (await browser.http.get("/v1/me")).status_code == 401


@pytest.mark.parametrize(
    "told", [{"issuer": "https://evil.example"}, {"token_endpoint": None}], ids=str
)
async def test_a_provider_that_is_another_one_is_not_asked(
    database: str, provider: OidcProvider, told: dict[str, Any]
) -> None:
    provider.lie(discovery=told)
    async with serving(database, provider.issuer) as api, browser_at(api, OURS) as browser:
        assert (await browser.open("/sign-in/provider")).status_code == 503


async def test_another_browser_cannot_finish_what_one_began(api: Api) -> None:
    async with browser_at(api, OURS) as one, browser_at(api, OURS) as other:
        await known(api, one)
        back = await to_provider(one)
        assert (await other.open(back)).status_code == 401
        other.http.cookies.set("__Host-dianchi-provider", "00" * 40)
        assert (await other.open(back)).status_code == 401
        assert (await one.open(back)).status_code == 303
        assert (await one.open(back)).status_code == 401


async def test_a_provider_may_change_its_key(api: Api, provider: OidcProvider) -> None:
    async with browser_at(api, OURS) as browser:
        await known(api, browser)
        provider.renew()
        client = api.services.entry.provider
        assert client is not None
        client._ticks = lambda: time.monotonic() + 11
        await through(browser)
        assert browser.at == "/account"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"oidc_issuer": "http://idp.example", "oidc_client_id": "x"}, "https://"),
        ({"oidc_issuer": "https://idp.example", "oidc_client_id": "x"}, "OIDC_CLIENT_SECRET"),
        ({"oidc_issuer": "https://idp.example", "oidc_client_secret": "x"}, "OIDC_CLIENT_ID"),
    ],
)
def test_a_provider_is_configured_wholly_or_not_at_all(
    tmp_path: Any, told: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        load(data_dir=tmp_path, **told)
