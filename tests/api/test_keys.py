"""Keys over HTTP: how long, for what, last used when, and revoked."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from dianchi.access import last_use
from dianchi.access.last_use import write_uses
from support.api import Api, StillClock, api_over, code, produced

pytestmark = pytest.mark.asyncio
NOON: datetime = datetime(2026, 6, 1, 4, tzinfo=UTC)
OUTLET = "示范outlet"
AN_INSPECTION = {
    "type": "inspected",
    "battery": code(1),
    "occurred_at": "2026-01-02",
    "data": {"soh_percent": "90"},
}


def moment(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


async def made(api: Api, status: int = 201, **terms: Any) -> dict[str, Any]:
    """A key of the outlet, made by the regulator."""
    await api.key("outlet")
    told = {"organisation": OUTLET, "role": "outlet"} | terms
    answer = await api.http.post("/v1/keys", json=told, headers=await api.headers("regulator"))
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def me(api: Api, key: str, **headers: str) -> httpx.Response:
    return await api.http.get("/v1/me", headers={"authorization": f"Bearer {key}"} | headers)


async def listed(api: Api, made_id: str) -> dict[str, Any]:
    keys = await api.get("/v1/keys", "regulator", organisation=OUTLET)
    (found,) = (one for one in keys["items"] if one["id"] == made_id)
    return dict(found)


async def revoked(api: Api, role: str, named: str, reason: str = "丢失") -> httpx.Response:
    return await api.http.post(
        f"/v1/keys/{named}/revoke", json={"reason": reason}, headers=await api.headers(role)
    )


async def test_a_key_is_good_until_the_end_of_its_last_day_and_says_so_afterwards(
    database: str,
) -> None:
    clock = StillClock(moment(NOON))
    async with api_over(database, clock) as api:
        told = await made(api, expires_on="2026-06-02")
        clock.at_us = moment(datetime(2026, 6, 2, 15, 59, 59, tzinfo=UTC))
        assert (await me(api, told["key"])).status_code == 200

    async with api_over(database, StillClock(moment(datetime(2026, 6, 2, 16, tzinfo=UTC)))) as api:
        zh = await me(api, told["key"])
        en = await me(api, told["key"], **{"accept-language": "en"})

        assert (zh.status_code, zh.json()["code"]) == (401, "key_invalid")
        assert "2026-06-02" in zh.json()["detail"]
        assert "到期" in zh.json()["detail"]
        assert "expired at the end of 2026-06-02" in en.json()["detail"]
        assert "dianchi key add" in en.json()["detail"]


async def test_what_is_remembered_of_a_key_ends_with_the_key(database: str) -> None:
    clock = StillClock(moment(datetime(2026, 6, 2, 16, tzinfo=UTC)) - 1)
    async with api_over(database, clock) as api:
        told = await made(api, expires_on="2026-06-02")
        assert (await me(api, told["key"])).status_code == 200
        clock.at_us += 1
        assert (await me(api, told["key"])).status_code == 401


@pytest.mark.parametrize("days", [-1, 366])
async def test_the_last_day_of_a_key_lies_within_a_year(database: str, days: int) -> None:
    async with api_over(database, StillClock(moment(NOON))) as api:
        day = str((NOON + timedelta(days=days)).date())

        problem = await made(api, 422, expires_on=day)

        (fault,) = problem["errors"]
        assert (fault["pointer"], fault["value"]) == ("/expires_on", day)
        assert "2026-06-01" in fault["way_out"]["zh"]
        assert "2027-06-01" in fault["way_out"]["en"]
        await made(api, expires_on="2026-06-01")
        await made(api, expires_on="2027-06-01")


async def test_a_key_without_terms_has_no_end_and_may_do_all_of_its_role(api: Api) -> None:
    told = await made(api)

    found = await listed(api, told["id"])
    answer = (await me(api, told["key"])).json()

    assert (found["expires_at"], found["scopes"], found["revoked_at"]) == (None, None, None)
    assert (answer["scopes"], "inspected" in answer["may_report"]) == (None, True)


async def test_a_key_narrowed_to_reading_reads_and_nothing_else(api: Api) -> None:
    await api.post("maker", produced(1))
    await api.report("outlet", "retired", "2025-01-02", battery=code(1), reason="age")
    headers = {"authorization": f"Bearer {(await made(api, scopes=['read']))['key']}"}
    site = {"number": "S1", "name": "网点", "kind": "collection"}
    event = AN_INSPECTION | {"event_id": "018f3c1e-0000-7000-8000-000000000001"}

    for path in (f"/v1/batteries/{code(1)}", f"/v1/batteries/{code(1)}/history", "/v1/findings"):
        assert (await api.http.get(path, headers=headers)).status_code == 200, path
    report = await api.http.post("/v1/events", json=event, headers=headers)
    batch = await api.http.post("/v1/events/batch", json=[event], headers=headers)
    registry = await api.http.post("/v1/sites", json=site, headers=headers)

    assert (report.status_code, report.json()["code"]) == (403, "scope_not_allowed")
    assert report.json()["errors"][0]["value"] == "report:inspected"
    assert batch.json()["results"][0]["problem"]["code"] == "scope_not_allowed"
    assert (registry.status_code, registry.json()["code"]) == (403, "scope_not_allowed")
    assert "read" in registry.json()["errors"][0]["message"]["en"]


async def test_a_key_narrowed_to_one_type_reports_it_and_reads_nothing(api: Api) -> None:
    await api.post("maker", produced(1))
    told = await made(api, scopes=["report:inspected"])
    headers = {"authorization": f"Bearer {told['key']}"}
    event = AN_INSPECTION | {"event_id": "018f3c1e-0000-7000-8000-000000000002"}

    answer = await api.http.post("/v1/events", json=event, headers=headers)

    assert answer.status_code == 201, answer.text
    for path in (
        f"/v1/batteries/{code(1)}",
        f"/v1/batteries/{code(1)}/history",
        f"/v1/events/{event['event_id']}",
        "/v1/findings",
        "/v1/keys",
    ):
        refused = await api.http.get(path, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_not_allowed"), path
        assert refused.json()["errors"][0]["value"] == "read"
    known = (await me(api, told["key"])).json()
    assert (known["scopes"], known["may_report"]) == (["report:inspected"], ["inspected"])


async def test_a_narrowed_key_of_a_regulator_makes_and_revokes_no_keys(api: Api) -> None:
    other = await made(api)
    terms = {"organisation": "示范regulator", "role": "regulator", "scopes": ["read"]}
    headers = await api.headers("regulator")
    narrow = (await api.http.post("/v1/keys", json=terms, headers=headers)).json()["key"]
    headers = {"authorization": f"Bearer {narrow}"}

    wide = await api.http.post("/v1/keys", json=terms | {"scopes": None}, headers=headers)
    gone = await api.http.post(
        f"/v1/keys/{other['id']}/revoke", json={"reason": "x"}, headers=headers
    )

    assert [one.json()["code"] for one in (wide, gone)] == ["scope_not_allowed"] * 2


@pytest.mark.parametrize("scopes", [["read", "write"], ["read", "report:produced"]])
async def test_a_scope_that_the_role_cannot_have_is_refused(api: Api, scopes: list[str]) -> None:
    problem = await made(api, 422, scopes=scopes)

    (fault,) = problem["errors"]
    assert (fault["pointer"], fault["value"]) == ("/scopes/1", scopes[1])


async def test_the_last_use_of_a_key_is_written_beside_requests_once_for_many(
    database: str,
) -> None:
    clock = StillClock(moment(NOON))
    async with api_over(database, clock) as api:
        used, idle = await made(api), await made(api)
        for _ in range(5):
            assert (await me(api, used["key"])).status_code == 200
        assert (await listed(api, used["id"]))["last_used_at"] is None

        await write_uses(api.services.ring, api.services.registrar)

        assert (await listed(api, used["id"]))["last_used_at"] == "2026-06-01T04:00:00Z"
        assert (await listed(api, idle["id"]))["last_used_at"] is None
        assert not api.services.ring.take_uses()


async def test_uses_are_written_while_the_service_runs(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last_use, "_EVERY_S", 0.05)
    async with api_over(database, StillClock(moment(NOON))) as api:
        told = await made(api)
        await me(api, told["key"])

        # Each look waits for the database.
        async with asyncio.timeout(20):
            while (await listed(api, told["id"]))["last_used_at"] is None:
                pass


async def test_what_is_left_of_uses_is_written_at_the_end_and_an_older_one_never_wins(
    database: str,
) -> None:
    async with api_over(database, StillClock(moment(NOON))) as api:
        told = await made(api)
        await me(api, told["key"])
    async with api_over(database, StillClock(moment(NOON - timedelta(hours=1)))) as api:
        await me(api, told["key"])
    async with api_over(database, StillClock(moment(NOON))) as api:
        assert (await listed(api, told["id"]))["last_used_at"] == "2026-06-01T04:00:00Z"


async def test_an_organisation_revokes_its_own_key_and_again_changes_nothing(api: Api) -> None:
    told = await made(api)

    first = await revoked(api, "outlet", told["id"], " 员工离职 ")
    again = await revoked(api, "regulator", told["id"], "另一个原因")
    found = await listed(api, told["id"])

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert first.json()["revoked_why"] == "员工离职"
    assert found["revoked_by"] == await api.organisation("outlet")
    assert found["revoked_at"] == first.json()["revoked_at"]


async def test_a_revoked_key_is_refused_and_told_so(api: Api) -> None:
    told = await made(api)
    assert (await revoked(api, "regulator", told["id"])).status_code == 200

    refused = await me(api, told["key"])

    assert (refused.status_code, refused.json()["code"]) == (401, "key_invalid")


async def test_a_key_of_another_organisation_is_answered_like_none_at_all(api: Api) -> None:
    told = await made(api)

    other = await revoked(api, "workshop", told["id"])
    absent = await revoked(api, "workshop", "0" * 32)
    nonsense = await revoked(api, "regulator", "zz")
    cut_off = await revoked(api, "regulator", told["id"][:30])

    assert [one.status_code for one in (other, absent, nonsense, cut_off)] == [404] * 4
    assert {one.json()["code"] for one in (other, absent)} == {"not_found"}
    assert (await me(api, told["key"])).status_code == 200


@pytest.mark.parametrize("reason", ["", "   ", "a\0b"])
async def test_a_revocation_says_why(api: Api, reason: str) -> None:
    told = await made(api)

    refused = await revoked(api, "regulator", told["id"], reason)

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/reason")
    assert (await me(api, told["key"])).status_code == 200


async def test_the_id_of_a_key_opens_nothing_and_shows_nothing_of_it(api: Api) -> None:
    told = await made(api)

    assert told["id"] not in told["key"]
    assert told["key"][3:11] not in told["id"]
    assert (await me(api, told["id"])).status_code == 401


async def key_of(api: Api, status: int = 201, **told: Any) -> dict[str, Any]:
    """What the regulator is answered who asks for a key of the outlet's authority."""
    told = {"organisation": "示范regulator"} | told
    answer = await api.http.post("/v1/keys", json=told, headers=await api.headers("regulator"))
    assert answer.status_code == status, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(
    ("area", "code"), [("滇中新区", "dianzhong"), ("530181", "530181"), ("昆明市", "530100")]
)
async def test_a_key_of_a_regulator_carries_its_area_and_department(
    api: Api, area: str, code: str
) -> None:
    made = await key_of(api, role="regulator", area=area, department="ecology")

    answer = (await me(api, made["key"])).json()
    keys = await api.get("/v1/keys", "regulator")
    (found,) = (one for one in keys["items"] if one["id"] == made["id"])

    assert (answer["area"], answer["department"], answer["names"]) == (code, "ecology", None)
    assert (found["area"], found["department"], found["names"]) == (code, "ecology", None)


