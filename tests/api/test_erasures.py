"""Erasing a VIN: asked by one person, approved by another; what is left, and what races."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from dianchi.store.connect import open_writer
from dianchi.store.lives import SQL
from support.api import VIN, Api, StillClock, api_over, code, produced

pytestmark = pytest.mark.asyncio
NAME = code(1)
CAR = {"kind": "vehicle", "id": VIN}
DOCUMENT = "云工信函〔2026〕15号"
NOON: datetime = datetime(2026, 6, 1, 4, tzinfo=UTC)
ASK = {"basis": "request_of_person", "document": DOCUMENT}


def moment(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


@pytest.fixture
async def api(database: str) -> AsyncIterator[Api]:
    """The service at noon, with a car that a vehicle maker reported."""
    async with api_over(database, StillClock(moment(NOON))) as made:
        await made.post("maker", produced(1))
        await made.report("vehicle_maker", "installed", "2025-07-01", battery=NAME, host=CAR)
        yield made


async def reference(api: Api) -> str:
    host = (await api.get(f"/v1/batteries/{NAME}"))["host"]
    return str(host["vin_ref"])


async def asked(api: Api, role: str = "vehicle_maker", **told: Any) -> httpx.Response:
    body = ASK | (told or {"vin_ref": await reference(api)})
    headers = await api.headers(role)
    return await api.http.post("/v1/erasures", json=body, headers=headers)


async def act(
    api: Api, made: str, what: str = "approval", role: str = "regulator", **body: Any
) -> httpx.Response:
    headers = await api.headers(role, "复核处" if role == "regulator" else None)
    return await api.http.post(f"/v1/erasures/{made}/{what}", json=body or None, headers=headers)


async def personal(api: Api) -> list[asyncpg.Record]:
    rows = await api.database.fetch("SELECT * FROM personal")
    return list(rows)


async def test_a_value_is_erased_when_another_person_approves(api: Api) -> None:
    answer = await asked(api)
    made = answer.json()
    assert (answer.status_code, made["state"]) == (201, "open")
    assert made["expires_at"] == "2026-07-01T04:00:00Z"
    [row] = await personal(api)
    assert row["sealed"] is not None

    approved = await act(api, made["id"])

    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    [row] = await personal(api)
    assert (row["kek"], row["wrapped"], row["sealed"]) == (None, None, None)
    assert (row["reference"], row["erased_at"]) == (made["vin_ref"], NOON)
    host = (await api.get(f"/v1/batteries/{NAME}", purpose="court"))["host"]
    assert (host["id"], host["vin_ref"], host["erased"]) == (None, made["vin_ref"], True)


async def test_it_can_be_asked_by_the_vin_itself_which_is_not_kept(api: Api) -> None:
    answer = await asked(api, "regulator", vin=VIN.lower())

    assert answer.status_code == 201, answer.text
    assert answer.json()["vin_ref"] == await reference(api)
    assert VIN not in answer.text
    rows = await api.database.fetch("SELECT * FROM erasure")
    assert VIN not in str([list(row.values()) for row in rows])


async def test_whoever_asked_cannot_approve_and_another_key_can(api: Api) -> None:
    clock = api.services.clock
    assert isinstance(clock, StillClock)
    headers = await api.headers("regulator")
    terms = {"organisation": "示范regulator", "role": "regulator"}
    second = (await api.http.post("/v1/keys", json=terms, headers=headers)).json()["key"]
    clock.at_us += 1
    made = (await asked(api, "regulator")).json()
    late = (await api.http.post("/v1/keys", json=terms, headers=headers)).json()["key"]

    path = f"/v1/erasures/{made['id']}/approval"
    own = await api.http.post(path, headers=headers)
    just_made = await api.http.post(path, headers={"authorization": f"Bearer {late}"})

    assert (own.status_code, own.json()["code"]) == (403, "second_person_needed")
    assert (just_made.status_code, just_made.json()["code"]) == (403, "second_person_needed")
    [row] = await personal(api)
    assert row["sealed"] is not None
    colleague = await api.http.post(path, headers={"authorization": f"Bearer {second}"})
    assert (colleague.status_code, colleague.json()["state"]) == (200, "approved")
    assert colleague.json()["decided_hand"] != made["asked_hand"]


@pytest.mark.parametrize("role", ["vehicle_maker", "outlet", "auditor"])
async def test_only_a_regulator_approves(api: Api, role: str) -> None:
    made = (await asked(api)).json()

    refused = await act(api, made["id"], role=role)

    assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")


async def test_an_organisation_asks_for_what_it_reported_and_sees_its_own_requests(
    api: Api,
) -> None:
    made = (await asked(api)).json()

    other = await asked(api, "outlet")
    none = await asked(api, "outlet", vin_ref="0" * 32)
    seen = await api.get("/v1/erasures", "vehicle_maker")
    hidden = await api.get("/v1/erasures", "outlet")
    single = await api.http.get(f"/v1/erasures/{made['id']}", headers=await api.headers("outlet"))
    declined = await act(api, made["id"], "decline", "outlet", why="不是我的")

    assert (other.status_code, other.json()) == (none.status_code, none.json())
    assert (other.status_code, other.json()["code"]) == (404, "not_found")
    assert [one["id"] for one in seen["items"]] == [made["id"]]
    assert hidden["items"] == []
    assert (single.status_code, declined.status_code) == (404, 404)


async def test_asked_again_the_same_request_is_answered(api: Api) -> None:
    first, again = await asked(api), await asked(api, "regulator")
    await act(api, first.json()["id"])
    after = await asked(api)

    assert (first.status_code, again.status_code, after.status_code) == (201, 200, 200)
    assert first.json() == again.json()
    assert (after.json()["id"], after.json()["state"]) == (first.json()["id"], "approved")


async def test_a_declined_request_erases_nothing_and_a_new_one_may_follow(api: Api) -> None:
    made = (await asked(api)).json()

    declined = await act(api, made["id"], "decline", why="案件未结")
    again = await act(api, made["id"], "decline", why="另一个原因")
    late = await act(api, made["id"])

    assert (declined.json()["state"], declined.json()["why"]) == ("declined", "案件未结")
    assert again.json() == declined.json()
    assert (late.status_code, late.json()["code"]) == (409, "already_decided")
    assert late.json()["errors"][0]["value"] == "declined"
    [row] = await personal(api)
    assert row["sealed"] is not None
    assert (await asked(api)).status_code == 201


async def test_a_request_that_nobody_decided_ends_after_thirty_days(
    api: Api,
) -> None:
    made = (await asked(api)).json()
    clock = api.services.clock
    assert isinstance(clock, StillClock)
    clock.at_us = moment(NOON + timedelta(days=30))

    late = await act(api, made["id"])

    assert (late.status_code, late.json()["errors"][0]["value"]) == (409, "expired")
    assert (await api.get(f"/v1/erasures/{made['id']}"))["state"] == "expired"
    anew = await asked(api)
    assert anew.status_code == 201
    assert (await act(api, anew.json()["id"])).status_code == 200


async def test_requests_are_listed_newest_first_in_pages(api: Api) -> None:
    clock = api.services.clock
    assert isinstance(clock, StillClock)
    made = []
    for _ in range(3):
        made.append((await asked(api)).json()["id"])
        await act(api, made[-1], "decline", why="试")
        clock.at_us += 1_000_000

    first = await api.get("/v1/erasures", limit=2)
    rest = await api.get("/v1/erasures", limit=2, cursor=first["next"])

    listed = [one["id"] for page in (first, rest) for one in page["items"]]
    assert listed == made[::-1]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"basis": "because"}, "/basis"),
        ({"vin": VIN}, "/vin_ref"),
        ({"vin_ref": None}, "/vin_ref"),
        ({"vin_ref": None, "vin": "LSVAA4182E2184840"}, "/vin"),
        ({"document": "电话13812345678"}, "/document"),
        ({"document": " "}, "/document"),
    ],
)
async def test_what_is_wrong_with_a_request_is_said(
    api: Api, told: dict[str, Any], pointer: str
) -> None:
    body = ASK | {"vin_ref": await reference(api)} | told

    refused = await api.http.post("/v1/erasures", json=body, headers=await api.headers("regulator"))

    assert refused.status_code == 422, refused.text
    fault = refused.json()["errors"][0]
    assert fault["pointer"] == pointer
    assert fault["way_out"]["zh"]
    assert fault["way_out"]["en"]
    assert "13812345678" not in refused.text


async def test_two_approvals_and_a_decline_at_once_have_one_outcome(api: Api) -> None:
    made = (await asked(api)).json()
    await api.key("regulator", "复核处")

    answers = await asyncio.gather(
        *(act(api, made["id"]) for _ in range(8)),
        *(act(api, made["id"], "decline", "vehicle_maker", why="撤回") for _ in range(8)),
    )

    outcomes = {a.json().get("state") for a in answers if a.status_code == 200}
    assert len(outcomes) == 1
    assert {a.status_code for a in answers} <= {200, 409}
    [row] = await personal(api)
    assert (row["sealed"] is None) is (outcomes == {"approved"})
    rows = await api.database.fetch("SELECT * FROM erasure_decision")
    assert len(rows) == 1


async def test_requests_at_once_are_one(api: Api) -> None:
    ref = await reference(api)
    await api.key("regulator")

    answers = await asyncio.gather(*(asked(api, "regulator", vin_ref=ref) for _ in range(8)))

    assert sorted(a.status_code for a in answers) == [200] * 7 + [201]
    assert len({a.json()["id"] for a in answers}) == 1


async def test_a_report_of_the_same_vin_while_it_is_erased_brings_it_back_in_no_order(
    api: Api, database: str
) -> None:
    """The append waits for the erasing transaction, and finds the tombstone."""
    made = (await asked(api)).json()
    eraser, writer = await asyncpg.connect(database), await open_writer(database)
    vault = api.services.vault
    locked = vault.lock(made["vin_ref"], VIN)
    lists: list[list[Any]] = [[] for _ in range(23)]
    values = [[part] for part in locked]
    erasing = eraser.transaction()
    await erasing.start()
    await eraser.execute(
        "UPDATE personal SET kek = NULL, wrapped = NULL, sealed = NULL, erased_at = now()"
    )

    append = asyncio.create_task(writer.fetchval(SQL["write_round"], *lists, *values, [], []))
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    async with asyncio.timeout(20):
        while not await api.database.fetchval(waiting):
            pass
    await erasing.commit()
    await append

    [row] = await personal(api)
    assert row["sealed"] is None
    await eraser.close()
    await writer.close()


async def test_reports_of_the_same_vin_race_its_approval(api: Api) -> None:
    made = (await asked(api)).json()
    await api.key("regulator", "复核处")

    async def report(n: int) -> httpx.Response:
        return await api.post(
            "vehicle_maker",
            produced(1, type="installed", occurred_at=f"2025-08-{n:02d}", data={"host": CAR}),
        )

    await asyncio.gather(
        *map(report, range(1, 15)), act(api, made["id"]), *map(report, range(15, 29))
    )

    [row] = await personal(api)
    assert (row["sealed"], row["erased_at"]) == (None, NOON)


async def test_receipts_and_proofs_stay_as_they_were(api: Api) -> None:
    await api.settle()
    made = (await asked(api)).json()
    history = (await api.get(f"/v1/batteries/{NAME}/history"))["items"]
    event = history[1]["event_id"]
    headers = await api.headers("regulator")
    leaf = f"/v1/events/{event}?representation=leaf"
    before = await api.http.get(leaf, headers=headers)
    receipt = await api.http.get(f"/v1/events/{event}/receipt", headers=headers)

    await act(api, made["id"])

    after = await api.http.get(leaf, headers=headers)
    again = await api.http.get(f"/v1/events/{event}/receipt", headers=headers)
    assert before.content == after.content
    assert (receipt.status_code, receipt.content) == (200, again.content)


async def officer_key(api: Api, area: str) -> dict[str, str]:
    """A key of an officer of an area, as headers."""
    terms = {"organisation": "示范regulator", "role": "regulator", "area": area}
    made = await api.http.post("/v1/keys", json=terms, headers=await api.headers("regulator"))
    return {"authorization": f"Bearer {made.json()['key']}"}


async def test_only_an_officer_whose_area_holds_the_firm_or_the_battery_decides(api: Api) -> None:
    await api.key("vehicle_maker")
    elsewhere, here = await officer_key(api, "530300"), await officer_key(api, "530100")
    clock = api.services.clock
    assert isinstance(clock, StillClock)
    clock.at_us += 1
    made = (await asked(api)).json()
    path = f"/v1/erasures/{made['id']}"

    absent = await api.http.post(f"/v1/erasures/{UUID(int=1)}/approval", headers=elsewhere)
    answers = [
        await api.http.post(f"{path}/approval", headers=elsewhere),
        await api.http.post(f"{path}/decline", json={"why": "x"}, headers=elsewhere),
        await api.http.get(path, headers=elsewhere),
        await api.http.post("/v1/erasures", json=ASK | {"vin": VIN}, headers=elsewhere),
    ]

    assert [one.status_code for one in answers] == [404] * 4
    assert answers[0].text.replace(made["id"], str(UUID(int=1))) == absent.text
    assert (await api.http.get("/v1/erasures", headers=elsewhere)).json()["items"] == []
    listed = (await api.http.get("/v1/erasures", headers=here)).json()["items"]
    assert [one["id"] for one in listed] == [made["id"]]
    approved = await api.http.post(f"{path}/approval", headers=here)
    assert (approved.status_code, approved.json()["state"]) == (200, "approved")


async def test_an_officer_of_the_area_of_the_battery_decides_what_others_asked(api: Api) -> None:
    """The firm that asks is elsewhere; the car was sold in the officer's prefecture."""
    sold = {"battery": NAME, "vin": VIN, "prefecture": "530400"}
    await api.report("vehicle_maker", "sold", "2025-08-01", **sold)
    officer = await officer_key(api, "530400")
    clock = api.services.clock
    assert isinstance(clock, StillClock)
    clock.at_us += 1
    made = (await asked(api)).json()

    approved = await api.http.post(f"/v1/erasures/{made['id']}/approval", headers=officer)

    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
