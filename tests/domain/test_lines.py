"""Which streams a report writes into, with what data and keys."""

from typing import Any

import pytest

from dianchi.domain.lines import Key, KeyKind, Line, Stream, correction_lines, lines_of
from dianchi.domain.refusals import Refused
from dianchi.domain.registry import NOBODY, Organisation, Registry, organisation_id
from dianchi.domain.report import read_report
from domain.lives import OTHER, OUTLET, PACK, RATINGS, RECYCLER, UTILIZER

EVENT_ID = "0190b5f2-1111-7abc-8def-0123456789ab"
TOWER_ID = "OTTTTTTTTTTT"
KNOWN = Registry({TOWER_ID: Organisation(TOWER_ID, "云南 铁塔")})
VIN = "WVWZZZ1JZ3W386752"


def lines(
    kind: str,
    data: dict[str, Any],
    *,
    battery: str | None = PACK,
    who: str = OUTLET,
    registry: Registry = NOBODY,
) -> list[Line]:
    raw = {"event_id": EVENT_ID, "type": kind, "occurred_at": "2026-06-01", "data": data}
    report = read_report(raw | ({"battery": battery} if battery else {}), lambda _: "v1")
    return lines_of(report, who, registry)


def subjects(found: list[Line]) -> list[str]:
    return [line.subject for line in found]


def test_a_birth_is_one_line_with_keys_of_its_modules_and_lots() -> None:
    lots = [{"lot": "L1", "material": "copper", "mass_kg": 3}]
    (line,) = lines("produced", {**RATINGS, "modules": [OTHER], "lots": lots}, who=RECYCLER)
    assert (line.stream, line.subject) == (Stream.BATTERY, PACK)
    assert line.keys == (Key(KeyKind.CHILD, OTHER), Key(KeyKind.LOT, f"lot:{RECYCLER}:L1"))


def test_what_is_named_twice_is_one_key() -> None:
    lot = {"lot": "L1", "material": "copper", "mass_kg": 3}
    (born,) = lines("produced", {**RATINGS, "lots": [lot, lot]}, who=RECYCLER)
    assert born.keys == (Key(KeyKind.LOT, f"lot:{RECYCLER}:L1"),)
    twice = [f"asset:{TOWER_ID}:7", "asset:云南 铁塔:7"]
    exchanged = {"modules_out": [], "modules_in": twice, "reason": "cell_fault"}
    (repaired,) = lines("repaired", exchanged, registry=KNOWN)
    assert repaired.keys == (Key(KeyKind.CHILD, f"asset:{TOWER_ID}:7"),)


def test_a_vehicle_is_a_key() -> None:
    (line,) = lines("installed", {"host": {"kind": "vehicle", "id": VIN}})
    assert line.keys == (Key(KeyKind.VIN, "v1"),)


def test_a_scrapped_vehicle_without_its_battery_has_a_stream_of_its_own() -> None:
    data = {"vin": VIN, "certificate": "C", "battery_present": False}
    (line,) = lines("vehicle_scrapped", data, battery=None)
    assert (line.stream, line.subject) == (Stream.VEHICLE, "vin:v1")


def test_every_battery_of_a_hand_over_carries_its_own_mass_and_the_totals() -> None:
    batteries = [{"battery": PACK, "mass_kg": 400}, {"battery": OTHER, "mass_kg": "100.5"}]
    data = {"handover": "H1", "receiver": UTILIZER, "batteries": batteries}
    found = lines("dispatched", data, battery=None)
    assert subjects(found) == [PACK, OTHER]
    assert [line.data["mass_kg"] for line in found] == ["400", "100.5"]
    assert all(line.data["total_mass_kg"] == "500.5" for line in found)
    assert all(line.data["count"] == 2 and "batteries" not in line.data for line in found)


def test_the_total_of_a_single_battery_is_its_own_mass() -> None:
    (line,) = lines("dispatched", {"handover": "H", "receiver": UTILIZER, "total_mass_kg": 400})
    assert line.data["mass_kg"] == "400"


def test_one_line_of_each_side_carries_the_key_of_the_hand_over() -> None:
    two = [{"battery": OTHER}, {"battery": PACK}]
    sent = {"handover": "H1", "receiver": "某某公司", "batteries": two}
    taken = {"handover": "H1", "sender": OUTLET, "batteries": two}
    for found in (
        lines("dispatched", sent, battery=None),
        lines("received", taken, battery=None, who=UTILIZER),
    ):
        keys = [key for line in found for key in line.keys]
        assert keys == [Key(KeyKind.HANDOVER, f"{OUTLET}:H1")]


def test_registered_parties_become_ids_and_others_stay_as_given() -> None:
    data = {"handover": "H1", "receiver": "云南  铁塔", "carrier": "顺路物流"}
    (line,) = lines("dispatched", data, registry=KNOWN)
    assert (line.data["receiver"], line.data["carrier"]) == (TOWER_ID, "顺路物流")


