"""Second factors: who needs one, and that no code is good twice."""

import asyncio
from datetime import UTC, datetime

import pytest

from support.api import Api, StillClock, api_over, code, produced
from support.people import PASSWORD, admin_token, browser_at, link_for, stored

pytestmark = pytest.mark.asyncio
NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
STEP_US = 30_000_000


@pytest.fixture
def clock() -> StillClock:
    return StillClock(int(NOON.timestamp()) * 1_000_000)


def second(clock: StillClock) -> int:
    return clock.at_us // 1_000_000


@pytest.mark.parametrize("role", ["regulator", "platform-admin"])
async def test_nothing_is_read_before_a_phone_was_added(api: Api, role: str) -> None:
    await api.post("maker", produced(1))
    token = await (admin_token(api) if role == "platform-admin" else link_for(api, role))
    async with browser_at(api) as browser:
        await browser.follow(token, "chen.gang")
        assert browser.at == "/account/phone"
        for path in ("/v1/me", f"/v1/batteries/{code(1)}", "/v1/people", "/v1/sessions"):
            answer = await browser.http.get(path)
            assert (answer.status_code, answer.json()["code"]) == (403, "code_needed"), path
            assert "/account/phone" in answer.json()["detail"]
        assert (await browser.open("/account")).headers["location"].startswith("/account/phone")

        await browser.add_phone()
        assert (await browser.http.get("/v1/me")).status_code == 200


async def test_who_has_a_phone_signs_in_with_its_code(database: str, clock: StillClock) -> None:
    async with api_over(database, clock) as api, browser_at(api) as browser:
        await browser.follow(await link_for(api, "regulator"), "chen.gang")
        first = browser.http.cookies["__Host-dianchi"]
        phone, _ = await browser.add_phone()
        assert browser.http.cookies["__Host-dianchi"] != first
        browser.http.cookies.clear()
        clock.at_us += STEP_US
        old = {"cookie": f"__Host-dianchi={first}"}
        assert (await browser.http.get("/v1/me", headers=old)).status_code == 401

        await browser.sign_in("chen.gang")
        assert browser.at == "/sign-in/code"
        before = browser.http.cookies["__Host-dianchi"]
        assert "/sign-in/code" in (await browser.http.get("/v1/me")).json()["detail"]
        wrong = await browser.send("/sign-in/code", code="000000")
        assert (wrong.status_code, "验证码不对" in wrong.text) == (401, True)

        await browser.send("/sign-in/code", code=phone.at(second(clock)))

        assert browser.at == "/account"
        assert browser.http.cookies["__Host-dianchi"] != before
        browser.http.cookies.clear()
        old = {"cookie": f"__Host-dianchi={before}"}
        assert (await browser.http.get("/v1/me", headers=old)).status_code == 401


async def test_a_code_is_good_once_and_an_older_one_never_again(
    database: str, clock: StillClock
) -> None:
    async with api_over(database, clock) as api, browser_at(api) as browser:
        await browser.follow(await link_for(api, "regulator"), "chen.gang")
        phone, _ = await browser.add_phone()
        used = phone.at(second(clock))
        told = {"login": "chen.gang", "password": PASSWORD}
        assert (await browser.json("POST", "/v1/sign-in", **told, code=used)).status_code == 401
        clock.at_us += STEP_US
        older, now = phone.at(second(clock) - 30), phone.at(second(clock))
        assert (await browser.json("POST", "/v1/sign-in", **told, code=older)).status_code == 401

        together = await asyncio.gather(
            *(browser.json("POST", "/v1/sign-in", **told, code=now) for _ in range(3))
        )
        assert sorted(one.status_code for one in together) == [200, 401, 401]


@pytest.mark.parametrize(("off_s", "status"), [(-30, 200), (30, 200), (-60, 401), (60, 401)])
async def test_a_phone_may_be_one_step_off(
    database: str, clock: StillClock, off_s: int, status: int
) -> None:
    async with api_over(database, clock) as api, browser_at(api) as browser:
        await browser.follow(await link_for(api, "regulator"), "chen.gang")
        phone, _ = await browser.add_phone()
        clock.at_us += 10 * STEP_US
        code_there = phone.at(second(clock) + off_s)
        answer = await browser.json(
            "POST", "/v1/sign-in", login="chen.gang", password=PASSWORD, code=code_there
        )
        assert answer.status_code == status


