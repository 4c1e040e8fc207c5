"""Phones of outlets over HTTP: enrolled, claimed, heard of, revoked."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from dianchi.access.issue import KeyTerms, add_key
from dianchi.access.keys import TRUSTED_S
from support.api import Api, StillClock, api_over
from support.devices import claimed, enrolled

pytestmark = pytest.mark.asyncio


async def test_a_code_binds_one_phone_to_its_outlet(api: Api) -> None:
    await api.http.post(
        "/v1/sites",
        json={"number": "S1", "name": "安宁网点", "kind": "collection", "prefecture": "530100"},
        headers=await api.headers("outlet"),
    )

    made = await enrolled(api, site="S1")
    phone = await claimed(api, made["code"].lower().replace("-", " "))

    assert made["link"] == f"https://t.ynbat.cn/scan#enrol={made['code']}"
    assert phone.told["organisation"]["id"] == await api.organisation("outlet")
    assert phone.told["organisation"]["role"] == "outlet"
    assert phone.told["site"] == {
        "id": "S1", "name": "安宁网点", "prefecture": "530100", "kind": "collection",
    }  # fmt: skip
    assert phone.told["block"]["count"] == 50
    me = await phone.get("/v1/me")
    assert me.json()["organisation"] == phone.told["organisation"]["id"]


async def test_a_code_is_good_once_even_for_two_at_once(api: Api) -> None:
    made = await enrolled(api)

    answers = await asyncio.gather(*(_claim(api, made["code"]) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 410} == {
        "code_used"
    }
    keys = await api.look("SELECT count(*) FROM api_key WHERE device = $1", made["device"])
    assert keys[0][0] == 1


async def _claim(api: Api, code_: str) -> httpx.Response:
    return await api.http.post("/v1/devices/claim", json={"code": code_, "app": "1.0"})


MINE, OTHERS = "A" * 22, "B" * 22


async def _claim_as(api: Api, code_: str, claimant: str) -> httpx.Response:
    told = {"code": code_, "app": "1.0", "claimant": claimant}
    return await api.http.post("/v1/devices/claim", json=told)


async def _me(api: Api, answer: httpx.Response) -> int:
    headers = {"authorization": f"Bearer {answer.json()['key']}"}
    return (await api.http.get("/v1/me", headers=headers)).status_code


async def test_whose_answer_was_lost_claims_again_with_a_fresh_key_and_the_same_names(
    api: Api,
) -> None:
    made = await enrolled(api)
    lost = await _claim_as(api, made["code"], MINE)

    again = await _claim_as(api, made["code"].lower(), MINE)

    assert (again.status_code, again.json()["device"]) == (200, made["device"])
    assert again.json()["block"] == lost.json()["block"]
    assert again.json()["key"] != lost.json()["key"]
    assert (await _me(api, again), await _me(api, lost)) == (200, 401)


async def test_who_photographed_the_code_gets_nothing_with_a_claimant_or_without(api: Api) -> None:
    made = await enrolled(api)
    first = await _claim_as(api, made["code"], MINE)

    with_one = await _claim_as(api, made["code"], OTHERS)
    without = await _claim(api, made["code"])

    assert (with_one.status_code, without.status_code) == (410, 410)
    assert await _me(api, first) == 200


async def test_a_phone_that_claimed_without_a_claimant_has_none_to_repeat_with(api: Api) -> None:
    made = await enrolled(api)
    await _claim(api, made["code"])

    assert (await _claim_as(api, made["code"], MINE)).status_code == 410


async def test_a_repeat_is_no_way_around_the_end_of_the_code_or_a_revocation(
    database: str,
) -> None:
    clock = StillClock(1_780_000_000_000_000)
    async with api_over(database, clock) as api:
        late, gone = await enrolled(api), await enrolled(api)
        for made in (late, gone):
            assert (await _claim_as(api, made["code"], MINE)).status_code == 200
        await api.http.post(
            f"/v1/devices/{gone['device']}/revoke",
            json={"reason": "丢失"},
            headers=await api.headers("outlet"),
        )
        revoked = await _claim_as(api, gone["code"], MINE)
        clock.at_us += 30 * 60 * 1_000_000
        ended = await _claim_as(api, late["code"], MINE)

    assert (revoked.status_code, ended.status_code) == (410, 410)


async def test_each_claim_of_a_code_that_exists_stands_in_the_audit_log(api: Api) -> None:
    made = await enrolled(api)
    for claimant in (MINE, MINE, OTHERS):
        await _claim_as(api, made["code"], claimant)
    await _claim(api, "2222-2222")

    rows = await api.look(
        "SELECT actor, subject FROM audit WHERE act = 'POST /v1/devices/claim' ORDER BY at, place"
    )

    told = [row["subject"].removeprefix(f"{made['device']} ") for row in rows]
    assert sorted(told) == ["first", "refused", "repeated"]
    assert {row["actor"] for row in rows} == {await api.organisation("outlet")}


async def test_repeats_cannot_be_made_without_end(api: Api) -> None:
    made = await enrolled(api)

    answers = [await _claim_as(api, made["code"], MINE) for _ in range(12)]

    assert {answer.status_code for answer in answers} == {200, 429}


async def test_a_code_ends_after_half_an_hour(database: str) -> None:
    clock = StillClock(1_780_000_000_000_000)
    async with api_over(database, clock) as api:
        made = await enrolled(api)
        clock.at_us += 30 * 60 * 1_000_000

        late = await _claim(api, made["code"])

    assert (late.status_code, late.json()["code"]) == (410, "code_used")


async def test_codes_cannot_be_guessed_by_trying(api: Api) -> None:
    made = await enrolled(api)

    tries = [await _claim(api, "2222-2222") for _ in range(10)]
    after = await _claim(api, made["code"])

    assert {answer.status_code for answer in tries} == {404}
    assert (after.status_code, after.json()["code"]) == (429, "too_many_tries")
    assert int(after.headers["retry-after"]) > 0


async def test_all_addresses_together_try_no_more_than_so_many_codes(api: Api) -> None:
    for _ in range(300):
        api.services.all_claims.take("")

    answer = await _claim(api, (await enrolled(api))["code"])

    assert answer.status_code == 429


async def test_codes_are_kept_as_a_keyed_hash_only(api: Api) -> None:
    made = await enrolled(api)

    [row] = await api.look("SELECT * FROM device")

    assert made["code"].replace("-", "") not in str(dict(row)).replace("-", "")


async def test_a_stolen_phone_is_shut_out_within_seconds(api: Api) -> None:
    made = await enrolled(api)
    phone = await claimed(api, made["code"])
    assert (await phone.get("/v1/me")).status_code == 200

    told = await api.http.post(
        f"/v1/devices/{made['device']}/revoke",
        json={"reason": "手机被盗"},
        headers=await api.headers("outlet"),
    )

    assert told.status_code == 200, told.text
    # What was believed a moment ago is asked for again after three seconds.
    assert TRUSTED_S < 5
    api.services.ring._believed.clear()
    assert (await phone.get("/v1/me")).status_code == 401


async def test_a_revoked_device_that_was_never_claimed_cannot_be(api: Api) -> None:
    made = await enrolled(api)
    headers = await api.headers("outlet")
    path = f"/v1/devices/{made['device']}/revoke"
    first = await api.http.post(path, json={"reason": "弄错了"}, headers=headers)

    again = await api.http.post(path, json={"reason": "再来一次"}, headers=headers)

    assert again.json() == first.json()
    assert (await _claim(api, made["code"])).status_code == 410


async def test_nobody_else_revokes_or_sees_a_device(api: Api) -> None:
    made = await enrolled(api)
    other = await api.headers("outlet", "别的网点")

    refused = await api.http.post(
        f"/v1/devices/{made['device']}/revoke", json={"reason": "x"}, headers=other
    )

    assert refused.status_code == 404
    assert (await api.http.get("/v1/devices", headers=other)).json()["items"] == []


async def test_a_narrowed_key_enrols_no_device(api: Api) -> None:
    organisation = await api.organisation("outlet")
    async with api.services.make_session() as session:
        now = datetime(2026, 1, 1, tzinfo=UTC)
        terms = KeyTerms("outlet", scopes=("report",))
        key = await add_key(session, api.services.ring, organisation, terms, now)

    answer = await api.http.post(
        "/v1/devices", json={"name": "x"}, headers={"authorization": f"Bearer {key}"}
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_not_allowed")


async def test_a_site_of_a_device_must_be_one_of_the_firm(api: Api) -> None:
    answer = await api.http.post(
        "/v1/devices", json={"name": "x", "site": "S9"}, headers=await api.headers("outlet")
    )

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/site")