def test_an_asset_name_is_answered_with_the_id_of_its_organisation() -> None:
    name = "asset:云南铁塔:7"
    found = lines("identified", {"name": OTHER}, battery=name, registry=KNOWN)
    assert found[0].subject == f"asset:{organisation_id('云南铁塔')}:7"
    found = lines("identified", {"name": "asset:云南 铁塔:7"}, registry=KNOWN)
    assert subjects(found) == [PACK, f"asset:{TOWER_ID}:7"]
    assert found[0].data == {"name": f"asset:{TOWER_ID}:7"}


def test_two_names_that_turn_out_to_be_one_are_refused() -> None:
    names = ["asset:云南 铁塔:7", f"asset:{TOWER_ID}:7"]
    with pytest.raises(Refused) as caught:
        lines(
            "owner_changed",
            {"batteries": names, "to": "甲", "basis": "sale"},
            battery=None,
            registry=KNOWN,
        )
    assert caught.value.code == "invalid_value"


def test_an_identification_is_mirrored_in_the_stream_of_the_other_name() -> None:
    first, second = lines("identified", {"name": PACK}, battery="tmp:KM01-7")
    assert (first.subject, first.data) == ("tmp:KM01-7", {"name": PACK})
    assert (second.subject, second.data) == (PACK, {"name": "tmp:KM01-7", "mirrored": True})
    assert first.keys == second.keys == (Key(KeyKind.ALIAS, "tmp:KM01-7"), Key(KeyKind.ALIAS, PACK))


def test_taking_apart_writes_into_the_parent_and_every_child() -> None:
    children = [{"battery": OTHER, "mass_kg": 30}, {"battery": "tmp:KM01-8", "mass_kg": 31}]
    parent, child, _ = lines("disassembled", {"children": children, "other_mass_kg": 300})
    assert parent.data == {"count": 2, "other_mass_kg": "300", "children_mass_kg": "61"}
    assert child.data == {"parent": PACK, "mass_kg": "30"}
    assert child.keys == (Key(KeyKind.PARENT, PACK),)


def test_a_product_and_its_parents_know_each_other() -> None:
    data = {
        "parents": [OTHER],
        "application": "base_station",
        "rated_capacity_ah": 1,
        "rated_energy_kwh": 1,
        "mass_kg": 1,
    }
    product, parent = lines("repurposed", data)
    assert "parents" not in product.data
    assert parent.data == {"product": PACK, "application": "base_station", "count": 1}
    assert parent.keys == (Key(KeyKind.CHILD, PACK),)


def test_a_batch_writes_into_itself_its_inputs_and_its_outputs() -> None:
    data = {
        "batch": "B1",
        "process": "hydro",
        "inputs": [{"battery": PACK, "mass_kg": 400}, {"lot": "L1", "issuer": "甲", "mass_kg": 5}],
        "outputs": [{"lot": "L2", "material": "copper", "mass_kg": 40}],
        "residue_kg": 0,
    }
    found = lines("recycled", data, battery=None, who=RECYCLER)
    assert [line.stream.name for line in found] == ["BATCH", "BATTERY", "LOT", "LOT"]
    assert found[0].data["inputs_mass_kg"] == "405"
    assert found[2].subject == f"lot:{organisation_id('甲')}:L1"
    key = Key(KeyKind.BATCH, f"batch:{RECYCLER}:B1")
    assert all(key in line.keys for line in found)


def test_a_repair_writes_into_the_modules_that_came_out() -> None:
    data = {"modules_out": [OTHER], "modules_in": ["tmp:KM01-9"], "reason": "recall"}
    pack, module = lines("repaired", data)
    assert pack.keys == (Key(KeyKind.CHILD, "tmp:KM01-9"),)
    assert (module.subject, module.data) == (OTHER, {"pack": PACK, "reason": "recall"})


def test_a_count_writes_into_the_site_and_every_battery() -> None:
    data = {"site": "S1", "batteries": [PACK], "complete": True, "basis": "self"}
    found = lines("counted", data, battery=None)
    assert subjects(found) == [f"site:{OUTLET}:S1", PACK]


def test_a_correction_goes_where_its_target_went() -> None:
    raw = {
        "event_id": EVENT_ID,
        "type": "corrected",
        "occurred_at": "2026-06-01",
        "data": {"event_id": EVENT_ID, "reason": "x"},
    }
    streams = [(Stream.BATTERY, PACK), (Stream.BATTERY, OTHER)]
    report = read_report(raw, str)
    assert lines_of(report, OUTLET, NOBODY) == []
    side = Key(KeyKind.HANDOVER, f"{OUTLET}:H1")
    found = correction_lines(report.data, streams, side)
    assert subjects(found) == [PACK, OTHER]
    assert all(Key(KeyKind.TARGET, EVENT_ID) in line.keys for line in found)
    assert [side in line.keys for line in found] == [True, False]
