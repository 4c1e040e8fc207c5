"""VINs over HTTP: kept as references, read back by whom they concern and for a purpose."""

import pytest
from structlog.testing import capture_logs

from support.api import VIN, Api, StillClock, api_over, produced
from support.lived import CAR, NAME, lived

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("role", "asked", "sees"),
    [
        ("vehicle_maker", {}, True),
        ("regulator", {"purpose": "inspection"}, True),
        ("regulator", {}, False),
        ("maker", {}, False),
        ("maker", {"purpose": "inspection"}, False),
    ],
)
async def test_a_vin_is_read_back_by_its_reporter_and_for_a_purpose_by_a_regulator(
    api: Api, role: str, asked: dict[str, str], *, sees: bool
) -> None:
    await lived(api)
    sale = (await api.get(f"/v1/batteries/{NAME}/history"))["items"][2]["event_id"]

    history = await api.get(f"/v1/batteries/{NAME}/history", role, **asked)
    battery = await api.get(f"/v1/batteries/{NAME}", role, **asked)
    event = await api.get(f"/v1/events/{sale}", role, **asked)

    assert [VIN in str(one) for one in (history, battery, event)] == [sees] * 3
    assert all(e["data"].get("vin_ref") for e in history["items"][2:])


async def test_a_vin_of_a_low_speed_vehicle_is_read_back_by_whom_it_concerns(api: Api) -> None:
    await api.post("maker", produced(1))
    await api.report(
        "utilizer",
        "declared",
        "2024-07-01T10:00:00+08:00",
        battery=NAME,
        stage="in_use",
        basis="opening_stock",
        host={"kind": "low_speed_ev", "id": VIN},
    )

    own = await api.get(f"/v1/batteries/{NAME}/history", "utilizer")
    others = await api.get(f"/v1/batteries/{NAME}", "maker")
    history = await api.get(f"/v1/batteries/{NAME}/history", "maker")

    sealed = others["host"]["vin_ref"]
    assert own["items"][0]["data"]["host"] == {"kind": "low_speed_ev", "id": VIN, "vin_ref": sealed}
    assert others["host"] == {"kind": "low_speed_ev", "id": None, "vin_ref": sealed}
    assert history["items"][1]["data"]["host"] == {"kind": "low_speed_ev", "vin_ref": sealed}


async def test_an_erased_vin_is_said_to_be_erased_to_those_who_saw_it(api: Api) -> None:
    await lived(api)
    await api.database.fetch(
        "UPDATE personal SET kek = NULL, wrapped = NULL, sealed = NULL, erased_at = now()"
    )

    history = await api.get(f"/v1/batteries/{NAME}/history", "vehicle_maker")
    battery = await api.get(f"/v1/batteries/{NAME}", "regulator", purpose="court")
    other = await api.get(f"/v1/batteries/{NAME}", "maker")

    sealed = battery["host"]["vin_ref"]
    assert battery["host"] == {"kind": "vehicle", "id": None, "vin_ref": sealed, "erased": True}
    assert history["items"][2]["data"]["vin_ref"] == sealed
    assert history["items"][2]["data"]["vin"] is None
    assert history["items"][2]["data"]["erased"] is True
    assert other["host"] == {"kind": "vehicle", "id": None, "vin_ref": sealed}


async def test_a_report_that_names_an_erased_vin_is_taken_and_the_vin_is_not_kept(api: Api) -> None:
    await lived(api)
    await api.database.fetch(
        "UPDATE personal SET kek = NULL, wrapped = NULL, sealed = NULL, erased_at = now()"
    )

    await api.report("workshop", "removed", "2026-03-01", battery=NAME, host=CAR, reason="old")

    [row] = await api.database.fetch("SELECT sealed, erased_at FROM personal")
    assert row["sealed"] is None
    assert row["erased_at"] is not None


async def test_a_purpose_that_does_not_exist_is_refused_with_those_that_do(api: Api) -> None:
    await lived(api)

    for path in (f"/v1/batteries/{NAME}", f"/v1/batteries/{NAME}/history"):
        answer = await api.http.get(
            path, params={"purpose": "curiosity"}, headers=await api.headers("regulator")
        )
        [fault] = answer.json()["errors"]
        assert (answer.status_code, fault["pointer"]) == (422, "/purpose")
        assert "inspection" in fault["way_out"]["zh"]


async def test_each_vin_that_is_read_for_a_purpose_is_noted(api: Api) -> None:
    await lived(api)

    with capture_logs() as said:
        host = (await api.get(f"/v1/batteries/{NAME}", purpose="recall"))["host"]
        await api.get(f"/v1/batteries/{NAME}", "vehicle_maker")

    [note] = [one for one in said if one["event"] == "personal values read"]
    assert (note["purpose"], note["references"]) == ("recall", [host["vin_ref"]])
    assert note["organisation"] == await api.organisation("regulator")
    assert VIN not in str(note)


async def test_vins_are_read_back_only_so_many_times_within_an_hour(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dianchi.wiring.MOST_AN_HOUR", 2)
    clock = StillClock(1_793_000_000_000_000)
    async with api_over(database, clock) as api:
        await lived(api)
        path, headers = f"/v1/batteries/{NAME}", await api.headers("regulator")
        asked = f"{path}?purpose=recall"

        answers = [await api.http.get(asked, headers=headers) for _ in range(3)]
        plain = await api.http.get(path, headers=headers)
        clock.at_us += 3600 * 1_000_000
        later = await api.http.get(asked, headers=headers)

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].json()["code"] == "too_many_requests"
    assert (plain.status_code, later.status_code) == (200, 200)
