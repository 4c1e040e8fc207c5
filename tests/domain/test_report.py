"""Reading a report: what is refused, where, why and with which way out; and the canonical form."""

import json
from collections.abc import Mapping
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dianchi.domain.events import CATALOGUE
from dianchi.domain.refusals import Fault, Refused
from dianchi.domain.report import Report, read_report, read_stored
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


def test_the_examples_name_every_type_of_the_catalogue() -> None:
    assert list(DATA) == list(CATALOGUE)


# --- the canonical form ---


@pytest.mark.parametrize("kind", DATA)
def test_a_stored_report_is_the_report_that_was_read(kind: str) -> None:
    report = read(raw(kind))
    stored = read_stored(json.loads(json.dumps(report.canonical())))
    assert stored.canonical() == report.canonical()
    assert (stored.occurred_us, stored.by_day) == (report.occurred_us, report.by_day)


@pytest.mark.parametrize("kind", WITHOUT_VIN)
def test_reading_the_canonical_form_again_changes_nothing(kind: str) -> None:
    canonical = read(raw(kind, site=" S1 ", device={"clock": "2026-06-01", "offset_ms": -3}))
    assert read(canonical.canonical()).canonical() == canonical.canonical()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (but("produced", mass_kg="1.50"), but("produced", mass_kg=Decimal("1.5"))),
        (but("produced", mass_kg="150"), but("produced", mass_kg=Decimal("1.5E+2"))),
        (but("produced", mass_kg="0.00015"), but("produced", mass_kg=Decimal("1.5E-4"))),
        (but("assessed", residual_capacity_ah="-0.0"), but("assessed", residual_capacity_ah=0)),
        (raw(battery=PACK), raw(battery=f"  {PACK[:8].lower()} {PACK[8:].lower()}\n")),
        (raw(battery="tmp:KM01-7"), raw(battery="TMP: km01-7")),
        (raw(event_id=EVENT_ID), raw(event_id=EVENT_ID.upper())),
        (raw(), raw(occurred_at="2026-06-01T01:30:00.000Z")),
        (raw(), raw(occurred_at="2026-06-01t01:30:00z")),
        (raw(), raw(site=None, device=None)),
        (but("sold", prefecture="530100"), but("sold", prefecture="昆明")),
    ],
)
def test_two_ways_to_say_the_same_are_one_canonical_form(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert read(one).canonical() == read(other).canonical()


def test_the_order_of_members_does_not_matter() -> None:
    given = raw()
    turned = dict(reversed(given.items())) | {"data": dict(reversed(given["data"].items()))}
    assert read(turned).canonical() == read(given).canonical()


def test_a_day_is_kept_as_a_day_and_begins_at_midnight_in_china() -> None:
    report = read(raw(occurred_at="2026-06-01"))
    assert (report.occurred_at, report.by_day) == ("2026-06-01", True)
    assert report.occurred_us == read(raw(occurred_at="2026-05-31T16:00:00Z")).occurred_us


def test_a_vin_is_kept_as_its_reference_only() -> None:
    report = read(raw("installed", {"host": CAR}))
    assert report.data == {"host": {"kind": "vehicle", "vin_ref": seal(GOOD_VIN)}}
    assert dict(report.vins) == {seal(GOOD_VIN): GOOD_VIN}
    assert GOOD_VIN not in json.dumps(report.canonical())


def test_a_foreign_vin_with_a_wrong_check_digit_is_marked() -> None:
    sold = raw("sold", {"prefecture": "530100", "vin": FOREIGN_VIN})
    assert read(sold).data["vin_suspect"] is True
    fitted = raw("installed", {"host": {"kind": "vehicle", "id": FOREIGN_VIN}})
    assert read(fitted).data["vin_suspect"] is True
    assert "vin_suspect" not in read(raw("vehicle_scrapped")).data


def test_a_signature_may_hold_by_chance_what_looks_like_a_labelled_vin_or_a_telephone() -> None:
    """The head of one key's signatures is always the same: chance would refuse all of them."""
    for chance in (f"eyJVIN{GOOD_VIN}..QUJD", "eyJTEL..A-13812345678_B"):
        assert read(raw("inspected") | {"signature": chance}).signature == chance


@pytest.mark.parametrize("given", ["", "a b..c", "a..\u0661", "签名", "a" * 1001, 7])
def test_a_signature_is_characters_of_a_jws(given: Any) -> None:
    assert refusal(raw("inspected") | {"signature": given}) == ("invalid_value", "/signature")


def test_a_count_happens_at_the_site_it_counts() -> None:
    assert read(raw("counted")).site == "S1"
    assert refusal(raw("counted", site="S2")) == ("invalid_value", "/site")


# --- what is refused ---


@pytest.mark.parametrize("given", [None, 3, "x", [], [raw()]])
def test_a_report_is_an_object(given: Any) -> None:
    assert refusal(given) == ("invalid_value", "")


@pytest.mark.parametrize(
    ("given", "code", "pointer"),
    [
        (raw() | {"type": "born"}, "unknown_type", "/type"),
        (raw() | {"type": ["produced"]}, "unknown_type", "/type"),
        (raw() | {"type": None}, "missing_field", "/type"),
        (raw(event_id=None), "missing_field", "/event_id"),
        (raw(event_id="7"), "invalid_value", "/event_id"),
        (raw(event_id=7), "invalid_value", "/event_id"),
        (raw(battery=None), "missing_field", "/battery"),
        (raw(battery=""), "invalid_code", "/battery"),
        (raw(battery=17), "invalid_value", "/battery"),
        (raw(battery="04QXB0600000AAF611000001"), "invalid_code", "/battery"),
        (raw(battery="04QPB0600000AAB400000001"), "invalid_date", "/battery"),
        (raw("recycled", battery=PACK), "unknown_field", "/battery"),
        (raw(colour="red"), "unknown_field", "/colour"),
        (raw() | {"a/b~c": 1}, "unknown_field", "/a~1b~0c"),
        (but("produced", colour="red"), "unknown_field", "/data/colour"),
        (but("produced", cells={"count": 1, "lot": "C", "x": 1}), "unknown_field", "/data/cells/x"),
        (but("produced", cells={"count": 1}), "missing_field", "/data/cells/lot"),
        (but("produced", model=None), "missing_field", "/data/model"),
        (but("produced", modules=[OTHER, "x"]), "invalid_code", "/data/modules/1"),
        (but("produced", modules=[OTHER, PACK]), "invalid_value", "/data/modules/1"),
        (but("produced", modules=[]), "invalid_value", "/data/modules"),
        (but("produced", chemistry="LFP"), "invalid_value", "/data/chemistry"),
        (but("produced", chemistry=[]), "invalid_value", "/data/chemistry"),
        (but("produced", cells=[]), "invalid_value", "/data/cells"),
        (raw("produced", data=[]), "invalid_value", "/data"),
        (raw(site=""), "invalid_value", "/site"),
        (raw(site=4), "invalid_value", "/site"),
        (raw(device={}), "missing_field", "/device/clock"),
        (raw(device={"clock": "x", "offset_ms": 1}), "invalid_date", "/device/clock"),
        (
            raw(device={"clock": "2026-06-01", "offset_ms": 1.5}),
            "invalid_value",
            "/device/offset_ms",
        ),
        (
            raw(device={"clock": "2026-06-01", "offset_ms": 0, "x": 1}),
            "unknown_field",
            "/device/x",
        ),
        (raw("sold", {"prefecture": "530100"}), "missing_field", "/data/vin"),
        (
            raw("sold", {"prefecture": "530100", "application": "e_bike"}),
            "missing_field",
            "/data/vin",
        ),
        (but("sold", prefecture="530200"), "invalid_value", "/data/prefecture"),
        (but("sold", prefecture="990100"), "invalid_value", "/data/prefecture"),
        (raw("sold", {"prefecture": "530100", "vin": WRONG_VIN}), "invalid_value", "/data/vin"),
        (
            raw("installed", {"host": {"kind": "vehicle", "id": WRONG_VIN}}),
            "invalid_value",
            "/data/host/id",
        ),
        (
            raw("installed", {"host": {"kind": "boat", "id": "1"}}),
            "invalid_value",
            "/data/host/kind",
        ),
        (raw("installed", {"host": {"kind": "vehicle"}}), "missing_field", "/data/host/id"),
        (raw("installed", {"host": "car"}), "invalid_value", "/data/host"),
        (raw("inspected", {}), "missing_field", "/data"),
        (raw("identified", {"name": PACK}), "invalid_value", "/data/name"),
        (but("removed", replaced_by=PACK), "invalid_value", "/data/replaced_by"),
        (but("vehicle_scrapped", battery_present=False), "invalid_value", "/battery"),
        (raw("vehicle_scrapped", battery=None), "missing_field", "/battery"),
        (but("repaired", modules_in=[OTHER]), "invalid_value", "/data/modules_in/0"),
        (raw("dispatched", battery=None), "missing_field", "/data/batteries"),
        (but("dispatched", batteries=[{"battery": OTHER}]), "invalid_value", "/battery"),
        (but("disposed", receiver="914403001922038210"), "invalid_value", "/data/receiver"),
        (but("owner_changed", to={"external": True}), "missing_field", "/data/to/name"),
        (but("disassembled", children=[{"battery": PACK}]), "invalid_value", "/data/children/0"),
        (but("repurposed", parents=[OTHER, OTHER]), "invalid_value", "/data/parents/1"),
        (
            but("recycled", inputs=[{"battery": PACK, "lot": "L1", "mass_kg": 1}]),
            "invalid_value",
            "/data/inputs/0",
        ),
        (
            but("recycled", inputs=[{"lot": "L1", "mass_kg": 1}] * 2),
            "invalid_value",
            "/data/inputs/1",
        ),
        (but("relabelled", revision=True), "invalid_value", "/data/revision"),
        (but("relabelled", revision=1000), "invalid_value", "/data/revision"),
        (but("relabelled", revision=10**5000), "invalid_value", "/data/revision"),
        (but("collected", label_legible=1), "invalid_value", "/data/label_legible"),
        (but("collected", photos=["x"]), "invalid_value", "/data/photos/0"),
        (but("counted", batteries=[PACK, PACK.lower()]), "invalid_value", "/data/batteries/1"),
    ],
)
def test_a_fault_names_its_member_and_a_way_out(given: Any, code: str, pointer: str) -> None:
    if code == "missing_field" and pointer in {"/device/clock", "/data/to/name"}:
        with pytest.raises(Refused) as caught:
            read(given)
        assert (code, pointer) in {(f.code, f.pointer) for f in caught.value.faults}
    else:
        assert refusal(given) == (code, pointer)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Refused) as caught:
        read({"type": "produced", "data": {"model": "", "x": 1}})
    assert {fault.pointer for fault in caught.value.faults} == {
        "/event_id",
        "/occurred_at",
        "/battery",
        "/data/model",
        "/data/x",
        *(f"/data/{name}" for name in RATINGS if name != "model"),
    }


