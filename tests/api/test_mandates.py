"""Mandates over HTTP: given, used, corrected under, revoked, exported."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from dianchi.access.registry import FRESH_S
from support.api import Api, api_over, code
from support.mandates import CREW, STATIONS, TOWER, born, give, retired, revoke, sent, stations

pytestmark = pytest.mark.asyncio


def correction(report: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "event_id": str(uuid4()),
        "type": "corrected",
        "occurred_at": "2026-01-03",
        "data": {"event_id": report["event_id"], "reason": "电池写错"},
        "on_behalf_of": TOWER,
    } | changes


async def history(api: Api, serial: int) -> list[dict[str, Any]]:
    return list((await api.get(f"/v1/batteries/{code(serial)}/history"))["items"])


async def exported(api: Api, named: str, name: str = TOWER) -> list[dict[str, Any]]:
    role = "site_operator" if name == TOWER else "workshop"
    answer = await api.http.get(
        f"/v1/mandates/{named}/export", headers=await api.headers(role, name)
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_a_mandate_is_read_back_by_both_sides_and_nobody_else(api: Api) -> None:
    await stations(api)
    given = await give(api, sites=["BTS2", "BTS1", "BTS1"], area="滇中新区")

    assert (given["types"], given["sites"]) == (["removed", "retired"], ["BTS1", "BTS2"])
    assert (given["role"], given["area"]) == ("site_operator", "dianzhong")
    assert (given["organisation_name"], given["agent_name"]) == (TOWER, CREW)
    for role, name, seen in (
        ("site_operator", TOWER, [given]),
        ("workshop", CREW, [given]),
        ("outlet", "别家", []),
    ):
        answer = await api.http.get("/v1/mandates", headers=await api.headers(role, name))
        assert answer.json()["items"] == seen


async def test_the_same_mandate_is_given_once_and_again_after_its_revocation(api: Api) -> None:
    await stations(api)
    first, again = await asyncio.gather(*(_given(api) for _ in range(2)))
    assert {first[0], again[0]} == {200, 201}
    assert first[1] == again[1]

    ended = (await revoke(api, first[1]["id"])).json()
    anew = await give(api)

    assert ended["revoked_at"] is not None
    assert (anew["id"] != ended["id"], anew["revoked_at"]) == (True, None)


async def _given(api: Api) -> tuple[int, dict[str, Any]]:
    told = {"agent": CREW, "types": ["removed", "retired"], "valid_to": "2099-12-31"}
    answer = await api.http.post(
        "/v1/mandates", json=told, headers=await api.headers("site_operator", TOWER)
    )
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"agent": "谁"}, "/agent"),
        ({"agent": TOWER}, "/agent"),
        ({"types": ["retired", "produced"]}, "/types/1"),
        ({"types": ["corrected"]}, "/types/0"),
        ({"role": "outlet"}, "/role"),
        ({"sites": ["BTS1", "BTS9"]}, "/sites/1"),
        ({"area": "成都"}, "/area"),
        ({"valid_to": "2026-01-01"}, "/valid_to"),
        ({"valid_from": "2099-12-31", "valid_to": "2099-12-30"}, "/valid_to"),
    ],
)
async def test_what_a_mandate_cannot_say_is_refused_with_its_place(
    api: Api, told: dict[str, Any], pointer: str
) -> None:
    await stations(api)

    (fault,) = (await give(api, 422, **told))["errors"]

    assert (fault["code"], fault["pointer"]) == ("invalid_value", pointer)
    assert fault["way_out"]["zh"]
    assert fault["way_out"]["en"]


async def test_a_report_under_a_mandate_is_the_principals_and_names_its_agent(api: Api) -> None:
    await stations(api)
    await born(api, 1)
    await give(api, sites=["BTS1"])
    report = retired()

    assert (await sent(api, report)).status_code == 201
    assert (await sent(api, report)).status_code == 200

    birth, told = await history(api, 1)
    assert (told["organisation"], told["role"]) == (
        await api.organisation("site_operator", TOWER),
        "site_operator",
    )
    assert told["agent"] == await api.organisation("workshop", CREW)
    assert "agent" not in birth
    event = await api.get(f"/v1/events/{report['event_id']}")
    assert event["agent"] == told["agent"]


async def test_rows_of_a_batch_are_covered_each_by_itself(api: Api) -> None:
    await stations(api)
    await give(api, area="530100")
    rows = [retired(1), retired(2, site="BTS3"), retired(3, site=None), retired(4)]

    answer = await api.http.post(
        "/v1/events/batch", json=rows, headers=await api.headers("workshop", CREW)
    )

    results = answer.json()["results"]
    assert [row["outcome"] for row in results] == ["accepted", "refused", "refused", "accepted"]
    assert {row["problem"]["code"] for row in results if row["problem"]} == {"mandate_missing"}


async def test_a_report_that_no_mandate_covers_is_403_in_both_languages(api: Api) -> None:
    await stations(api)
    await give(api, sites=["BTS1"])

    zh = (await sent(api, retired(site="BTS3"))).json()
    headers = await api.headers("workshop", CREW, **{"accept-language": "en"})
    en = await api.http.post("/v1/events", json=retired(site="BTS3"), headers=headers)

    assert (zh["status"], zh["code"], zh["errors"][0]["pointer"]) == (
        403,
        "mandate_missing",
        "/site",
    )
    assert "BTS3" in zh["detail"]
    assert "BTS1" in zh["errors"][0]["way_out"]["zh"]
    assert "ask for a wider mandate" in en.json()["detail"]


async def test_both_sides_correct_what_the_agent_reported(api: Api) -> None:
    await stations(api)
    await give(api)
    reports = [retired(n) for n in (1, 2)]
    for report in reports:
        assert (await sent(api, report)).status_code == 201

    by_crew = await sent(api, correction(reports[0]))
    own = correction(reports[1])
    del own["on_behalf_of"]
    by_tower = await sent(api, own, TOWER)

    assert (by_crew.status_code, by_tower.status_code) == (201, 201)
    assert [one.get("agent") is None for one in await history(api, 1)] == [False, False]
    assert [one.get("agent") is None for one in await history(api, 2)] == [False, True]


async def test_an_agent_corrects_nothing_else(api: Api) -> None:
    await stations(api)
    await give(api, types=["retired"])
    await give(api, types=["removed"], sites=["BTS2"])
    own = retired(1)
    del own["on_behalf_of"]
    assert (await sent(api, own, TOWER)).status_code == 201
    assert (await sent(api, own | {"event_id": str(uuid4())})).status_code == 201

    not_its = await sent(api, correction(own))
    assert (not_its.status_code, not_its.json()["code"]) == (409, "target_unknown")

    theirs = retired(2)
    rows = [theirs, correction(theirs)]
    del rows[1]["on_behalf_of"]
    headers = await api.headers("workshop", CREW)
    for mode, first in (("atomic", "skipped"), ("partial", "accepted")):
        answer = await api.http.post(f"/v1/events/batch?mode={mode}", json=rows, headers=headers)
        assert [row["outcome"] for row in answer.json()["results"]] == [first, "refused"]


async def test_an_agent_corrects_while_a_mandate_covers_what_it_reported(api: Api) -> None:
    await stations(api)
    wide = await give(api)
    await give(api, types=["removed"])
    report = retired(1)
    assert (await sent(api, report)).status_code == 201
    await revoke(api, wide["id"])

    refused = await sent(api, correction(report))

    assert (refused.status_code, refused.json()["code"]) == (403, "mandate_missing")
    assert refused.json()["errors"][0]["value"] == "retired"


async def test_a_mandate_is_revoked_by_who_gave_it_once_for_all(api: Api) -> None:
    await stations(api)
    given = await give(api)
    assert (await sent(api, retired(1))).status_code == 201

    crew = await revoke(api, given["id"], "workshop", CREW)
    absent = await revoke(api, "M0")
    first, again = await revoke(api, given["id"]), await revoke(api, given["id"])

    assert (crew.status_code, absent.status_code) == (404, 404)
    assert (first.status_code, again.json()) == (200, first.json())
    assert (await sent(api, retired(2))).json()["code"] == "mandate_missing"


async def test_a_revocation_reaches_another_service_with_its_next_reading(database: str) -> None:
    async with api_over(database) as here, api_over(database) as there:
        await stations(here)
        given = await give(here)
        key = await here.key("workshop", CREW)
        there.keys["workshop", CREW] = key
        await there.services.registry.refresh()
        assert (await sent(there, retired(1))).status_code == 201

        await revoke(here, given["id"])
        # What the reading is worth has run out, as it does by itself after so many seconds.
        assert FRESH_S < 5
        there.services.registry._read_at -= FRESH_S

        refused = await sent(there, retired(2))
        assert (refused.status_code, refused.json()["code"]) == (403, "mandate_missing")


async def test_both_sides_export_what_was_reported_under_a_mandate_and_nobody_else(
    api: Api,
) -> None:
    await stations(api)
    given, other = await give(api, types=["retired"]), await give(api, types=["removed"])
    reports = [retired(n, site=STATIONS[n % 3]) for n in range(1, 6)]
    for report in reports:
        assert (await sent(api, report)).status_code == 201
    await api.settle()

    lines = await exported(api, given["id"])

    assert {line["event_id"] for line in lines} == {report["event_id"] for report in reports}
    assert {line["agent"] for line in lines} == {await api.organisation("workshop", CREW)}
    assert len({line["log_index"] for line in lines}) == 5
    assert await exported(api, given["id"], CREW) == lines
    assert await exported(api, other["id"]) == []
    foreign = await api.http.get(
        f"/v1/mandates/{given['id']}/export", headers=await api.headers("regulator")
    )
    assert foreign.status_code == 403


async def test_an_export_goes_on_behind_each_page(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dianchi.access.mandates._PAGE", 2)
    await stations(api)
    given = await give(api)
    for serial in (1, 1, 2, 3, 1):
        assert (await sent(api, retired(serial))).status_code == 201

    assert len(await exported(api, given["id"])) == 5
