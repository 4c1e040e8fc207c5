"""Regulators and auditors as people: a second person confirms them, and they see as keys do."""

import asyncio
import re
from typing import Any

import pytest

from support.api import Api, code, produced
from support.people import Browser, admin_token, browser_at, link_for, stored

pytestmark = pytest.mark.asyncio
OFFICER = {"organisation": "示范regulator", "role": "regulator", "name": "王芳"}


async def an_admin(api: Api, browser: Browser) -> None:
    await browser.follow(await admin_token(api), "admin.zhao")
    await browser.add_phone()


async def an_officer(api: Api, browser: Browser, login: str = "chen", **place: Any) -> None:
    await browser.follow(await link_for(api, "regulator", **place), login)
    await browser.add_phone()


async def asked(
    browser: Browser, path: str, status: int, method: str = "POST", **told: Any
) -> dict[str, Any]:
    answer = await browser.json(method, path, **told)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def token_of(made: dict[str, Any]) -> str:
    return str(made["link"]["link"] if isinstance(made["link"], dict) else made["link"])[-43:]


async def told_to_the_audit_log(api: Api) -> list[str]:
    rows = await stored(api, "SELECT act, subject FROM audit ORDER BY at, place")
    return [f"{row['act']} | {row['subject']}" for row in rows]


async def test_a_regulator_whom_the_administrator_invites_waits_for_an_officer(api: Api) -> None:
    async with browser_at(api) as admin, browser_at(api) as officer, browser_at(api) as new:
        await an_officer(api, officer, area="530100")
        await an_admin(api, admin)
        waiting = await asked(
            admin, "/v1/people", 202, **OFFICER, area="530181", department="industry"
        )

        assert (waiting["state"], waiting["act"], waiting["area"]) == ("open", "invite", "530181")
        assert "link" not in waiting
        assert not await stored(
            api, "SELECT 1 FROM person_link WHERE person = $1::text::uuid", waiting["person"]
        )
        confirm = f"/v1/proposals/{waiting['id']}/confirm"
        await asked(admin, confirm, 403)
        listed = (await officer.http.get("/v1/proposals")).json()["items"]
        assert [one["id"] for one in listed] == [waiting["id"]]

        made = await asked(officer, confirm, 200)

        assert made["state"] == "confirmed"
        await new.follow(token_of(made), "wang.fang")
        await new.add_phone()
        me = (await new.http.get("/v1/me")).json()
        assert (me["role"], me["area"], me["department"]) == ("regulator", "530181", "industry")
        again = await officer.json("POST", confirm)
        assert (again.status_code, again.json()["code"]) == (409, "already_decided")
        person = f"person {waiting['person']}: regulator {waiting['organisation']} 530181 industry"
        told = await told_to_the_audit_log(api)
        assert f"propose invite | {person}" in told
        assert f"confirm invite | {person}" in told


@pytest.mark.parametrize(
    ("area", "theirs", "status"),
    [
        ("530181", "530181", 200),
        ("53", "530181", 200),
        (None, "53", 200),
        ("530100", None, 404),
        ("530300", "530181", 404),
        ("530181", "530100", 404),
        ("dianzhong", "530181", 200),
        ("530100", "dianzhong", 404),
    ],
)
async def test_an_officer_confirms_within_the_own_area_only(
    api: Api, area: str | None, theirs: str | None, status: int
) -> None:
    async with browser_at(api) as admin, browser_at(api) as officer:
        await an_officer(api, officer, area=area)
        await an_admin(api, admin)
        # The exception of the first start is over once somebody of the province was let in.
        await stored(
            api,
            "INSERT INTO first_regulator VALUES (true, gen_random_uuid(), now())"
            " ON CONFLICT DO NOTHING",
        )
        waiting = await asked(admin, "/v1/people", 202, **OFFICER, area=theirs)

        await asked(officer, f"/v1/proposals/{waiting['id']}/confirm", status)

        assert bool((await officer.http.get("/v1/proposals")).json()["items"]) is False


async def test_the_first_regulator_of_the_province_needs_nobody_once(api: Api) -> None:
    await api.key("regulator")
    async with browser_at(api) as admin, browser_at(api) as first:
        await an_admin(api, admin)
        county = await asked(admin, "/v1/people", 202, **OFFICER, area="530181")
        made = await asked(admin, "/v1/people", 201, **OFFICER)
        lost = await asked(admin, f"/v1/people/{made['id']}/link", 201, clears_codes=False)
        await asked(admin, "/v1/people", 202, **OFFICER)
        await first.follow(token_of(lost), "first.one")
        await first.add_phone()

        await asked(admin, f"/v1/people/{made['id']}/link", 202, clears_codes=True)
        await asked(admin, "/v1/people", 202, **OFFICER)

        assert (await first.http.get("/v1/me")).json()["role"] == "regulator"
        told = await told_to_the_audit_log(api)
        alone = [one for one in told if one.startswith("first regulator, alone")]
        assert [made["id"] in one for one in alone] == [True, True]
        await asked(first, f"/v1/proposals/{county['id']}/confirm", 200)


