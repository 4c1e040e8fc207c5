"""What does not fit between lives."""

import random
from collections.abc import Sequence
from itertools import permutations
from typing import Any

from domain.givens import (
    MODULE,
    OTHER_PACK,
    OUTLET,
    PACK,
    RECYCLER,
    VEHICLE,
    VIN,
    collected,
    corrects,
    dispatched,
    event,
    installed,
    life_of,
    produced,
    received,
)

from dianchi.domain.batches import batch_findings, lot_findings
from dianchi.domain.counts import count_findings
from dianchi.domain.findings import Finding, render
from dianchi.domain.life import Event
from dianchi.domain.lines import Key, KeyKind
from dianchi.domain.links import link_findings, needs
from dianchi.domain.rules import RULES
from dianchi.domain.vehicles import vehicle_findings

HANDOVER = Key(KeyKind.HANDOVER, f"{OUTLET}:H1")
THE_VIN = Key(KeyKind.VIN, VIN)


def linked(own: Sequence[Event], related: dict[Key, list[Event]]) -> list[Finding]:
    """The findings, after a look at the promise that no order of the sets changes them."""
    found = link_findings(life_of(*own), related, RULES)
    mixed = {key: random.Random(1).sample(events, len(events)) for key, events in related.items()}
    assert link_findings(life_of(*reversed(own)), mixed, RULES) == found
    return found


