"""Applications over HTTP: made by anybody, decided once, the keys only for the applicant."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from dianchi.access import applications
from dianchi.access.enrol import Enrolment, enrol
from dianchi.access.flood import Buckets
from dianchi.access.issue import KeyTerms, add_key
from dianchi.domain.identifiers import uscc_check
from support.api import ENROLLED, Api, StillClock, api_over

pytestmark = pytest.mark.asyncio
NOON: datetime = datetime(2026, 6, 1, 4, tzinfo=UTC)
CONTACT = "王小红 13800001234"


def uscc(number: int = 1) -> str:
    stem = f"91530181MA6K{number:05d}"
    return stem + uscc_check(stem)


def application(**changes: Any) -> dict[str, Any]:
    return {
        "name": "安宁新回收服务有限公司",
        "uscc": uscc(),
        "roles": ["outlet", "dismantler"],
        "prefecture": "昆明市",
        "contact": CONTACT,
    } | changes


async def applied(api: Api, status: int = 201, key: str | None = None, **told: Any) -> Any:
    headers = {} if key is None else {"idempotency-key": key}
    answer = await api.http.post("/v1/applications", json=application(**told), headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json()


async def state(api: Api, made: dict[str, Any], status: int = 200) -> dict[str, Any]:
    answer = await api.http.post(
        f"/v1/applications/{made['number']}/state", json={"secret": made["secret"]}
    )
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def officer(api: Api, area: str | None) -> dict[str, str]:
    """The headers of the officer of an area; of the province where it is None."""
    name = f"主管部门{area}"
    async with api.services.make_session() as session:
        row = await enrol(session, Enrolment(name), ENROLLED)
        terms = KeyTerms("regulator", area=area)
        key = await add_key(session, api.services.ring, row.id, terms, ENROLLED)
    await api.services.registry.refresh()
    return {"authorization": f"Bearer {key}"}


async def decided(
    api: Api, headers: dict[str, str], made: dict[str, Any], reason: str | None = None
) -> httpx.Response:
    path = f"/v1/applications/{made['number']}"
    if reason is None:
        return await api.http.post(f"{path}/approve", headers=headers)
    return await api.http.post(f"{path}/decline", json={"reason": reason}, headers=headers)


async def test_an_approved_applicant_fetches_its_keys_and_reports(api: Api) -> None:
    made = await applied(api)
    assert await state(api, made) == {
        "number": made["number"],
        "state": "open",
        "reason": None,
        "organisation": None,
        "keys": [],
    }

    seen = await decided(api, await officer(api, "530100"), made)
    told = await state(api, made)

    assert seen.status_code == 200
    assert (told["state"], [one["role"] for one in told["keys"]]) == (
        "approved",
        ["dismantler", "outlet"],
    )
    for one in told["keys"]:
        headers = {"authorization": f"Bearer {one['key']}"}
        me = (await api.http.get("/v1/me", headers=headers)).json()
        assert (me["organisation"], me["role"]) == (told["organisation"], one["role"])
        assert one["key"] not in seen.text
    assert made["secret"] not in seen.text


async def test_the_keys_are_answered_again_for_half_an_hour_and_never_after(database: str) -> None:
    clock = StillClock(int(NOON.timestamp()) * 1_000_000)
    async with api_over(database, clock) as api:
        made = await applied(api)
        await decided(api, await officer(api, None), made)
        first = await state(api, made)
        clock.at_us += int(timedelta(minutes=30).total_seconds()) * 1_000_000
        again = await state(api, made)
        clock.at_us += 1
        after = await state(api, made)

        assert first["keys"]
        assert again == first
        assert after == first | {"keys": []}


async def test_a_declined_applicant_reads_why_and_gets_no_key(api: Api) -> None:
    made = await applied(api)

    await decided(api, await officer(api, "530100"), made, "缺少消防验收 ")

    told = await state(api, made)
    assert (told["state"], told["reason"], told["keys"]) == ("declined", "缺少消防验收", [])
    registry = await api.services.registry.current()
    assert registry.organisation(uscc()) is None


async def test_a_wrong_secret_and_a_wrong_number_are_answered_alike(api: Api) -> None:
    made = await applied(api)

    wrong = await state(api, made | {"secret": "0" * 40}, 404)
    absent = await state(api, made | {"number": "A0"}, 404)

    assert [one["errors"][0]["message"] for one in (wrong, absent)] == [
        wrong["errors"][0]["message"]
    ] * 2


async def test_an_application_that_is_sent_again_is_one(api: Api) -> None:
    key = str(uuid4())
    first = await applied(api, key=key)
    again = await applied(api, 200, key=key)
    other = await applied(api, 409, key=key, name="另一家")

    assert again == first
    assert other["code"] == "request_conflict"
    await decided(api, await officer(api, None), first)
    assert await applied(api, 200, key=key) == first | {"secret": None}


async def test_officers_see_applications_of_their_area_only(api: Api) -> None:
    places = [("昆明", None), ("大理", None), (None, None), (None, "530181")]
    for number, (place, county) in enumerate(places, 1):
        firm: dict[str, Any] = {"name": f"第{number}家", "uscc": uscc(number)}
        await applied(api, **firm, prefecture=place, county=county)

    seen: dict[str | None, list[str]] = {}
    for area in ("530100", "530181", "dianzhong", None):
        answer = await api.http.get("/v1/applications", headers=await officer(api, area))
        seen[area] = [one["name"] for one in answer.json()["items"]]
    assert seen == {
        "530100": ["第1家", "第4家"],
        "530181": ["第4家"],
        "dianzhong": ["第4家"],
        None: ["第1家", "第2家", "第3家", "第4家"],
    }

    made = await applied(api, name="丽江一家", uscc=uscc(9), prefecture="丽江")
    foreign = await decided(api, await officer(api, "530100"), made)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "not_found")
    outlet = await api.http.get("/v1/applications", headers=await api.headers("outlet"))
    assert outlet.status_code == 403


async def test_the_officer_sees_whom_to_call_and_whether_the_firm_is_known(api: Api) -> None:
    await api.key("outlet", "安宁新回收服务有限公司")
    await applied(api)

    (one,) = (await api.http.get("/v1/applications", headers=await officer(api, None))).json()[
        "items"
    ]

    assert one["contact"] == CONTACT
    assert one["known"]["id"] == await api.organisation("outlet", "安宁新回收服务有限公司")
    assert "secret" not in one


@pytest.mark.drill
async def test_two_officers_who_decide_at_once_make_one_decision(api: Api) -> None:
    officers = [await officer(api, area) for area in ("530100", None)]
    for number in range(1, 6):
        made = await applied(api, name=f"第{number}家", uscc=uscc(number))

        answers = await asyncio.gather(
            decided(api, officers[0], made), decided(api, officers[1], made, "重复申请")
        )

        assert sorted(answer.status_code for answer in answers) == [200, 409]
        (won,) = (answer.json() for answer in answers if answer.status_code == 200)
        (lost,) = (answer.json() for answer in answers if answer.status_code == 409)
        assert lost["code"] == "already_decided"
        assert (await state(api, made))["state"] == won["decision"]


async def test_the_same_decision_again_answers_the_first(api: Api) -> None:
    made = await applied(api)
    first = await decided(api, await officer(api, "530100"), made)
    again = await decided(api, await officer(api, None), made)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    items = (
        await api.http.get("/v1/applications?state=decided", headers=await officer(api, None))
    ).json()["items"]
    assert items == [first.json()]


async def test_a_name_whose_code_is_another_cannot_be_approved(api: Api) -> None:
    async with api.services.make_session() as session:
        told = Enrolment("安宁新回收服务有限公司", uscc(7))
        await enrol(session, told, ENROLLED)
    made = await applied(api)

    refused = await decided(api, await officer(api, None), made)

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/name")
    assert (await state(api, made))["state"] == "open"


@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"uscc": "91530181MA6K000010"}, "/uscc"),
        ({"name": "  "}, "/name"),
        ({"roles": ["outlet", "regulator"]}, "/roles/1"),
        ({"roles": []}, "/roles"),
        ({"prefecture": "成都"}, "/prefecture"),
        ({"county": "530381"}, "/county"),
        ({"province": "火星"}, "/province"),
        ({"contact": "a\0b"}, "/contact"),
    ],
)
async def test_what_cannot_be_applied_for_is_refused_with_its_place(
    api: Api, told: dict[str, Any], pointer: str
) -> None:
    problem = await applied(api, 422, **told)

    assert problem["errors"][0]["pointer"] == pointer
    assert (await applied(api, 422, key="short"))["errors"][0]["pointer"] == "/Idempotency-Key"


async def test_an_address_that_applies_too_often_waits(api: Api) -> None:
    few = replace(api.services, applicants=Buckets(2, 360.0))
    api.state.services = few
    keys = [str(uuid4()) for _ in range(3)]
    for key in keys[:2]:
        await applied(api, key=key)

    answer = await api.http.post(
        "/v1/applications", json=application(), headers={"idempotency-key": keys[2]}
    )

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_tries")
    assert 0 < int(answer.headers["retry-after"]) <= 360
    await applied(api, 200, key=keys[0])


async def test_all_addresses_together_wait_when_too_many_are_undecided(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dianchi.api.routes.applications.MOST_OPEN", 1)
    made = await applied(api)

    assert (await applied(api, 429, uscc=uscc(2), name="第二家"))["code"] == "too_many_tries"

    await decided(api, await officer(api, None), made)
    await applied(api, uscc=uscc(2), name="第二家")


async def test_a_contact_is_opened_for_officers_until_it_is_erased(api: Api) -> None:
    kunming, foreign = await officer(api, "530100"), await officer(api, "532900")
    key = str(uuid4())
    made, other = await applied(api, key=key), await applied(api, uscc=uscc(2), name="第二家")
    path = f"/v1/applications/{made['number']}/erase"

    refused = await api.http.post(path, headers=foreign)
    answers = [await api.http.post(path, headers=kunming) for _ in range(2)]
    # A late repeat of the application does not bring it back.
    await applied(api, 200, key=key)

    assert refused.status_code == 404
    assert [(one.status_code, one.json()["contact"]) for one in answers] == [(200, None)] * 2
    listed = (await api.http.get("/v1/applications", headers=kunming)).json()["items"]
    contacts = {one["number"]: one["contact"] for one in listed}
    assert contacts == {made["number"]: None, other["number"]: CONTACT}
    (kept,) = await api.database.fetch(
        "SELECT * FROM personal WHERE reference = $1", f"contact:{made['number']}"
    )
    assert (kept["kek"], kept["wrapped"], kept["sealed"]) == (None, None, None)
    assert kept["erased_at"]


async def test_a_contact_stands_in_no_log_and_in_no_table_in_clear(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    made = await applied(api)
    await applied(api, 422, uscc="1")
    await decided(api, await officer(api, None), made)
    printed = "".join(capsys.readouterr())
    async with api.database.acquire() as connection:
        (found,) = await connection.fetch("SELECT * FROM application")
        kept = await connection.fetch("SELECT * FROM personal")

    assert len(kept) == 1
    assert "13800001234" not in f"{printed}{dict(found)}{kept}"
    assert CONTACT not in repr(applications.Wish("a", "b", (), None, None, None, CONTACT))