@pytest.mark.parametrize(
    "moment",
    [
        "2026-04-31",
        "2026-04-31T09:30:00+08:00",
        "2026-02-29",
        "2026-06-01T24:00:00+08:00",
        "2026-06-01T09:30:60+08:00",
        "2016-12-31T23:59:60Z",
        "0202-06-01",
        "0202-06-01T09:30:00+08:00",
        "1989-12-31",
        "2026-06-01T09:30:00",
        "2026-06-01 09:30:00+08:00",
        "2026-06-01T09:30+08:00",
        "2026-06-01T09:30:00123Z",
        "2026-06-01T09:30:00+25:00",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+08:00",
        "2026-13-01",
        "20260601",
        "２０２６-06-01",
        "",
        1780277400,
        [],
        True,
    ],
    ids=map(str, count()),
)
def test_a_date_that_does_not_exist_is_refused(moment: Any) -> None:
    assert refusal(raw(occurred_at=moment)) == ("invalid_date", "/occurred_at")


@pytest.mark.parametrize(
    "number",
    [
        "1,000",
        "1e3",
        "NaN",
        "Infinity",
        "-1",
        "-0.5",
        "0",
        0,
        "0.0000001",
        "1234567890123",
        "01",
        "+1",
        "٣",
        "12 kg",
        "",
        True,
        None,
        [],
        10**400,
        10**13,
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("-Infinity"),
        Decimal("1E+13"),
        Decimal("1E+999999"),
        Decimal("1E-999999"),
        Decimal("0E-999999"),
        Decimal(-1),
        1.5,
    ],
    ids=map(str, count()),
)
def test_a_mass_is_a_plain_number_above_zero(number: Any) -> None:
    code = "missing_field" if number is None else "invalid_value"
    assert refusal(but("produced", mass_kg=number)) == (code, "/data/mass_kg")


