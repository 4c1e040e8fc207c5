"""Signing in: links, passwords, sessions, and what other sites cannot do with them."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from dianchi.access.passwords import Cost
from dianchi.domain.people import PLATFORM_ADMIN
from support.api import Api, StillClock, api_over, code, produced
from support.people import (
    PASSWORD,
    admin_token,
    browser_at,
    clerk,
    link_for,
    stored,
)

pytestmark = pytest.mark.asyncio
NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
COMMON = ["password1234", "123456789012", "qwertyuiop12", "aaaaaaaaaaaaaaa", "woaini1314520"]


def clock_at(moment: datetime) -> StillClock:
    return StillClock(int(moment.timestamp()) * 1_000_000)


async def test_an_invited_clerk_sets_a_login_and_is_in(api: Api) -> None:
    token = await link_for(api, "outlet")
    async with browser_at(api) as browser:
        page = await browser.open(f"/welcome/{token}")
        assert "示范outlet" in page.text
        assert "回收网点" in page.text

        await clerk(api, browser)

        me = (await browser.http.get("/v1/me")).json()
        assert (me["role"], me["person"]["login"], me["scopes"]) == ("outlet", "li.jing", None)
        assert "collected" in me["may_report"]


async def test_a_link_is_good_once_and_looking_at_it_uses_nothing_up(api: Api) -> None:
    token = await link_for(api, "outlet")
    async with browser_at(api) as one, browser_at(api) as other:
        assert (await one.open(f"/welcome/{token}")).status_code == 200
        await other.open(f"/welcome/{token}")
        await one.follow(token, "li.jing")

        assert one.at == "/account"
        assert (await other.send(f"/welcome/{token}", login="x.y", password=PASSWORD,
                                 again=PASSWORD)).status_code == 404  # fmt: skip
        assert (await other.open(f"/welcome/{token}")).status_code == 404
        assert (await other.open("/welcome/nonsense")).status_code == 404


async def test_of_two_who_use_a_link_at_once_one_gets_in(api: Api) -> None:
    token = await link_for(api, "outlet")
    async with browser_at(api) as one, browser_at(api) as other:
        answers = await asyncio.gather(one.follow(token, "li.jing"), other.follow(token, "x.yz"))
        assert sorted(answer.status_code for answer in answers) == [200, 404]
        assert len(await stored(api, "SELECT 1 FROM person_session")) == 1


@pytest.mark.parametrize(("role", "lasts"), [("outlet", 24 * 60), (PLATFORM_ADMIN, 15)])
async def test_a_link_ends(database: str, role: str, lasts: int) -> None:
    clock = clock_at(NOON)
    async with api_over(database, clock) as api, browser_at(api) as browser:
        token = await admin_token(api) if role == PLATFORM_ADMIN else await link_for(api, role)
        clock.at_us += lasts * 60_000_000 - 1
        assert (await browser.open(f"/welcome/{token}")).status_code == 200
        clock.at_us += 1
        assert (await browser.open(f"/welcome/{token}")).status_code == 404


@pytest.mark.parametrize("password", ["short pass", "li.jing.li.jing", *COMMON])
async def test_a_password_is_long_and_not_a_common_one_and_the_link_stays_good(
    api: Api, password: str
) -> None:
    token = await link_for(api, "outlet")
    login = "li.jing.li.jing"
    async with browser_at(api) as browser:
        page = await browser.follow(token, login, password)
        assert page.status_code == 422
        assert 'role="alert"' in page.text
        assert "几个不相干的词" in page.text

        await browser.follow(token, login)
        assert browser.at == "/account"


async def test_two_different_passwords_and_a_taken_login_change_nothing(api: Api) -> None:
    async with browser_at(api) as one, browser_at(api) as other:
        await clerk(api, one)
        token = await link_for(api, "outlet", "王芳")
        await other.open(f"/welcome/{token}")
        taken = await other.send(
            f"/welcome/{token}", login="LI.JING", password=PASSWORD, again=PASSWORD
        )
        assert (taken.status_code, "已有人使用" in taken.text) == (422, True)
        differ = await other.send(f"/welcome/{token}", login="w", password=PASSWORD, again="x")
        assert differ.status_code == 422
        await other.follow(token, "wang.fang")
        assert other.at == "/account"


async def test_who_has_login_and_password_gets_in_and_nobody_else(api: Api) -> None:
    async with browser_at(api) as first, browser_at(api) as browser:
        await clerk(api, first)

        wrong = await browser.sign_in("li.jing", "wrong otter 37 granite")
        unknown = await browser.sign_in("nobody.here", "wrong otter 37 granite")
        mark = 'name="mark" value="'
        texts = {
            page.text.replace("nobody.here", "li.jing").split(mark)[0] for page in (wrong, unknown)
        }
        assert [wrong.status_code, unknown.status_code, len(texts)] == [401, 401, 1]

        await browser.sign_in(" LI.Jing ")
        assert browser.at == "/account"
        assert "李静" in browser.page.text


async def test_a_wrong_password_by_script_says_nothing_of_which_is_wrong(api: Api) -> None:
    async with browser_at(api) as browser:
        await clerk(api, browser)
        answers = [
            await browser.json("POST", "/v1/sign-in", login=login, password="plum otter 38 basalt")
            for login in ("li.jing", "nobody", "!")
        ]
        assert {answer.status_code for answer in answers} == {401}
        assert {answer.text for answer in answers} == {answers[0].text}
        assert answers[0].json()["code"] == "sign_in_failed"


async def test_a_session_ends_when_nobody_uses_it_and_after_its_longest_time(
    database: str,
) -> None:
    clock = clock_at(NOON)
    async with api_over(database, clock) as api, browser_at(api) as browser:
        await clerk(api, browser)
        for _ in range(23):
            clock.at_us += 30 * 60_000_000 - 1
            assert (await browser.http.get("/v1/me")).status_code == 200
        clock.at_us += 30 * 60_000_000 + 100
        ended = await browser.http.get("/v1/me")
        assert (ended.status_code, ended.json()["code"]) == (401, "session_ended")

        await browser.sign_in("li.jing")
        clock.at_us += 30 * 60_000_000
        assert (await browser.http.get("/v1/me")).status_code == 401


async def test_a_regulator_is_signed_in_for_eight_hours(database: str) -> None:
    clock = clock_at(NOON)
    async with api_over(database, clock) as api, browser_at(api) as browser:
        await browser.follow(await link_for(api, "regulator"), "chen.gang")
        await browser.add_phone()
        me = (await browser.http.get("/v1/me")).json()
        ends = datetime.fromisoformat(me["person"]["session_until"])
        assert ends == NOON + timedelta(hours=8)


async def test_each_sign_in_gets_a_new_cookie_whatever_the_browser_brought(api: Api) -> None:
    async with browser_at(api) as browser:
        await clerk(api, browser)
        first = browser.http.cookies["__Host-dianchi"]
        await browser.json("POST", "/v1/sign-in", login="li.jing", password=PASSWORD)
        assert browser.http.cookies["__Host-dianchi"] != first


async def test_one_sees_and_ends_ones_own_sessions_and_no_others(api: Api) -> None:
    async with browser_at(api) as one, browser_at(api) as other, browser_at(api) as stranger:
        await clerk(api, one)
        await other.sign_in("li.jing")
        await stranger.follow(await link_for(api, "outlet", "王芳"), "wang.fang")

        listed = (await one.http.get("/v1/sessions")).json()["items"]
        assert [session["here"] for session in listed] == [False, True]
        (theirs,) = (session["id"] for session in listed if not session["here"])
        assert (await stranger.json("DELETE", f"/v1/sessions/{theirs}")).status_code == 404
        assert (await other.http.get("/v1/me")).status_code == 200
        assert (await one.json("DELETE", f"/v1/sessions/{theirs}")).json() == {"ended": 1}
        assert (await other.http.get("/v1/me")).status_code == 401
        assert (await one.json("DELETE", "/v1/sessions")).json() == {"ended": 1}
        assert (await one.http.get("/v1/me")).status_code == 401


async def test_who_changes_the_password_ends_all_other_sessions(api: Api) -> None:
    async with browser_at(api) as one, browser_at(api) as other:
        await clerk(api, one)
        await other.sign_in("li.jing")
        await one.open("/account")
        new = "granite 37 otter plum"
        wrong = await one.send("/account/password", old="no", password=new, again=new)
        assert (wrong.status_code, "现在的密码不对" in wrong.text) == (401, True)
        assert (await other.http.get("/v1/me")).status_code == 200

        await one.send("/account/password", old=PASSWORD, password=new, again=new)

        assert one.at == "/account"
        assert (await one.http.get("/v1/me")).status_code == 200
        assert (await other.http.get("/v1/me")).status_code == 401
        assert (await other.sign_in("li.jing")).status_code == 401
        await other.sign_in("li.jing", new)
        assert other.at == "/account"


async def test_signing_out_ends_the_session_itself(api: Api) -> None:
    async with browser_at(api) as browser:
        await clerk(api, browser)
        cookie = browser.http.cookies["__Host-dianchi"]
        await browser.open("/account")
        await browser.send("/account/sign-out")
        assert browser.at == "/sign-in"
        headers = {"cookie": f"__Host-dianchi={cookie}"}
        assert (await browser.http.get("/v1/me", headers=headers)).status_code == 401


async def test_a_hash_grows_with_what_is_asked_of_it(api: Api) -> None:
    hasher = api.services.entry.sign_in.hasher
    async with browser_at(api) as browser:
        await clerk(api, browser)
        sql = "SELECT password FROM person WHERE login = 'li.jing'"
        (before,) = await stored(api, sql)
        hasher._costs = (*hasher._costs, Cost(NOON.date(), 64 * 1024, 3, 1))
        browser.http.cookies.clear()
        await browser.sign_in("li.jing")
        assert browser.at == "/account"
        (after,) = await stored(api, sql)
        assert "m=65536,t=2,p=1" in str(before["password"])
        assert "m=65536,t=3,p=1" in str(after["password"])


async def test_a_person_reports_as_their_organisation(api: Api) -> None:
    async with browser_at(api) as browser:
        await clerk(api, browser)
        report = produced(1, type="inspected", battery=code(1), data={"soh_percent": "90"})
        answer = await browser.json("POST", "/v1/events", **report)
        assert answer.status_code == 201, answer.text
        history = await browser.http.get(f"/v1/batteries/{code(1)}/history")
        (event,) = history.json()["items"]
        assert event["organisation"] == await api.organisation("outlet")
