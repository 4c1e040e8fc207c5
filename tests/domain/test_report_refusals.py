"""What of a report is refused: which member, which value, and with which way out."""

import json
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from dianchi.domain.events import CATALOGUE
from dianchi.domain.refusals import Refused
from domain.lives import OTHER, PACK, RATINGS
from domain.reporting import (
    WRONG_VIN,
    but,
    fault_of,
    raw,
    read,
    refusal,
)


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
