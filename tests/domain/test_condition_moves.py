"""What condition a battery is in: quarantined, worn, weighed, and what cannot be true."""

import pytest

from domain.lives import (
    AT_OUTLET,
    CAR_MAKER,
    IN_USE,
    OUTLET,
    UTILIZER,
    born,
    codes,
    collected,
    corrected,
    event,
    life_of,
    removed,
)
from domain.moves import AT_UTILIZER, NOON, assessed, evidence


def test_an_incident_is_a_quarantine_until_that_incident_is_released() -> None:
    smoke = event("incident", "2026-06-01T08:00", OUTLET, data={"kind": "smoke"})
    life = life_of(*AT_OUTLET, smoke)
    assert (life.quarantined, life.stage, codes(life)) == (True, "collected", ["safety_incident"])
    told = {"treatment": "x", "safety_class": "B"}
    other = event("released", NOON, UTILIZER, data={**told, "incident": born().event_id})
    assert life_of(*AT_OUTLET, smoke, other).quarantined
    right = event("released", NOON, UTILIZER, data={**told, "incident": smoke.event_id})
    life = life_of(*AT_OUTLET, smoke, right)
    assert (life.quarantined, codes(life)) == (False, [])
    assert not life_of(*AT_OUTLET, smoke, corrected(smoke)).quarantined


def test_class_c_is_a_quarantine_until_a_better_class_is_told() -> None:
    dangerous = [*IN_USE, removed("2026-05-01T08:00"), collected(NOON, safety_class="C")]
    assert life_of(*dangerous).quarantined
    later = event("inspected", "2026-06-02T08:00", OUTLET, safety_class="unassessed")
    assert life_of(*dangerous, later).quarantined
    later = event("inspected", "2026-06-02T08:00", OUTLET, safety_class="B")
    assert not life_of(*dangerous, later).quarantined


def test_class_a_does_not_go_with_a_leak_or_bad_insulation() -> None:
    leaking = collected(NOON, safety_class="A", condition={"leak": True})
    removed_first = [*IN_USE, removed("2026-05-01T08:00")]
    assert codes(life_of(*removed_first, leaking)) == ["class_a_contradicted"]
    told = {"safety_class": "A", "insulation_ohm_per_v": "99"}
    assert codes(life_of(*IN_USE, event("inspected", NOON, OUTLET, data=told))) == [
        "class_a_contradicted"
    ]


def test_health_only_falls_unless_modules_were_exchanged() -> None:
    first = event("inspected", "2024-06-01T08:00", CAR_MAKER, soh_percent="80")
    second = event("inspected", NOON, CAR_MAKER, soh_percent="83.1")
    repair = event("repaired", "2025-06-01T08:00", CAR_MAKER, modules_in=[], modules_out=[])
    assert evidence(life_of(*IN_USE, first, second), "soh_rise") == [
        (first.event_id, second.event_id)
    ]
    assert codes(life_of(*IN_USE, first, repair, second)) == []


def test_what_is_left_cannot_exceed_what_was_rated() -> None:
    assert codes(life_of(*AT_UTILIZER, assessed(residual_capacity_ah="157.5"))) == []
    assert codes(life_of(*AT_UTILIZER, assessed(residual_capacity_ah="158"))) == [
        "residual_above_rated"
    ]


def test_mass_does_not_grow() -> None:
    told = [*IN_USE, removed("2026-05-01T08:00")]
    assert codes(life_of(*told, collected(NOON, mass_kg="420"))) == []
    life = life_of(*told, collected(NOON, mass_kg="450"))
    assert evidence(life, "mass_gain") == [(IN_USE[0].event_id, life.last_event)]
    assert codes(life_of(*told, collected(NOON, mass_kg="450", mass_basis="estimated"))) == []


def test_parts_do_not_weigh_more_than_the_pack() -> None:
    told = {"count": 1, "children_mass_kg": "400", "other_mass_kg": "30"}
    life = life_of(*AT_UTILIZER, event("disassembled", NOON, UTILIZER, data=told))
    assert codes(life) == ["mass_gain"]


@pytest.mark.parametrize(
    ("ratings", "found"),
    [
        ({}, []),
        ({"chemistry": "nmc", "mass_kg": "350"}, ["chemistry_mismatch"]),
        ({"mass_kg": "4105"}, ["implausible_rating"]),
        ({"nominal_voltage_v": "1"}, ["implausible_rating"]),
        ({"rated_capacity_ah": "300"}, ["implausible_rating"]),
    ],
)
def test_ratings_that_cannot_be_true(ratings: dict[str, str], found: list[str]) -> None:
    assert codes(life_of(born(**ratings))) == found