async def test_of_two_first_regulators_asked_at_once_one_waits(api: Api) -> None:
    await api.key("regulator")
    async with browser_at(api) as admin:
        await an_admin(api, admin)

        answers = await asyncio.gather(
            *(admin.json("POST", "/v1/people", **OFFICER) for _ in range(4))
        )

        assert sorted(one.status_code for one in answers) == [201, 202, 202, 202]


async def test_a_new_link_of_an_officer_goes_to_who_confirms_not_to_the_administrator(
    api: Api,
) -> None:
    """Otherwise whoever runs the platform would take an officer's account over."""
    async with browser_at(api) as admin, browser_at(api) as province, browser_at(api) as other:
        await an_officer(api, province)
        await an_officer(api, other, "li.wei", area="530100")
        await an_admin(api, admin)
        people = (await admin.http.get("/v1/people")).json()["items"]
        whose = next(one["id"] for one in people if one["area"] == "530100")

        waiting = await asked(admin, f"/v1/people/{whose}/link", 202, clears_codes=True)

        assert await stored(api, "SELECT 1 FROM person_link WHERE used_at IS NULL") == []
        await asked(other, f"/v1/proposals/{waiting['id']}/confirm", 404)
        made = await asked(province, f"/v1/proposals/{waiting['id']}/confirm", 200)
        assert made["link"]["id"] == whose


async def test_powers_are_raised_by_two_and_narrowed_by_one(api: Api) -> None:
    async with browser_at(api) as admin, browser_at(api) as province, browser_at(api) as officer:
        await an_officer(api, province)
        await an_officer(api, officer, "li.wei", area="530181")
        await an_admin(api, admin)
        people = (await admin.http.get("/v1/people")).json()["items"]
        whose = next(one["id"] for one in people if one["area"] == "530181")
        path = f"/v1/people/{whose}/powers"

        waiting = await asked(admin, path, 202, "PUT", area="530100")

        assert (await officer.http.get("/v1/me")).json()["area"] == "530181"
        await asked(officer, f"/v1/proposals/{waiting['id']}/confirm", 404)
        done = await asked(province, f"/v1/proposals/{waiting['id']}/confirm", 200)
        assert done["link"] is None
        assert (await officer.http.get("/v1/me")).json()["area"] == "530100"
        narrowed = await asked(admin, path, 200, "PUT", area="530181")
        assert narrowed["area"] == "530181"
        assert (await officer.http.get("/v1/me")).json()["area"] == "530181"
        await asked(admin, path, 202, "PUT", area="530181", manages=True)


async def test_a_declined_proposal_does_nothing_and_its_proposer_may_withdraw_it(api: Api) -> None:
    async with browser_at(api) as admin, browser_at(api) as officer:
        await an_officer(api, officer)
        await an_admin(api, admin)
        first = await asked(admin, "/v1/people", 202, **OFFICER)
        second = await asked(admin, "/v1/people", 202, **OFFICER)

        await asked(officer, f"/v1/proposals/{first['id']}/decline", 200)
        await asked(admin, f"/v1/proposals/{second['id']}/decline", 200)

        for one in (first, second):
            late = await officer.json("POST", f"/v1/proposals/{one['id']}/confirm")
            assert (late.status_code, late.json()["errors"][0]["value"]) == (409, "declined")
        assert not (await officer.http.get("/v1/proposals")).json()["items"]


async def test_two_confirmations_at_once_make_one_link(api: Api) -> None:
    async with browser_at(api) as admin, browser_at(api) as officer:
        await an_officer(api, officer)
        await an_admin(api, admin)
        waiting = await asked(admin, "/v1/people", 202, **OFFICER)
        path = f"/v1/proposals/{waiting['id']}/confirm"

        answers = await asyncio.gather(*(officer.json("POST", path) for _ in range(4)))

        assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]


async def test_a_key_confirms_nothing(api: Api) -> None:
    async with browser_at(api) as admin, browser_at(api) as officer:
        await an_officer(api, officer)
        await an_admin(api, admin)
        waiting = await asked(admin, "/v1/people", 202, **OFFICER)

        headers = await api.headers("regulator")
        path = f"/v1/proposals/{waiting['id']}/confirm"
        answer = await api.http.post(path, headers=headers)

        assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")