@pytest.mark.parametrize("number", [Decimal("-60.5"), "-60.01", 1501])
def test_a_temperature_has_its_bounds(number: Any) -> None:
    assert refusal(raw("inspected", {"temperature_c": number})) == (
        "invalid_value",
        "/data/temperature_c",
    )
    assert read(raw("inspected", {"temperature_c": "-40.0"})).data == {"temperature_c": "-40"}


@pytest.mark.parametrize(
    "bad", ["\0", "a\0b", "a\nb", "a\x1bb", "\ud800", "a\udfffb", "a\u202eb"], ids=map(str, count())
)
def test_control_characters_and_halves_of_characters_are_refused(bad: str) -> None:
    for report, pointer in (
        (but("produced", model=f"x{bad}x"), "/data/model"),
        (raw(site=f"x{bad}x"), "/site"),
        (raw("owner_changed", {"to": f"x{bad}x", "basis": "sale"}), "/data/to"),
        (raw(event_id=bad), "/event_id"),
        (but("produced", chemistry=bad), "/data/chemistry"),
        (raw(occurred_at=bad), "/occurred_at"),
        (raw() | {"type": bad}, "/type"),
    ):
        fault = fault_of(report)
        assert fault.pointer == pointer
        json.dumps([fault.value, *fault.what, *fault.way_out], ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("kind", "member", "many"),
    [
        ("owner_changed", "batteries", 1001),
        ("dispatched", "batteries", 1001),
        ("counted", "batteries", 1001),
        ("disassembled", "children", 1000),
        ("repurposed", "parents", 1000),
    ],
)
def test_a_report_touches_at_most_a_thousand_batteries(kind: str, member: str, many: int) -> None:
    names: list[Any] = [f"04QPB0600000AAB61{n:07d}" for n in range(2, many + 2)]
    if member == "children" or kind == "dispatched":
        names = [{"battery": name} for name in names]
    battery = None if CATALOGUE[kind].subject != "battery" else PACK
    given = but(kind, **{member: names}) | {"battery": battery}
    assert refusal(given) == ("too_many_rows", f"/data/{member}")
    read(but(kind, **{member: names[:-1]}) | {"battery": battery})