def whats(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    return [(finding.code, str(finding.values.get("what", ""))) for finding in findings]


# --- what must be loaded ---------------------------------------------------------------------


def test_a_life_asks_for_its_handovers_vehicles_modules_and_for_its_own_parents() -> None:
    own = [
        produced(modules=[MODULE]),
        installed("2024-02-01"),
        collected("2026-04-05"),
        dispatched("2026-04-10"),
        received("2026-04-11"),
    ]
    assert needs(own, PACK) == {
        HANDOVER,
        THE_VIN,
        Key(KeyKind.CHILD, MODULE),
        Key(KeyKind.CHILD, PACK),
    }


def test_both_sides_of_a_handover_ask_for_the_same_key_also_before_the_sender_registered() -> None:
    outside: dict[str, Any] = {"external": True, "uscc": "91530100MA6K00000X", "name": "x"}
    by_text = received("2026-04-11", sender="91530100MA6K00000X")
    by_party = received("2026-04-11", sender=outside)
    assert needs([by_text], PACK) == needs([by_party], PACK)


# --- hand-overs ------------------------------------------------------------------------------


def test_a_handover_received_in_full_shows_nothing() -> None:
    own = [
        collected("2026-04-05"),
        dispatched("2026-04-10", 2, total_mass_kg="500"),
        received("2026-04-11", 2, total_mass_kg="498"),
    ]
    assert linked(own, {HANDOVER: own[1:]}) == []


def test_more_received_than_was_sent_is_a_mismatch_of_count() -> None:
    own = [collected("2026-04-05"), dispatched("2026-04-10", 2), received("2026-04-11", 3)]
    (finding,) = linked(own, {HANDOVER: own[1:]})
    assert whats([finding]) == [("handover_mismatch", "count")]
    assert render(finding, "en") == "Hand-over H1: 2 sent, 3 received or declined."


def test_a_withdrawn_line_of_a_receipt_does_not_count() -> None:
    receipt = received("2026-04-11", 3)
    own = [collected("2026-04-05"), dispatched("2026-04-10", 2), receipt]
    correction = corrects(receipt, "2026-04-12", battery="tmp:K-9")
    assert link_findings(life_of(*own), {HANDOVER: [*own[1:], correction]}, RULES) == []


def test_total_masses_are_compared_once_everything_arrived() -> None:
    sent = dispatched("2026-04-10", 2, total_mass_kg="500")
    part = received("2026-04-11", 1, total_mass_kg="200")
    rest = received("2026-04-12", 1, subject=OTHER_PACK, total_mass_kg="250")
    own = [collected("2026-04-05"), sent, part]
    assert linked(own, {HANDOVER: [sent, part]}) == []
    assert whats(linked(own, {HANDOVER: [sent, part, rest]})) == [
        ("handover_mismatch", "total_mass")
    ]


def test_an_estimated_mass_is_never_more_than_a_low_finding() -> None:
    own = [
        collected("2026-04-05"),
        dispatched("2026-04-10", total_mass_kg="500"),
        received("2026-04-11", total_mass_kg="300", mass_basis="estimated"),
    ]
    (finding,) = linked(own, {HANDOVER: own[1:]})
    assert finding.severity == "low"


def test_a_battery_left_out_of_a_receipt_is_missing_until_it_arrives_or_goes_back() -> None:
    sent = dispatched("2026-04-10", 2)
    other = received("2026-04-11", 1, subject=OTHER_PACK)
    own = [collected("2026-04-05"), sent]
    assert linked(own, {HANDOVER: [sent]}) == []
    assert whats(linked(own, {HANDOVER: [sent, other]})) == [
        ("handover_mismatch", "missing_in_receipt")
    ]
    mine = received("2026-04-13", 1)
    back = event(
        "declined",
        "2026-04-13",
        {"handover": "H1", "sender": OUTLET, "count": 1, "reason": "damaged"},
        by=RECYCLER,
        role="recycler",
    )
    for answer in (mine, back):
        assert linked([*own, answer], {HANDOVER: [sent, other, answer]}) == []


def test_a_battery_that_was_heard_of_elsewhere_is_not_missing_in_the_receipt() -> None:
    sent, other = dispatched("2026-04-10", 2), received("2026-04-11", 1, subject=OTHER_PACK)
    own = [collected("2026-04-05"), sent, event("lost", "2026-04-20", {"since": "2026-04-12"})]
    assert linked(own, {HANDOVER: [sent, other]}) == []


# --- vehicles --------------------------------------------------------------------------------


def scrapped(day: str, *, subject: str | None = None) -> Event:
    data = {"vin_ref": VIN, "certificate": "C1", "battery_present": subject is not None}
    return event(
        "vehicle_scrapped",
        day,
        data,
        subject=subject or f"vin:{VIN}",
        by="ODISMANTLERA",
        role="dismantler",
    )


def removed(day: str, subject: str = PACK, **data: Any) -> Event:
    return event(
        "removed",
        day,
        {"host": VEHICLE, "reason": "replacement"} | data,
        subject=subject,
        by="OWORKSHOPAAA",
        role="workshop",
    )


def test_a_vehicle_scrapped_without_its_battery_is_shown_on_the_battery() -> None:
    own = [produced(), installed("2024-02-01")]
    (finding,) = linked(own, {THE_VIN: [own[1], scrapped("2026-05-01")]})
    assert finding.code == "vehicle_without_battery"
    assert finding.evidence == (own[1].event_id, scrapped("2026-05-01").event_id)


def test_a_removal_explains_the_missing_battery_whenever_it_is_reported() -> None:
    fitted, gone = installed("2024-02-01"), scrapped("2026-05-01")
    for day in ("2026-03-01", "2026-05-20"):
        for events in permutations([fitted, gone, removed(day)]):
            assert vehicle_findings(events) == []


def test_swap_capable_vehicles_are_scrapped_without_battery() -> None:
    assert (
        vehicle_findings([installed("2024-02-01", swap_capable=True), scrapped("2026-05-01")]) == []
    )


def test_the_removal_of_an_older_battery_does_not_explain_the_one_that_replaced_it() -> None:
    events = [
        installed("2024-02-01"),
        removed("2025-02-01", replaced_by=OTHER_PACK),
        scrapped("2026-05-01"),
    ]
    (one,) = vehicle_findings(events)
    assert one.batteries == {OTHER_PACK}


def test_a_vehicle_nobody_knew_is_shown_on_the_vehicle_alone() -> None:
    (one,) = vehicle_findings([scrapped("2026-05-01")])
    assert one.batteries == frozenset()
    assert one.finding.evidence == (scrapped("2026-05-01").event_id,)


def test_a_battery_found_elsewhere_later_closes_the_finding_on_it() -> None:
    own = [
        produced(),
        installed("2024-02-01"),
        event("retired", "2026-06-01", {"reason": "accident"}, role="outlet"),
    ]
    assert linked(own, {THE_VIN: [own[1], scrapped("2026-05-01")]}) == []


def test_another_battery_in_the_scrapped_vehicle_is_a_mismatch_on_both() -> None:
    fitted, found = installed("2024-02-01"), scrapped("2026-05-01", subject=OTHER_PACK)
    for own in ([produced(), fitted], [produced(subject=OTHER_PACK), found]):
        (finding,) = linked(own, {THE_VIN: [fitted, found]})
        assert whats([finding]) == [("code_mismatch", "vehicle")]
        assert finding.values["found"] == OTHER_PACK
        assert finding.values["known"] == PACK


def test_a_record_of_the_replacement_explains_the_other_battery() -> None:
    fitted, found = installed("2024-02-01"), scrapped("2026-05-01", subject=OTHER_PACK)
    for explained in (
        [removed("2025-01-01", replaced_by=OTHER_PACK)],
        [removed("2025-01-01"), installed("2025-01-02", OTHER_PACK)],
    ):
        assert vehicle_findings([fitted, found, *explained]) == []


def test_the_first_battery_in_the_scrapped_vehicle_after_its_replacement_is_a_mismatch() -> None:
    events = [
        installed("2024-02-01"),
        removed("2025-01-01", replaced_by=OTHER_PACK),
        scrapped("2026-05-01", subject=PACK),
    ]
    assert [one.finding.code for one in vehicle_findings(events)] == ["code_mismatch"]


def test_a_replaced_battery_may_be_collected_with_the_vin_it_came_from() -> None:
    events = [
        installed("2024-02-01"),
        removed("2025-01-01", replaced_by=OTHER_PACK),
        collected("2025-01-05", vin_ref=VIN),
    ]
    assert vehicle_findings(events) == []


def test_a_battery_collected_from_a_vehicle_that_had_another_is_a_mismatch() -> None:
    events = [installed("2024-02-01"), collected("2026-01-05", subject=OTHER_PACK, vin_ref=VIN)]
    assert [one.finding.code for one in vehicle_findings(events)] == ["code_mismatch"]


def test_a_battery_without_readable_code_is_no_mismatch() -> None:
    events = [installed("2024-02-01"), scrapped("2026-05-01", subject="tmp:K-1")]
    assert vehicle_findings(events) == []


def test_both_packs_of_a_bus_may_be_removed_before_it_is_scrapped() -> None:
    events = [
        installed("2024-02-01"),
        installed("2024-02-01", OTHER_PACK),
        removed("2026-04-30"),
        scrapped("2026-05-01", subject=PACK),
    ]
    assert vehicle_findings(events) == []


# --- modules and products --------------------------------------------------------------------


def test_a_module_in_the_births_of_two_packs_is_shown_on_the_packs_and_on_the_module() -> None:
    first, second = produced(modules=[MODULE]), produced("2024-03-01", OTHER_PACK, modules=[MODULE])
    related = {Key(KeyKind.CHILD, MODULE): [first, second]}
    its_own = event("inspected", "2026-01-01", {"cycles": 3}, subject=MODULE)
    for own in ([first], [second], [its_own]):
        (finding,) = linked(own, related)
        assert finding.code == "child_in_two_parents"
        assert finding.evidence == (first.event_id, second.event_id)


def test_a_module_taken_out_of_one_pack_may_go_into_another() -> None:
    birth = produced(modules=[MODULE])
    into = event(
        "repaired",
        "2025-03-01",
        {"modules_in": [MODULE], "modules_out": [], "reason": "module_fault"},
        subject=OTHER_PACK,
    )
    key = Key(KeyKind.CHILD, MODULE)
    out = event("repaired", "2025-02-01", {"pack": PACK, "reason": "module_fault"}, subject=MODULE)
    apart = event("disassembled", "2025-02-01", {"parent": PACK}, subject=MODULE, role="utilizer")
    stays = event("inspected", "2025-02-01", {"cycles": 3}, subject=MODULE)
    for own in (out, apart):
        assert linked([own], {key: [birth, into]}) == []
    assert whats(linked([stays], {key: [birth, into]})) == [("child_in_two_parents", "")]


def test_one_battery_built_into_two_products_is_shown_on_it() -> None:
    own = [
        event(
            "repurposed",
            day,
            {"product": name, "application": "base_station", "count": 1},
            by=RECYCLER,
            role="utilizer",
        )
        for day, name in (("2026-01-01", "001PE0A1K0000001RP"), ("2026-02-01", "serial:X:2"))
    ]
    assert whats(linked(own, {})) == [("child_in_two_parents", "products")]


# --- batches and lots ------------------------------------------------------------------------


def batch(outputs: list[dict[str, str]], residue: str = "0", process: str = "hydro") -> Event:
    data = {
        "batch": "B1",
        "process": process,
        "outputs": outputs,
        "residue_kg": residue,
        "count": 1,
        "inputs_mass_kg": "1000",
    }
    return event("recycled", "2026-05-01", data, subject="batch:ORECYCLERAAA:B1", by=RECYCLER)


NMC = {PACK: {"chemistry": "nmc", "mass_kg": "1000"}}


def test_a_batch_that_loses_more_than_its_share_does_not_balance() -> None:
    outputs = [{"lot": "L", "material": "plastic", "mass_kg": "960"}]
    assert [f.code for f in batch_findings([batch(outputs)], {}, RULES)] == ["batch_imbalance"]
    assert batch_findings([batch(outputs, residue="20")], {}, RULES) == []


def test_more_metal_than_went_in_and_less_than_the_floor_are_findings_of_the_worst_metal() -> None:
    outputs = [
        {"lot": "L1", "material": "cobalt_sulfate", "mass_kg": "150"},
        {"lot": "L2", "material": "nickel_sulfate", "mass_kg": "200"},
    ]
    found = batch_findings([batch(outputs, residue="650")], NMC, RULES)
    assert [(f.code, f.values["metal"]) for f in found] == [
        ("recovery_over_100", "cobalt"),
        ("recovery_low", "lithium"),
    ]
    assert render(found[0], "zh") == "批次 B1：钴产出为投入含量的 143.0%，可能有未上报的投入。"


def test_an_input_of_unknown_chemistry_leaves_recovery_above_100_open() -> None:
    outputs = [{"lot": "L1", "material": "cobalt_sulfate", "mass_kg": "150"}]
    unknown = {
        PACK: {"chemistry": None, "mass_kg": "500"},
        OTHER_PACK: {"chemistry": "nmc", "mass_kg": "500"},
    }
    found = batch_findings([batch(outputs, residue="850")], unknown, RULES)
    assert "recovery_over_100" not in [f.code for f in found]


def test_metal_in_black_mass_is_not_missing() -> None:
    outputs = [{"lot": "L1", "material": "black_mass", "mass_kg": "500"}]
    assert batch_findings([batch(outputs, residue="500")], NMC, RULES) == []


LOT = f"lot:{RECYCLER}:L1"
MADE = event(
    "recycled",
    "2026-05-01",
    {"batch": "B1", "output": {"lot": "L1", "material": "nickel_sulfate", "mass_kg": "100"}},
    subject=LOT,
    by=RECYCLER,
)


def used(mass: str, subject: str = PACK, by: str = "OMAKERAAAAAA") -> Event:
    lots = [{"lot": "L1", "issuer": RECYCLER, "material": "nickel_sulfate", "mass_kg": mass}]
    return event(
        "produced",
        "2026-06-01",
        {"lots": lots},
        subject=subject,
        by=by,
        event_id=f"produced-{subject}",
    )


def moved(kind: str, mass: str, by: str) -> Event:
    data = {"handover": "H9", "sender": RECYCLER, "receiver": "OMAKERAAAAAA", "mass_kg": mass}
    return event(kind, "2026-05-10", data, subject=LOT, by=by)


def test_a_lot_that_is_given_away_whole_and_used_by_its_receiver_is_not_overdrawn() -> None:
    events = [
        MADE,
        moved("dispatched", "100", RECYCLER),
        moved("received", "100", "OMAKERAAAAAA"),
        used("60"),
        used("40", OTHER_PACK),
    ]
    assert lot_findings(LOT, events, RULES) == []


def test_a_lot_of_which_more_is_used_than_there_was_is_overdrawn() -> None:
    (finding,) = lot_findings(LOT, [MADE, used("60"), used("60", OTHER_PACK)], RULES)
    assert finding == Finding(
        "lot_overdrawn", (MADE.event_id,), {"lot": "L1", "mass_kg": "100", "drawn_kg": "120"}
    )


def test_a_lot_that_is_given_away_and_kept_is_overdrawn() -> None:
    events = [MADE, moved("dispatched", "100", RECYCLER), used("50", by=RECYCLER)]
    assert [f.code for f in lot_findings(LOT, events, RULES)] == ["lot_overdrawn"]
    assert lot_findings(LOT, [*events, moved("declined", "100", "OMAKERAAAAAA")], RULES) == []


def test_a_lot_whose_beginning_is_not_in_the_record_is_not_judged() -> None:
    assert lot_findings(LOT, [used("60")], RULES) == []


# --- counts ----------------------------------------------------------------------------------


def test_a_complete_count_shows_what_it_did_not_find() -> None:
    there = {
        PACK: collected("2026-04-05"),
        OTHER_PACK: collected("2026-04-06"),
        "tmp:K-1": collected("2026-06-06"),
    }
    count = event("counted", "2026-06-01", {"site": "S1", "complete": True, "basis": "self"})
    assert list(count_findings(count, {OTHER_PACK}, there)) == [PACK]
    partial = event("counted", "2026-06-01", {"site": "S1", "complete": False, "basis": "self"})
    assert count_findings(partial, {OTHER_PACK}, there) == {}