async def test_a_key_bound_to_a_prefecture_is_one_of_that_area(api: Api) -> None:
    made = await key_of(api, role="regulator", prefecture="大理")
    wide = await key_of(api, role="regulator")

    answer = (await me(api, made["key"])).json()

    assert (answer["prefecture"], answer["area"]) == ("532900", "532900")
    assert (await me(api, wide["key"])).json()["area"] is None


async def test_an_auditor_is_bound_to_named_organisations_until_a_day(database: str) -> None:
    async with api_over(database, StillClock(moment(NOON))) as api:
        outlet = await api.organisation("outlet")
        names = [OUTLET, OUTLET]
        terms: dict[str, Any] = {"role": "auditor", "names": names, "expires_on": "2026-07-01"}

        made = await key_of(api, **terms)

        assert (await me(api, made["key"])).json()["names"] == [outlet]
        for missing in ("names", "expires_on"):
            left = {name: value for name, value in terms.items() if name != missing}
            (fault,) = (await key_of(api, 422, **left))["errors"]
            assert (fault["code"], fault["pointer"]) == ("missing_field", f"/{missing}")


@pytest.mark.parametrize(
    ("terms", "pointer"),
    [
        ({"role": "outlet", "area": "530100"}, "/area"),
        ({"role": "outlet", "department": "ecology"}, "/department"),
        ({"role": "regulator", "names": ["示范regulator"]}, "/names"),
        ({"role": "regulator", "area": "成都"}, "/area"),
        ({"role": "regulator", "department": "police"}, "/department"),
        ({"role": "auditor", "names": ["示范regulator", "谁"]}, "/names/1"),
    ],
)
async def test_bounds_that_a_key_cannot_have_are_refused(
    api: Api, terms: dict[str, Any], pointer: str
) -> None:
    (fault,) = (await key_of(api, 422, **terms))["errors"]

    assert (fault["code"], fault["pointer"]) == ("invalid_value", pointer)
