"""The cookie of a session and the forms of our pages: what other sites cannot do with them."""

from hashlib import sha256

import pytest

from support.api import Api, produced
from support.people import HOST, PASSWORD, SCRIPT, browser_at, clerk, link_for, stored

pytestmark = pytest.mark.asyncio


async def test_by_script_a_session_is_a_cookie_that_scripts_cannot_read(api: Api) -> None:
    async with browser_at(api) as browser:
        await clerk(api, browser)
        browser.http.cookies.clear()

        told = {"login": "li.jing", "password": PASSWORD}
        answer = await browser.json("POST", "/v1/sign-in", **told)

        assert (answer.status_code, answer.json()["step"]) == (200, "whole")
        cookie = answer.headers["set-cookie"]
        name, _, attributes = cookie.partition("=")
        assert name == "__Host-dianchi"
        for attribute in ("; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"):
            assert attribute in attributes
        assert "Domain" not in attributes
        value = attributes.split(";")[0]
        rows = await stored(api, "SELECT digest FROM person_session")
        assert sha256(value.encode()).digest() in [row["digest"] for row in rows]
        assert (await browser.http.get("/v1/me")).status_code == 200


async def test_on_the_machine_itself_the_cookie_has_another_name(api: Api) -> None:
    async with browser_at(api, "http://127.0.0.1:8000") as browser:
        await clerk(api, browser)
        (name,) = {name for name in browser.http.cookies if not name.endswith("-form")}
        assert name == "dianchi-loopback"
        value = browser.http.cookies[name]
        assert (await browser.http.get("/v1/me")).status_code == 200
    async with browser_at(api) as abroad:
        headers = {"cookie": f"dianchi-loopback={value}"}
        assert (await abroad.http.get("/v1/me", headers=headers)).json()["code"] == "key_missing"
        headers = {"cookie": f"__Host-dianchi={value}"}
        assert (await abroad.http.get("/v1/me", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": HOST},
        {"x-dianchi-request": "1"},
        {"origin": "https://evil.example", "x-dianchi-request": "1"},
        {"origin": "null", "x-dianchi-request": "1"},
        {"origin": HOST + ".evil.example", "x-dianchi-request": "1"},
        {"origin": HOST, "sec-fetch-site": "cross-site", "x-dianchi-request": "1"},
        {"origin": HOST, "sec-fetch-site": "same-site", "x-dianchi-request": "1"},
    ],
)
async def test_another_site_can_do_nothing_with_the_cookie(
    api: Api, headers: dict[str, str]
) -> None:
    await api.post("maker", produced(1))
    async with browser_at(api) as browser:
        await clerk(api, browser)
        report = produced(1, type="inspected", data={"soh_percent": "90"})
        for path, told in (
            ("/v1/events", report),
            ("/v1/events/batch", [report]),
            ("/v1/sites", {"number": "S1", "name": "网点", "kind": "collection"}),
        ):
            answer = await browser.http.post(path, json=told, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "cross_site"), path
        assert (await browser.http.delete("/v1/sessions", headers=headers)).status_code == 403
        assert (await browser.http.get("/v1/me", headers=headers)).status_code == 200
        assert (await browser.http.post("/v1/events", json=report, headers=SCRIPT)).is_success


@pytest.mark.parametrize(
    ("headers", "mark"),
    [
        ({"sec-fetch-site": "cross-site"}, True),
        ({"origin": "https://evil.example"}, True),
        ({"sec-fetch-site": "same-origin"}, False),
        ({}, False),
    ],
)
async def test_a_form_that_is_not_ours_does_nothing(
    api: Api, headers: dict[str, str], *, mark: bool
) -> None:
    async with browser_at(api) as browser:
        await clerk(api, browser)
        page = await browser.open("/account")
        ours = page.text.split('name="mark" value="')[1][:64]
        form = {"mark": ours if mark else "滇" * 64}
        answer = await browser.http.post("/account/sessions", data=form, headers=headers)
        assert (answer.status_code, "页面已过期" in answer.text) == (403, True)
        assert (await browser.http.get("/v1/me")).status_code == 200


async def test_a_key_and_a_session_in_one_request_are_refused(api: Api) -> None:
    async with browser_at(api) as browser:
        await clerk(api, browser)
        headers = await api.headers("outlet")
        both = await browser.http.get("/v1/me", headers=headers)
        assert (both.status_code, both.json()["code"]) == (400, "two_credentials")
        browser.http.cookies.clear()
        assert (await browser.http.get("/v1/me", headers=headers)).status_code == 200


async def test_pages_are_kept_by_nobody_and_framed_by_nobody(api: Api) -> None:
    token = await link_for(api, "outlet")
    async with browser_at(api) as browser:
        for path in ("/sign-in", f"/welcome/{token}", "/welcome/none"):
            headers = (await browser.open(path)).headers
            assert headers["cache-control"] == "no-store"
            assert headers["referrer-policy"] == "no-referrer"
            policy = headers["content-security-policy"]
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert "<script" not in browser.page.text
            assert " style=" not in browser.page.text
