"""People: who invites whom, who is disabled, and the administrator who reads nothing."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from dianchi.access.keys import now_of
from dianchi.access.people import admin_link
from support.api import Api, code, produced
from support.people import PASSWORD, Browser, admin_token, browser_at, link_for, stored

pytestmark = pytest.mark.asyncio
NEW = {"organisation": "示范outlet", "role": "outlet", "name": "王芳"}


async def an_admin(api: Api, browser: Browser) -> None:
    """The administrator of the platform, signed in at this browser."""
    await browser.follow(await admin_token(api), "admin.zhao")
    await browser.add_phone()


async def an_officer(api: Api, browser: Browser, **place: Any) -> None:
    """A regulator who manages people, signed in at this browser."""
    await browser.follow(await link_for(api, "regulator", **({"manages": True} | place)), "chen")
    await browser.add_phone()


async def invited(browser: Browser, status: int = 201, **told: Any) -> dict[str, Any]:
    answer = await browser.json("POST", "/v1/people", **(NEW | told))
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def token_of(made: dict[str, Any]) -> str:
    return str(made["link"]).rpartition("/")[2]


async def asked(browser: Browser, method: str, path: str, **told: Any) -> int:
    return (await browser.json(method, path, **told)).status_code


async def test_no_account_is_there_before_somebody_makes_one(api: Api) -> None:
    assert not await stored(api, "SELECT 1 FROM person")
    async with browser_at(api) as browser:
        for login in ("admin", "root", "platform-admin"):
            assert (await browser.sign_in(login, login)).status_code == 401


async def test_the_first_link_is_for_the_administrator_until_there_is_one(api: Api) -> None:
    first = await admin_token(api)
    second = await admin_token(api)
    assert len(await stored(api, "SELECT 1 FROM person")) == 1
    async with browser_at(api) as browser:
        assert (await browser.open(f"/welcome/{first}")).status_code == 404
        page = await browser.follow(second, "admin.zhao")
        assert browser.at == "/account/phone", page.text
        async with api.services.make_session() as session:
            assert await admin_link(session, now_of(api.services.clock)) is None
            assert await admin_link(session, now_of(api.services.clock), another=True)


async def test_an_administrator_invites_people_and_reads_nothing(api: Api) -> None:
    await api.post("maker", produced(1))
    await api.key("outlet")
    async with browser_at(api) as admin, browser_at(api) as clerk:
        await an_admin(api, admin)
        me = (await admin.http.get("/v1/me")).json()
        assert (me["role"], me["may_report"]) == ("platform-admin", [])

        for path in (f"/v1/batteries/{code(1)}", f"/v1/batteries/{code(1)}/history",
                     "/v1/batteries", "/v1/findings", "/v1/audit"):  # fmt: skip
            answer = await admin.http.get(path)
            assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed"), path
        assert await asked(admin, "POST", "/v1/events", **produced(2)) == 403
        assert await asked(admin, "POST", "/v1/vendors", code="001", name="x") == 403
        assert await asked(admin, "POST", "/v1/organisations", name="新网点") == 201
        firms = (await admin.http.get("/v1/organisations")).json()["items"]
        assert "新网点" in [firm["name"] for firm in firms]

        await clerk.follow(token_of(await invited(admin)), "wang.fang")
        assert (await clerk.http.get("/v1/batteries")).status_code == 200


async def test_a_firm_of_people_without_a_key_has_their_role(api: Api) -> None:
    await link_for(api, "utilizer")
    firms = (await api.get("/v1/organisations"))["items"]
    assert [firm["roles"] for firm in firms if firm["name"] == "示范utilizer"] == [["utilizer"]]


async def test_a_key_invites_nobody(api: Api) -> None:
    await api.key("outlet")
    for role in ("regulator", "outlet"):
        answer = await api.http.post("/v1/people", json=NEW, headers=await api.headers(role))
        assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")
        listed = await api.http.get("/v1/people", headers=await api.headers(role))
        assert listed.status_code == 403


async def test_an_outlet_looks_after_its_own_people_only(api: Api) -> None:
    await api.key("workshop")
    async with browser_at(api) as owner, browser_at(api) as clerk:
        await owner.follow(await link_for(api, "outlet", "店主", manages=True), "owner")
        made = await invited(owner)
        await clerk.follow(token_of(made), "wang.fang")

        assert await asked(clerk, "POST", "/v1/people", **NEW) == 403
        await invited(owner, 403, organisation="示范workshop", role="workshop")
        await invited(owner, 403, role="recycler")
        await invited(owner, 403, role="regulator")
        await invited(owner, 403, role="platform-admin")
        people = (await owner.http.get("/v1/people")).json()["items"]
        assert [person["name"] for person in people] == ["店主", "王芳"]


@pytest.mark.parametrize(
    ("place", "role", "status"),
    [
        ({}, "outlet", 201),
        ({}, "regulator", 201),
        ({}, "platform-admin", 403),
        ({"area": "530100"}, "outlet", 201),
        ({"area": "532900"}, "outlet", 403),
        ({"area": "530100"}, "regulator", 403),
        ({"manages": False}, "outlet", 403),
    ],
)
async def test_an_officer_invites_within_the_area(
    api: Api, place: dict[str, Any], role: str, status: int
) -> None:
    await api.key("outlet")
    async with browser_at(api) as officer:
        await an_officer(api, officer, **place)
        await invited(
            officer,
            status,
            role=role,
            organisation=f"示范{role}".replace("platform-admin", "outlet"),
        )


@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"role": "king"}, "/role"),
        ({"organisation": "没有登记的公司"}, "/organisation"),
        ({"prefecture": "火星"}, "/prefecture"),
        ({"name": "  "}, "/name"),
        ({"extra": 1}, "/extra"),
    ],
)
async def test_an_invitation_that_cannot_be_says_what_is_wrong(
    api: Api, told: dict[str, Any], pointer: str
) -> None:
    await api.key("outlet")
    async with browser_at(api) as admin:
        await an_admin(api, admin)
        (fault,) = (await invited(admin, 422, **told))["errors"]
        assert fault["pointer"] == pointer


async def test_who_is_disabled_is_out_at_once_and_stays_out(api: Api) -> None:
    await api.key("outlet")
    async with browser_at(api) as admin, browser_at(api) as clerk:
        await an_admin(api, admin)
        made = await invited(admin)
        await clerk.follow(token_of(made), "wang.fang")
        other = token_of((await admin.json("POST", f"/v1/people/{made['id']}/link",
                                           clears_codes=False)).json())  # fmt: skip
        assert (await clerk.http.get("/v1/me")).status_code == 200

        disabled = (await admin.json("POST", f"/v1/people/{made['id']}/disable")).json()

        assert disabled["disabled_at"]
        mine = "SELECT 1 FROM person_session WHERE person = $1"
        assert not await stored(api, mine, UUID(made["id"]))
        assert (await clerk.http.get("/v1/me")).status_code == 401
        assert (await clerk.sign_in("wang.fang")).status_code == 401
        assert (await clerk.open(f"/welcome/{other}")).status_code == 404
        assert await asked(admin, "POST", f"/v1/people/{made['id']}/link", clears_codes=True) == 404
        again = (await admin.json("POST", f"/v1/people/{made['id']}/disable")).json()
        assert again["disabled_at"] == disabled["disabled_at"]


async def test_who_is_erased_leaves_an_id_and_nothing_else(api: Api) -> None:
    await api.key("outlet")
    async with browser_at(api) as admin, browser_at(api) as clerk:
        await an_admin(api, admin)
        made = await invited(admin)
        await clerk.follow(token_of(made), "wang.fang")
        await clerk.add_phone()
        stays = await invited(admin, name="赵云")

        path = f"/v1/people/{made['id']}/erase"
        first, again = [(await admin.json("POST", path)).json() for _ in range(2)]

        assert first == again
        assert (first["id"], first["name"], first["login"]) == (made["id"], None, None)
        assert (first["codes"], first["disabled_at"] is None) == (False, False)
        assert (await clerk.sign_in("wang.fang")).status_code == 401
        listed = (await admin.http.get("/v1/people")).json()["items"]
        names = {one["id"]: one["name"] for one in listed}
        assert (names[made["id"]], names[stays["id"]]) == (None, "赵云")
        assert "平台管理员" in names.values()
    (kept,) = await stored(api, "SELECT * FROM personal WHERE reference = $1", f"name:{made['id']}")
    assert (kept["kek"], kept["wrapped"], kept["sealed"]) == (None, None, None)
    codes = "SELECT 1 FROM recovery_code WHERE person = $1"
    assert not await stored(api, codes, UUID(made["id"]))
    told = await stored(api, "SELECT act, subject FROM audit WHERE act LIKE '%erase'")
    assert [act["subject"] for act in told] == [path] * 2


async def test_nobody_erases_themselves_or_a_person_of_others(api: Api) -> None:
    async with browser_at(api) as admin, browser_at(api) as owner:
        await an_admin(api, admin)
        me = (await admin.http.get("/v1/me")).json()["person"]
        await owner.follow(await link_for(api, "outlet", "店主", manages=True), "owner")

        assert me["name"] == "平台管理员"
        assert await asked(admin, "POST", f"/v1/people/{me['id']}/erase") == 422
        assert await asked(owner, "POST", f"/v1/people/{me['id']}/erase") == 404


async def test_a_list_of_names_is_opened_in_one_trip(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.key("outlet")
    async with browser_at(api) as admin:
        await an_admin(api, admin)
        for name in ("甲", "乙", "丙"):
            await invited(admin, name=name)
        seen = list[str]()
        fetch = type(api.services.registrar).fetch

        async def counting(self: object, sql: str, *told: object) -> object:
            seen.append(sql)
            return await fetch(self, sql, *told)  # type: ignore[arg-type]

        monkeypatch.setattr(type(api.services.registrar), "fetch", counting)
        listed = (await admin.http.get("/v1/people")).json()["items"]

    assert [one["name"] for one in listed] == ["平台管理员", "甲", "乙", "丙"]
    assert len([sql for sql in seen if "personal" in sql]) == 1


async def test_a_person_who_was_disabled_elsewhere_is_out_with_the_next_request(
    api: Api,
) -> None:
    async with browser_at(api) as clerk:
        await clerk.follow(await link_for(api, "outlet"), "li.jing")
        assert (await clerk.http.get("/v1/me")).status_code == 200
        await stored(api, "UPDATE person SET disabled_at = now()")
        assert (await clerk.http.get("/v1/me")).status_code == 401


async def test_nobody_disables_themselves_or_a_person_of_others(api: Api) -> None:
    async with browser_at(api) as admin, browser_at(api) as owner:
        await an_admin(api, admin)
        me = UUID((await admin.http.get("/v1/me")).json()["person"]["id"])
        await owner.follow(await link_for(api, "outlet", "店主", manages=True), "owner")

        assert await asked(admin, "POST", f"/v1/people/{me}/disable") == 422
        absent = await owner.json("POST", f"/v1/people/{UUID(int=1)}/disable")
        foreign = await owner.json("POST", f"/v1/people/{me}/disable")
        assert [absent.status_code, foreign.status_code] == [404, 404]
        assert without_id(absent) == without_id(foreign)
        assert (await admin.http.get("/v1/me")).status_code == 200


def without_id(answer: httpx.Response) -> str:
    return answer.text.replace(str(answer.json()["errors"][0]["value"]), "")


async def test_a_new_link_ends_the_older_one_and_sets_a_new_password(api: Api) -> None:
    await api.key("outlet")
    async with browser_at(api) as admin, browser_at(api) as clerk:
        await an_admin(api, admin)
        made = await invited(admin)
        again = (await admin.json("POST", f"/v1/people/{made['id']}/link")).json()
        assert (await clerk.open(f"/welcome/{token_of(made)}")).status_code == 404
        await clerk.follow(token_of(again), "wang.fang")

        lost = (await admin.json("POST", f"/v1/people/{made['id']}/link")).json()
        assert (await clerk.http.get("/v1/me")).status_code == 200
        async with browser_at(api) as elsewhere:
            page = await elsewhere.open(f"/welcome/{token_of(lost)}")
            assert 'value="wang.fang"' in page.text
            await elsewhere.follow(token_of(lost), "wang.fang", "granite 37 otter plum")
            assert elsewhere.at == "/account"
            assert (await clerk.http.get("/v1/me")).status_code == 401
            assert (await clerk.sign_in("wang.fang", PASSWORD)).status_code == 401