async def test_an_auditor_as_a_person_is_bound_to_firms_until_a_day(api: Api) -> None:
    await api.post("maker", produced(1))
    await api.post("maker", produced(2), "另一厂")
    await api.settle()
    async with browser_at(api) as admin, browser_at(api) as officer, browser_at(api) as auditor:
        await an_officer(api, officer)
        await an_admin(api, admin)
        await api.key("auditor")
        told = {"organisation": "示范auditor", "role": "auditor", "name": "审计员"}
        for lacking in ({"names": ["示范maker"]}, {"expires_on": "2027-01-01"}):
            (fault,) = (await asked(admin, "/v1/people", 422, **told, **lacking))["errors"]
            assert fault["pointer"] in ("/names", "/expires_on")
        today = (await api.look("SELECT (now() + interval '30 days')::date::text AS d"))[0]["d"]
        bounds = {"names": ["示范maker"], "expires_on": today}
        await asked(admin, "/v1/people", 422, **told, **bounds, manages=True)
        waiting = await asked(admin, "/v1/people", 202, **told, **bounds)
        made = await asked(officer, f"/v1/proposals/{waiting['id']}/confirm", 200)
        await auditor.follow(token_of(made), "auditor.li")

        assert (await auditor.http.get(f"/v1/batteries/{code(1)}")).status_code == 200
        assert (await auditor.http.get(f"/v1/batteries/{code(2)}")).status_code == 404
        await stored(api, "UPDATE person SET expires_at = now() WHERE role = 'auditor'")
        assert (await auditor.http.get(f"/v1/batteries/{code(1)}")).status_code == 401
        assert (await auditor.sign_in("auditor.li")).status_code == 401


async def test_a_manager_of_an_area_empowers_nobody_beyond_it(api: Api) -> None:
    async with browser_at(api) as officer, browser_at(api) as other:
        await an_officer(api, officer, area="530100", manages=True)
        await an_officer(api, other, "li.wei", area="530181")
        people = (await officer.http.get("/v1/people")).json()["items"]
        whose = {one["area"]: one["id"] for one in people}

        await asked(officer, f"/v1/people/{whose['530181']}/powers", 403, "PUT", area="53")
        await asked(officer, f"/v1/people/{whose['530100']}/powers", 422, "PUT", area="530181")
        wider = await asked(
            officer, f"/v1/people/{whose['530181']}/powers", 200, "PUT", area="530100"
        )
        assert wider["area"] == "530100"


async def test_the_page_shows_what_waits_and_its_link_once(api: Api) -> None:
    async with browser_at(api) as admin, browser_at(api) as officer, browser_at(api) as new:
        await an_officer(api, officer)
        await an_admin(api, admin)
        waiting = await asked(
            admin, "/v1/people", 202, **OFFICER, area="dianzhong", department="ecology"
        )
        assert "/account/waiting" in (await officer.open("/account")).text
        page = await officer.open("/account/waiting")
        assert all(told in page.text for told in ("王芳", "滇中新区", "生态环境"))
        await admin.open("/account/waiting")
        assert "/account/waiting/confirm" not in admin.page.text

        forged = await officer.http.post("/account/waiting/confirm", data={"id": waiting["id"]})
        assert forged.status_code == 403
        page = await officer.send("/account/waiting/confirm", id=waiting["id"])

        link = re.search(r"/welcome/([\w-]{43})", page.text)
        assert link
        page = await new.open(f"/welcome/{link[1]}")
        assert all(told in page.text for told in ("滇中新区", "生态环境"))
        assert "王芳" not in (await officer.open("/account/waiting")).text


PLACES = [
    ("regulator", None, None),
    ("regulator", "530100", "530100"),
    ("regulator", "530181", "530181"),
    ("regulator", "dianzhong", "dianzhong"),
    ("regulator", "530300", "530300"),
]


@pytest.mark.parametrize(("role", "area", "bound"), PLACES)
async def test_an_officer_sees_what_the_equal_key_sees(
    api: Api, role: str, area: str | None, bound: str | None
) -> None:
    await api.post("maker", produced(1))
    await api.post("maker", produced(2), "另一厂")
    await api.settle()
    terms = {"organisation": "示范regulator", "role": role, "area": area}
    headers = await api.headers("regulator")
    key = (await api.http.post("/v1/keys", json=terms, headers=headers)).json()["key"]
    by_key = {"authorization": f"Bearer {key}"}
    async with browser_at(api) as officer:
        await an_officer(api, officer, area=bound)
        paths = ["/v1/batteries", "/v1/findings", "/v1/applications", "/v1/audit?limit=1"]
        paths += [f"/v1/batteries/{code(n)}{more}" for n in (1, 2) for more in ("", "/history")]
        for path in paths:
            mine = await officer.http.get(path)
            theirs = await api.http.get(path, headers=by_key)
            assert mine.status_code == theirs.status_code, path
            if "audit" not in path:
                assert mine.text == theirs.text, path
