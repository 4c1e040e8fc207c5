"""The nested form is read as it comes: places in it are told, cells are counted and not kept."""

import io
import json
import tracemalloc
from typing import Any

import pytest

from dianchi.domain.refusals import Refused
from dianchi.exchange.national.profiles import NEWEST, PROFILES
from dianchi.exchange.national.reading import MOST_FAULTS, Form
from dianchi.exchange.national.reports import Made, reports_of

PACK: dict[str, Any] = {
    "code": "001PE0A0000001D1K0000001",
    "modelId": "M-60",
    "productionDate": "2018-12-01",
    "createBy": {"left": [1, {"out": None}]},
    "moduleList": [{"code": "M1", "cellList": ["C1", "C2"]}, {"code": "M2", "cellList": []}],
}
VEHICLE = {
    "packList": [PACK],
    "vin": "LSVAA4182E2184847",
    "offlineProductionTime": "2018-12-09 18:30:35",
}
MODELS = {
    "M-60": {
        "chemistry": "lfp",
        "rated_capacity_ah": "150",
        "rated_energy_kwh": "60.5",
        "nominal_voltage_v": "403.2",
        "mass_kg": "410.5",
    }
}


def read(body: bytes | object, role: str = "vehicle_maker") -> list[Made]:
    told = body if isinstance(body, bytes) else json.dumps(body).encode()
    return list(reports_of(Form(io.BytesIO(told), PROFILES[NEWEST].members), role))


def kinds(made: list[Made]) -> list[Any]:
    return [one.report and (one.report["type"], one.report["occurred_at"]) for one in made]


def test_a_vehicle_maker_declares_the_pack_and_reports_that_it_was_fitted() -> None:
    made = read([VEHICLE])

    assert kinds(made) == [("declared", "2018-12-01"), ("installed", "2018-12-09")]
    assert {one.pointer for one in made} == {"/0/packList/0"}


def test_a_maker_whose_ratings_stand_in_the_file_reports_a_birth_with_its_parts() -> None:
    pack = PACK | {"orderNo": "PO-7"}
    [made] = read({"models": MODELS, "packs": [pack]}, "maker")

    assert made.report is not None
    assert (made.report["type"], made.pointer) == ("produced", "/packs/0")
    assert made.report["data"]["modules"] == ["M1", "M2"]
    assert made.report["data"]["cells"] == {"count": 2, "lot": "PO-7"}


def test_without_ratings_nobody_s_birth_is_made_up() -> None:
    assert kinds(read({"packs": [PACK]}, "maker")) == [("declared", "2018-12-01")]


def test_documents_one_after_another_are_one_file() -> None:
    lines = b"\n".join(json.dumps({"vehicles": [VEHICLE]}).encode() for _ in range(2))

    assert [one.pointer for one in read(lines)[::2]] == [
        "/vehicles/0/packList/0",
        "#2/vehicles/0/packList/0",
    ]


def test_faults_point_into_the_nesting_and_the_other_packs_are_read() -> None:
    bad = PACK | {
        "productionDate": "2018-13-01",
        "moduleList": [{"cellList": ["C1", "", 7, {"code": "C4"}]}],
    }
    made = read([VEHICLE | {"packList": [bad, PACK, {"modelId": "x"}]}])

    assert [one.report is None for one in made] == [True, False, False, True]
    assert [(fault.code, fault.pointer) for fault in made[0].faults] == [
        ("invalid_code", "/0/packList/0/moduleList/0/cellList/1"),
        ("invalid_code", "/0/packList/0/moduleList/0/cellList/2"),
        ("missing_field", "/0/packList/0/moduleList/0/code"),
        ("invalid_date", "/0/packList/0/productionDate"),
    ]
    assert [fault.pointer for fault in made[3].faults] == ["/0/packList/2/code"]


@pytest.mark.parametrize("body", [b"[{", b'[{"vin":"x"', b"7", b"[{}] x", b'{"vehicles":[{]}', b""])
def test_a_file_that_is_broken_off_is_refused_as_damaged(body: bytes) -> None:
    with pytest.raises(Refused, match="file_damaged"):
        read(body)


def test_a_module_of_very_many_cells_takes_no_memory_for_them() -> None:
    cells = b",".join(b'"C%07d"' % number for number in range(200_000))
    body = b'[{"packs":[{"code":"x","moduleList":[{"code":"M","cellList":[%b]}]}]}]' % cells
    form = Form(io.BytesIO(body), PROFILES[NEWEST].members)
    tracemalloc.start()
    [vehicle] = form.vehicles()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert vehicle.packs[0].cells == 200_000
    assert peak < 1024 * 1024


def test_of_very_many_faults_the_first_are_told() -> None:
    [made] = read(
        [{"packs": [{"code": "x", "moduleList": [{"code": "M", "cellList": [""] * 99}]}]}]
    )

    assert len([fault for fault in made.faults if fault.code == "invalid_code"]) == MOST_FAULTS