def test_the_value_told_back_is_short() -> None:
    fault = fault_of(but("produced", model="x" * 10_000))
    assert len(str(fault.value)) < 200


def test_no_more_faults_are_told_than_a_reader_can_mend() -> None:
    with pytest.raises(Refused) as caught:
        read(raw() | {f"x{n}": n for n in range(5000)})
    assert len(caught.value.faults) == 100


# --- anything at all ---

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals()
    | st.text(st.characters(exclude_categories=()))
    | st.sampled_from([PACK, OTHER, EVENT_ID, "2026-06-01", "1.5", "lfp", "vehicle", GOOD_VIN]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["battery", "kind", "id", "external", "name", "lot", "mass_kg", "\ud800"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@st.composite
def almost_reports(draw: st.DrawFn) -> object:
    kind = draw(st.sampled_from(list(CATALOGUE)))
    given = raw(kind)
    names = st.sampled_from([*(member.name for member in CATALOGUE[kind].members), "x/~"])
    for name in draw(st.lists(names, max_size=3)):
        given["data"][name] = draw(JSON)
    for name in draw(
        st.lists(st.sampled_from([*given, "battery", "site", "device", ""]), max_size=1)
    ):
        given[name] = draw(JSON)
    return given


def read_or_answer(given_json: object) -> Report | None:
    """The report, or None when it was refused with an answer that can be sent."""
    try:
        return read_report(given_json, seal)
    except Refused as refused:
        faults = refused.faults
    assert faults
    for fault in faults:
        told = [fault.code, fault.pointer, fault.value, *fault.what, *fault.way_out]
        json.dumps(told, ensure_ascii=False).encode()
    return None


@settings(max_examples=400, derandomize=True, deadline=None, database=None)
@given(JSON | almost_reports())
@example({})
@example(but("produced", mass_kg=10**5000))
def test_arbitrary_json_is_read_or_refused_and_never_anything_else(given_json: object) -> None:
    report = read_or_answer(given_json)
    if report is None:
        return
    canonical = report.canonical()
    json.dumps(canonical, ensure_ascii=False).encode()
    if not report.vins:
        assert read_report(canonical, seal).canonical() == canonical