async def test_a_recovery_code_is_good_once_however_it_is_typed(
    database: str, clock: StillClock
) -> None:
    async with api_over(database, clock) as api, browser_at(api) as browser:
        await browser.follow(await link_for(api, "outlet"), "li.jing")
        _, codes = await browser.add_phone()
        typed = codes[3].lower().replace("-", " ")
        told = {"login": "li.jing", "password": PASSWORD, "code": typed}
        assert (await browser.json("POST", "/v1/sign-in", **told)).status_code == 200
        assert (await browser.json("POST", "/v1/sign-in", **told)).status_code == 401
        kept = await stored(api, "SELECT digest FROM recovery_code")
        assert len(kept) == 10
        assert all(codes[0].encode() not in row["digest"] for row in kept)  # type: ignore[operator]


async def test_five_wrong_codes_ask_for_the_password_again(
    database: str, clock: StillClock
) -> None:
    async with api_over(database, clock) as api, browser_at(api) as browser:
        await browser.follow(await link_for(api, "outlet"), "li.jing")
        phone, _ = await browser.add_phone()
        browser.http.cookies.clear()
        clock.at_us += STEP_US
        await browser.sign_in("li.jing")
        for _ in range(5):
            assert (await browser.send("/sign-in/code", code="000000")).status_code == 401
        await browser.send("/sign-in/code", code=phone.at(second(clock)))
        assert browser.at == "/sign-in"


async def test_codes_cannot_be_tried_for_long(database: str, clock: StillClock) -> None:
    async with api_over(database, clock) as api, browser_at(api) as browser:
        await browser.follow(await link_for(api, "outlet"), "li.jing")
        await browser.add_phone()
        told = {"login": "li.jing", "password": PASSWORD, "code": "000000"}
        tries = [await browser.json("POST", "/v1/sign-in", **told) for _ in range(12)]
        last = tries[-1]
        assert last.status_code == 429
        assert last.json()["code"] == "too_many_tries"
        assert 0 < int(last.headers["retry-after"]) <= 60


async def test_the_secret_of_a_phone_is_sealed_for_its_person(api: Api) -> None:
    async with browser_at(api) as browser:
        await browser.follow(await link_for(api, "outlet"), "li.jing")
        phone, _ = await browser.add_phone()
        (row,) = await stored(api, "SELECT id, totp_secret FROM person")
        seal, sealed = api.services.entry.sign_in.codes._seal, row["totp_secret"]
        assert isinstance(sealed, bytes)
        assert phone.secret.encode() not in sealed
        assert seal.open(sealed, row["id"].bytes) == phone.secret.encode()  # type: ignore[attr-defined]
        assert seal.open(sealed, b"another person") is None
        assert seal.open(b"", b"another person") is None


async def test_another_phone_takes_a_code_of_the_first(database: str, clock: StillClock) -> None:
    async with api_over(database, clock) as api, browser_at(api) as browser:
        await browser.follow(await link_for(api, "outlet"), "li.jing")
        phone, _ = await browser.add_phone()
        clock.at_us += STEP_US
        await browser.open("/account/phone")
        assert (await browser.send("/account/phone", code="000000")).status_code == 401
        await browser.send("/account/phone", code=phone.at(second(clock)))
        assert "二维码只显示这一次" in browser.page.text


async def test_a_link_may_clear_a_lost_phone(api: Api) -> None:
    async with browser_at(api) as admin, browser_at(api) as clerk:
        await admin.follow(await admin_token(api), "admin.zhao")
        await admin.add_phone()
        await clerk.follow(await link_for(api, "outlet"), "chen.gang")
        await clerk.add_phone()
        me = (await clerk.http.get("/v1/me")).json()["person"]["id"]

        for clears, after in ((False, "/sign-in/code"), (True, "/account")):
            answer = await admin.json("POST", f"/v1/people/{me}/link", clears_codes=clears)
            await clerk.follow(answer.json()["link"].rpartition("/")[2], "chen.gang")
            assert clerk.at == after
