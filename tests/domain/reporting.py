"""Reports of every type, whole, and how the reading of one is told."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from dianchi.domain.events import CATALOGUE
from dianchi.domain.refusals import Fault, Refused
from dianchi.domain.report import Report, read_report
from domain.lives import OTHER, OUTLET, PACK, RATINGS

EVENT_ID = "0190b5f2-1111-7abc-8def-0123456789ab"
TARGET = "0190b5f2-1111-7abc-8def-0123456789ac"
GOOD_VIN = "LSVAA4182E2184847"
WRONG_VIN = "LSVAA4180E2184847"
FOREIGN_VIN = "WVWZZZ1JZ3W386752"
PARTY = {"external": True, "name": "某某 公司", "province": "四川省"}
CAR = {"kind": "vehicle", "id": GOOD_VIN}
STATION = {"kind": "base_station", "id": "KM-0001"}
ACT = {"basis": "暂行办法", "document": "滇工信责改〔2026〕7号", "reason": "mass does not fit"}
DATA: Mapping[str, Mapping[str, Any]] = {
    "lot_declared": {"lot": "L1", "material": "copper", "mass_kg": 5, "origin": "purchased"},
    "produced": {**RATINGS, "modules": [OTHER], "cells": {"count": 96, "lot": "C1"}},
    "imported": RATINGS,
    "declared": {"stage": "in_use", "basis": "opening_stock", "since": "2024-01-01"},
    "installed": {"host": STATION, "swap_capable": True},
    "sold": {"prefecture": "昆明市", "application": "low_speed_ev", "buyer_kind": "person"},
    "owner_changed": {"to": PARTY, "basis": "sale"},
    "inspected": {"soh_percent": Decimal("81.50"), "cycles": 900},
    "repaired": {"modules_out": [OTHER], "modules_in": [], "reason": "recall"},
    "removed": {"host": STATION, "reason": "upgrade", "mileage_km": Decimal("1E+3")},
    "vehicle_scrapped": {"vin": GOOD_VIN, "certificate": "C1", "battery_present": True},
    "retired": {"reason": "capacity_low"},
    "collected": {
        "source": "person",
        "safety_class": "B",
        "label_legible": False,
        "mass_kg": "410.50",
        "condition": {"leak": False},
        "photos": ["AB" * 32],
    },
    "dispatched": {"handover": "H1", "receiver": OUTLET, "un_number": "UN3480"},
    "received": {"handover": "H1", "sender": PARTY},
    "declined": {"handover": "H1", "sender": "某某公司", "reason": "damaged"},
    "returned": {"handover": "H1", "sender": "某某公司", "reason": "damaged"},
    "assessed": {"residual_capacity_ah": "90", "method": "pulse", "decision": "reuse"},
    "disassembled": {"children": [{"battery": OTHER, "mass_kg": 30}], "other_mass_kg": 0},
    "repurposed": {
        "parents": [OTHER],
        "application": "base_station",
        "rated_capacity_ah": 100,
        "rated_energy_kwh": 5,
        "mass_kg": 50,
    },
    "recycled": {
        "batch": "B1",
        "process": "hydro",
        "inputs": [{"battery": PACK, "mass_kg": 400}, {"lot": "L1", "mass_kg": 1}],
        "outputs": [{"lot": "L2", "material": "copper", "mass_kg": 40, "purity_percent": "99.9"}],
        "residue_kg": 3,
    },
    "disposed": {"batch": "B1", "mass_kg": 3, "manifest": "M1", "receiver": PARTY},
    "relabelled": {"revision": 2, "reason": "unreadable"},
    "identified": {"name": OTHER},
    "incident": {"kind": "smoke"},
    "released": {"incident": TARGET.upper(), "treatment": "discharged", "safety_class": "B"},
    "counted": {"site": "S1", "batteries": [PACK], "complete": True, "basis": "self"},
    "lost": {"since": "2026-05-01T08:00:00+08:00"},
    "exported": {"destination": "Laos"},
    "left_province": {"province": "四川"},
    "entered": {"province": "51"},
    "voided": {"reason": "scrapped in the plant"},
    "recall_opened": {
        "recall": "ZH-1",
        "selector": {"vendor": "04Q", "produced_from": "2021-01-01", "produced_to": "2021-12-31"},
        "advice": "停止充电，联系经销商",
    },
    "recall_closed": {"recall": "ZH-1", "reason": "all remedied"},
    "remedied": {"recall": "ZH-1", "issuer": PARTY, "measure": "modules exchanged"},
    "pickup_requested": {"pickup": "P1", "batteries": [PACK, OTHER], "to": PARTY},
    "pickup_answered": {"pickup": "P1", "requester": OUTLET, "answer": "refuse", "reason": "full"},
    "hold_placed": ACT,
    "hold_lifted": {**ACT, "hold": TARGET.upper()},
    "correction_ordered": {**ACT, "event_id": TARGET, "due": "2026-07-01"},
    "annotated": {"reason": "seen on site"},
    "referred": {**ACT, "to": "应急管理部门"},
    "set_aside": {**ACT, "event_id": TARGET, "officers": [TARGET, EVENT_ID]},
    "corrected": {"event_id": TARGET, "reason": "wrong pack"},
}


WITHOUT_VIN = [kind for kind in DATA if kind != "vehicle_scrapped"]


def seal(vin: str) -> str:
    return f"sealed-{vin[-6:]}"


def raw(kind: str = "produced", data: Any = None, **members: Any) -> dict[str, Any]:
    """A good report of this kind, with these members in place of its own."""
    given: dict[str, Any] = {
        "event_id": EVENT_ID,
        "type": kind,
        "occurred_at": "2026-06-01T09:30:00+08:00",
        "data": dict(DATA[kind]) if data is None else data,
    }
    if CATALOGUE[kind].subject != "none":
        given["battery"] = PACK
    return {**given, **members}


def but(kind: str, **members: Any) -> dict[str, Any]:
    """A good report of this kind, with other members of data."""
    return raw(kind, {**DATA[kind], **members})


def read(given: Any) -> Report:
    return read_report(given, seal)


def fault_of(given: Any) -> Fault:
    with pytest.raises(Refused) as caught:
        read(given)
    assert len(caught.value.faults) == 1, caught.value
    fault = caught.value.faults[0]
    assert caught.value.code == fault.code
    for sentence in (*fault.what, *fault.way_out):
        assert sentence.strip()
    return fault


def refusal(given: Any) -> tuple[str, str]:
    fault = fault_of(given)
    return fault.code, fault.pointer
