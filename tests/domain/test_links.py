"""What does not fit between lives."""

import random
from collections.abc import Sequence
from typing import Any

from dianchi.domain.findings import Finding, render
from dianchi.domain.life import Event
from dianchi.domain.lines import Key, KeyKind
from dianchi.domain.links import link_findings, needs
from dianchi.domain.rules import RULES
from domain.givens import (
    MODULE,
    OTHER_PACK,
    OUTLET,
    PACK,
    RECYCLER,
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


def test_a_receipt_dated_before_the_dispatch_is_a_receipt() -> None:
    sent, mine = dispatched("2026-04-10", 2), received("2026-04-09")
    other = received("2026-04-11", 1, subject=OTHER_PACK)
    own = [collected("2026-04-05"), mine, sent]
    assert linked(own, {HANDOVER: [sent, mine, other]}) == []


def test_a_battery_that_was_heard_of_elsewhere_is_not_missing_in_the_receipt() -> None:
    sent, other = dispatched("2026-04-10", 2), received("2026-04-11", 1, subject=OTHER_PACK)
    own = [collected("2026-04-05"), sent, event("lost", "2026-04-20", {"since": "2026-04-12"})]
    assert linked(own, {HANDOVER: [sent, other]}) == []


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
