"""Codes seen on real cells, through the API: taken, tidied or refused as the study says."""

from uuid import uuid4

import pytest

from support.api import Api, produced

pytestmark = pytest.mark.asyncio

TAKEN = [
    ("001CB31000000DD7R0312060", "001CB31000000DD7R0312060"),
    ("04qcb76836300jbc40000903", "04QCB76836300JBC40000903"),
    ("001CB23000000BD7N1909605", "001CB23000000BD7N1909605"),
    ("001CEBV0000002E4B2702590", "001CEBV0000002E4B2702590"),
    ("001cb2400000 03b3c0221953", "001CB240000003B3C0221953"),
]
REFUSED = [("001CB310000000DD7R0312060", "25"), ("A765101015", "10")]


@pytest.mark.parametrize(("label", "name"), TAKEN)
async def test_a_real_label_is_taken_under_its_tidy_name(api: Api, label: str, name: str) -> None:
    chemistry = "nmc" if name[4] == "E" else "lfp"
    data = {
        "model": "cell",
        "chemistry": chemistry,
        "rated_capacity_ah": "100",
        "rated_energy_kwh": "0.32",
        "nominal_voltage_v": "3.2",
        "mass_kg": "1.98",
    }
    answer = await api.post(
        "maker", produced(1, battery=label, data=data, occurred_at="2026-01-10T09:00:00+08:00")
    )

    assert answer.status_code == 201, answer.text
    assert answer.json()["battery"] == name
    read = await api.http.get(f"/v1/batteries/{label}", headers=await api.headers("maker"))
    assert read.json()["battery"] == name


@pytest.mark.parametrize(("label", "length"), REFUSED)
async def test_a_misread_label_is_refused_with_a_reason_a_clerk_understands(
    api: Api, label: str, length: str
) -> None:
    answer = await api.post(
        "outlet",
        {
            "event_id": str(uuid4()),
            "type": "collected",
            "battery": label,
            "occurred_at": "2026-05-01",
            "data": {"source": "person", "safety_class": "A", "label_legible": True},
        },
    )

    told = answer.json()["errors"][0]
    assert (answer.status_code, told["code"], told["pointer"]) == (422, "invalid_code", "/battery")
    assert length in told["message"]["zh"]
    assert told["value"] == label
    assert told["way_out"]["zh"]
