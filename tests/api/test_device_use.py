"""What a phone may do, once it is bound: report, read, test itself, take blocks of names."""

import json
from typing import Any
from uuid import uuid4

import pytest

from dianchi.access.last_use import write_uses
from dianchi.domain.code_positions import code_rules
from support.api import VIN, Api, StillClock, api_over, code, produced
from support.devices import Phone, claimed, enrolled

pytestmark = pytest.mark.asyncio


async def test_a_device_reports_and_reads_but_keys_people_and_personal_values_it_does_not(
    api: Api,
) -> None:
    phone = await claimed(api, (await enrolled(api))["code"])
    taken = {
        "event_id": str(uuid4()),
        "type": "collected",
        "battery": code(1),
        "occurred_at": "2026-01-05T10:00:00+08:00",
        "data": {"source": "person", "safety_class": "A", "label_legible": True, "vin": VIN},
    }

    sent = await phone.post("/v1/events", taken)
    history = (await phone.get(f"/v1/batteries/{code(1)}/history")).json()["items"]
    whole = await api.http.get(
        f"/v1/batteries/{code(1)}/history", headers=await api.headers("outlet")
    )

    assert sent.status_code == 201, sent.text
    assert "vin" not in history[0]["data"]
    assert whole.json()["items"][0]["data"]["vin"] == VIN
    for path in ("/v1/keys", "/v1/people", "/v1/mandates", "/v1/devices", "/v1/erasures"):
        answer = await phone.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed"), path


async def test_a_device_cannot_enrol_another(api: Api) -> None:
    phone = await claimed(api, (await enrolled(api))["code"])

    answer = await phone.post("/v1/devices", {"name": "第二台"})

    assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")


async def test_the_list_shows_what_each_device_last_told(api: Api) -> None:
    made = await enrolled(api)
    phone = await claimed(api, made["code"], app="1.2.0")
    test = {"camera": {"ok": True, "width": 1280}, "decoder": "wasm", "storage": None}
    beat = {"unsent": 3, "refused": 1, "app": "1.2.1", "offset_ms": -1500}

    assert (await phone.post("/v1/devices/self-test", test)).status_code == 200
    assert (await phone.post("/v1/devices/heartbeat", beat)).status_code == 200

    [item] = (await api.http.get("/v1/devices", headers=await api.headers("outlet"))).json()[
        "items"
    ]
    assert {name: item[name] for name in beat} == beat
    assert item["test"] == test
    assert item["device"] == made["device"]
    assert item["claimed_at"]


async def test_when_a_device_was_last_seen_is_written_beside_its_requests(api: Api) -> None:
    phone = await claimed(api, (await enrolled(api))["code"])
    await phone.get("/v1/me")
    await write_uses(api.services.ring, api.services.registrar)

    listed = await api.http.get("/v1/devices", headers=await api.headers("outlet"))

    assert listed.json()["items"][0]["last_seen"]


async def test_a_self_test_is_small_and_plain(api: Api) -> None:
    phone = await claimed(api, (await enrolled(api))["code"])

    for told in ({}, {"A B": 1}, {"camera": [1]}, {"agent": "x" * 401}):
        assert (await phone.post("/v1/devices/self-test", told)).status_code == 422, told


async def test_the_clock_is_open_and_told_to_the_millisecond(database: str) -> None:
    async with api_over(database, StillClock(1_780_000_000_123_000)) as api:
        answer = await api.http.get("/v1/clock")

    assert answer.json() == {"now": "2026-05-28T20:26:40.123000Z"}
    assert answer.headers["cache-control"] == "no-store"


async def test_blocks_are_nobody_elses_and_a_repeat_gets_the_same(api: Api) -> None:
    phone = await claimed(api, (await enrolled(api))["code"])
    other = await claimed(api, (await enrolled(api))["code"])

    async def block(of: Phone, key: str) -> Any:
        answer = await of.post("/v1/devices/blocks", {}, **{"idempotency-key": key})
        assert answer.status_code == 200, answer.text
        return answer.json()

    first, again, second = [await block(phone, key) for key in ("a", "a", "b")]
    others = await block(other, "a")

    assert first == again
    blocks = {phone.told["block"]["block"], first["block"], second["block"], others["block"]}
    assert len(blocks) == 4
    assert (first["first"], first["count"]) == (1, 50)
    assert (await phone.post("/v1/devices/blocks", {})).status_code == 422


async def test_a_temporary_name_of_a_block_is_taken_in_a_report(api: Api) -> None:
    phone = await claimed(api, (await enrolled(api))["code"])
    name = f"tmp:{phone.told['block']['block']}-1"

    sent = await phone.post(
        "/v1/events",
        {
            "event_id": str(uuid4()),
            "type": "collected",
            "battery": name,
            "occurred_at": "2026-01-05",
            "data": {"source": "person", "safety_class": "B", "label_legible": False},
        },
    )

    assert sent.status_code == 201, sent.text


async def test_a_report_keeps_which_device_made_it_and_its_place_there(api: Api) -> None:
    phone = await claimed(api, (await enrolled(api))["code"])
    device = {
        "clock": "2026-01-05T10:00:00+08:00", "offset_ms": 12, "id": phone.told["device"],
        "sequence": 7,
    }  # fmt: skip
    report = produced(3, device=device)

    await api.post("maker", report)
    [item] = (await api.get(f"/v1/batteries/{code(3)}/history"))["items"]
    event = await api.get(f"/v1/events/{report['event_id']}")

    assert event["device"]["sequence"] == 7
    assert event["device"]["id"] == phone.told["device"]
    assert item["event_id"] == report["event_id"]


async def test_two_sequences_make_two_different_reports(api: Api) -> None:
    device = {"clock": "2026-01-05", "offset_ms": 0, "sequence": 1}
    report = produced(4, device=device)
    await api.post("maker", report)

    again = await api.post("maker", report | {"device": device | {"sequence": 2}})

    assert (again.status_code, again.json()["code"]) == (409, "event_id_conflict")


async def test_the_reference_is_made_of_our_own_rules_and_says_when_it_changes(api: Api) -> None:
    phone = await claimed(api, (await enrolled(api))["code"])

    answer = await phone.get("/v1/devices/reference")
    told = answer.json()
    same = await phone.get("/v1/devices/reference", **{"if-none-match": answer.headers["etag"]})
    await api.http.post(
        "/v1/vendors",
        json={"code": "ZZ9", "name": "新厂商"},
        headers=await api.headers("regulator"),
    )
    changed = await phone.get("/v1/devices/reference")

    assert {"vendor": "001", "name": "宁德时代 CATL"} in told["makers"]
    assert told["label_host"] == "t.ynbat.cn"
    assert told["code_rules"] == json.loads(json.dumps(code_rules()))
    assert {"word": "A", "zh": "A 类 完好", "en": "class A, intact"} in told["words"][
        "safety_class"
    ]
    assert same.status_code == 304
    assert changed.json()["version"] != told["version"]
