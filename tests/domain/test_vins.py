"""No VIN stands in what is stored and hashed, wherever a reporter may have written it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from dianchi.domain import vocabulary as words
from dianchi.domain.refusals import Fault, Refused
from dianchi.domain.report import Report, read_report
from domain.lives import OUTLET, PACK, RATINGS

VIN = "LSVAA4182E2184847"
WRONG_VIN = "LSVAA4180E2184847"
EVENT_ID = "0190b5f2-1111-7abc-8def-0123456789ab"
GONE = {"handover": "H1", "receiver": OUTLET}
CAME = {"handover": "H1", "sender": OUTLET, "reason": "damaged"}
FIRM = {"external": True, "name": VIN, "province": "四川省"}
BORN = RATINGS
LOT = {"material": "copper", "mass_kg": 5}
BATCH = {"process": "hydro", "inputs": [{"battery": PACK, "mass_kg": 4}], "residue_kg": 0}


def read(
    kind: str, data: Mapping[str, Any], battery: str | None = PACK, site: str = "S1"
) -> Report:
    given: dict[str, Any] = {
        "event_id": EVENT_ID,
        "type": kind,
        "occurred_at": "2026-06-01",
        "site": site,
    }
    given |= {"data": dict(data)} | ({"battery": battery} if battery else {})
    return read_report(given, lambda vin: f"sealed-{vin[-4:]}")


def fault_of(kind: str, data: Mapping[str, Any]) -> Fault:
    with pytest.raises(Refused) as caught:
        read(kind, data, None if kind == "disposed" else PACK)
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize("kind", list(words.HOSTS))
@pytest.mark.parametrize("written", [VIN, VIN.lower(), "LSVAA 4182 E2184847", "ＬSVAA4182E2184847"])
def test_a_vin_is_sealed_as_the_id_of_any_host(kind: str, written: str) -> None:
    report = read("installed", {"host": {"kind": kind, "id": written}})
    assert report.data["host"] == {"kind": kind, "vin_ref": "sealed-4847"}
    assert dict(report.vins) == {"sealed-4847": VIN}
    assert VIN not in json.dumps(report.canonical())


def test_what_only_looks_like_a_vin_is_sealed_for_vehicles_and_kept_for_sites() -> None:
    cart = read("installed", {"host": {"kind": "low_speed_ev", "id": WRONG_VIN}})
    assert cart.data == {"host": {"kind": "low_speed_ev", "vin_ref": "sealed-4847"}}
    tower = read("installed", {"host": {"kind": "base_station", "id": WRONG_VIN}})
    assert tower.data == {"host": {"kind": "base_station", "id": WRONG_VIN}}


@pytest.mark.parametrize("written", ["站 53011(LSVAA4182E2184847)", "VIN:LSVAA4182E2184847"])
def test_a_vin_within_the_id_of_a_host_is_refused(written: str) -> None:
    fault = fault_of("installed", {"host": {"kind": "base_station", "id": written}})
    assert (fault.code, fault.pointer) == ("invalid_value", "/data/host/id")


@pytest.mark.parametrize(
    ("kind", "data", "pointer"),
    [
        ("removed", {"host": {"kind": "base_station", "id": "K1"}, "reason": VIN}, "/data/reason"),
        ("incident", {"kind": VIN}, "/data/kind"),
        (
            "released",
            {"incident": EVENT_ID, "treatment": VIN, "safety_class": "A"},
            "/data/treatment",
        ),
        ("dispatched", {**GONE, "waybill": VIN}, "/data/waybill"),
        ("dispatched", {**GONE, "carrier": VIN}, "/data/carrier"),
        ("dispatched", {**GONE, "carrier": FIRM}, "/data/carrier/name"),
        ("declined", {**CAME, "reason": VIN}, "/data/reason"),
        (
            "assessed",
            {"residual_capacity_ah": 1, "method": VIN, "decision": "reuse"},
            "/data/method",
        ),
        (
            "disposed",
            {"batch": "B", "mass_kg": 1, "manifest": VIN, "receiver": OUTLET},
            "/data/manifest",
        ),
        ("exported", {"destination": VIN}, "/data/destination"),
    ],
)
def test_a_vin_in_open_text_is_refused_with_the_way_out(
    kind: str, data: Mapping[str, Any], pointer: str
) -> None:
    fault = fault_of(kind, data)
    assert (fault.code, fault.pointer, fault.value) == ("invalid_value", pointer, VIN)
    assert "VIN" in fault.what.zh
    assert "VIN" in fault.what.en
    assert "vin" in fault.way_out.zh
    assert "into vin" in fault.way_out.en


@pytest.mark.parametrize(
    "written",
    [
        "更换了LSVAA4182E2184847的电池",
        "taken from lsvaa4182e2184847, dented",
        "车架号 LSVAA 4182 E218 4847",
        "VINLSVAA4182E2184847",
        "ＬＳＶＡＡ４１８２Ｅ２１８４８４７",
    ],
)
def test_a_vin_is_found_however_it_is_written(written: str) -> None:
    assert fault_of("voided", {"reason": written}).pointer == "/data/reason"


@pytest.mark.parametrize(
    "written",
    [
        "被撞后电池外壳变形，已断电隔离，等待检测机构上门评估处理",
        "capacity below the limit after 8 years of use",
        WRONG_VIN,
        f"A{VIN}",
        f"{VIN}1",
        "53012026060100017",
        PACK,
    ],
)
def test_what_is_no_vin_may_be_written(written: str) -> None:
    assert read("voided", {"reason": written}).data == {"reason": written}


def test_a_lawful_number_may_have_the_form_of_a_vin() -> None:
    cells = {"count": 9, "lot": VIN}
    report = read("produced", {**BORN, "model": VIN, "cells": cells}, f"serial:某厂:{VIN}", VIN)
    assert (report.site, report.data["cells"]["lot"]) == (VIN, VIN)
    assert read("dispatched", {**GONE, "handover": VIN}).data["handover"] == VIN
    lot = read("lot_declared", {**LOT, "lot": VIN, "origin": "purchased"}, None)
    assert lot.data["lot"] == VIN
    batch = read("recycled", {**BATCH, "batch": VIN, "outputs": [{**LOT, "lot": VIN}]}, None)
    assert batch.data["batch"] == VIN


@pytest.mark.parametrize("written", [f"VIN {VIN}", f"{VIN}（车架号）", f"vin{VIN}"])
def test_a_number_that_says_it_is_a_vin_is_refused(written: str) -> None:
    fault = fault_of("dispatched", {**GONE, "handover": written})
    assert (fault.code, fault.pointer) == ("invalid_value", "/data/handover")


def test_a_name_that_says_it_is_a_vin_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        read("inspected", {"soh_percent": 90}, f"serial:VIN:{VIN}")
    assert caught.value.faults[0].pointer == "/battery"
