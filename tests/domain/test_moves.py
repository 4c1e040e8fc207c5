"""What each type of event does to a life: its stage after, who holds it, and what does not fit."""

from typing import Any

import pytest

from dianchi.domain.life import Event, Life
from dianchi.domain.standing import FINAL, Ended, Hosted, Moving
from domain.lives import (
    AT_OUTLET,
    CAR,
    CAR_MAKER,
    IN_USE,
    MAKER,
    OTHER,
    OUTLET,
    PACK,
    RATINGS,
    RECYCLER,
    STATION,
    TOWER,
    UTILIZER,
    born,
    codes,
    collected,
    corrected,
    dispatched,
    event,
    installed,
    life_of,
    removed,
    side,
    sold,
)

NOON = "2026-06-01T12:00"
EVENING = "2026-06-01T20:00"
SENT = (*AT_OUTLET, dispatched("2026-05-03T10:00"))
AT_UTILIZER = (*SENT, side("received", "2026-05-04T10:00"))
DECLARED = {"basis": "opening_stock"}
PRODUCT = {
    "application": "base_station",
    "rated_capacity_ah": "100",
    "rated_energy_kwh": "40",
    "mass_kg": "400",
}


def assessed(at: str = "2026-05-05T10:00", **more: str) -> Event:
    told = {"residual_capacity_ah": "120", "method": "pulse", "decision": "reuse", **more}
    return event("assessed", at, UTILIZER, data=told)


def product(at: str = "2026-05-06T10:00", **more: str) -> Event:
    return event("repurposed", at, UTILIZER, data={**PRODUCT, **more}, subject=PACK)


def declared(stage: str, at: str = "2026-05-01T10:00", who: str = OUTLET, **more: Any) -> Event:
    return event("declared", at, who, data={**DECLARED, "stage": stage, **more})


def evidence(life: Life, code: str) -> list[tuple[str, ...]]:
    return [finding.evidence for finding in life.findings if finding.code == code]


# --- the stage after ---


@pytest.mark.parametrize(
    ("before", "told", "stage"),
    [
        ((), born(), "made"),
        ((), event("imported", NOON, MAKER, data=RATINGS), "made"),
        ((born(),), installed(NOON), "installed"),
        ((born(),), installed(NOON, {"kind": "swap_pool", "id": "S"}), "in_use"),
        ((born(),), installed(NOON, STATION), "in_use"),
        ((*IN_USE, removed("2026-05-01T08:00")), installed(NOON, STATION), "second_life"),
        ((*IN_USE, removed("2026-05-01T08:00")), installed(NOON), "installed"),
        ((product(),), installed(NOON, STATION, TOWER), "second_life"),
        (IN_USE[:2], sold(NOON), "in_use"),
        ((product(),), event("sold", NOON, UTILIZER, prefecture="530100"), "product"),
        (IN_USE, removed(NOON), "removed"),
        (IN_USE, event("vehicle_scrapped", NOON, OUTLET, vin_ref="v1"), "removed"),
        (IN_USE, event("retired", NOON, CAR_MAKER, reason="x"), "retired"),
        ((*IN_USE, removed("2026-05-01T08:00")), collected(NOON), "collected"),
        (AT_OUTLET, dispatched(NOON), "in_transit"),
        (SENT, side("received", NOON), "at_utilizer"),
        (
            (*AT_OUTLET, dispatched(NOON, RECYCLER)),
            side("received", EVENING, RECYCLER),
            "at_utilizer",
        ),
        ((*AT_OUTLET, dispatched(NOON, TOWER)), side("received", EVENING, TOWER), "collected"),
        (SENT, side("declined", NOON, reason="x"), "collected"),
        (AT_UTILIZER, side("returned", NOON, reason="x"), "collected"),
        (AT_UTILIZER, assessed(NOON), "assessed"),
        (AT_UTILIZER, event("disassembled", NOON, UTILIZER, other_mass_kg="1"), "disassembled"),
        ((), event("disassembled", NOON, UTILIZER, parent=OTHER), "at_utilizer"),
        ((), product(NOON), "product"),
        ((*AT_UTILIZER, assessed()), product(NOON, product=OTHER), "consumed"),
        (AT_UTILIZER, event("recycled", NOON, UTILIZER, batch="B", mass_kg="400"), "recycled"),
        (IN_USE, event("lost", NOON, CAR_MAKER), "lost"),
        (IN_USE, event("exported", NOON, CAR_MAKER, destination="Laos"), "exported"),
        (IN_USE, event("left_province", NOON, CAR_MAKER, province="51"), "out_of_province"),
        (IN_USE, event("entered", NOON, OUTLET, province="51"), "collected"),
        ((born(),), event("voided", NOON, MAKER, reason="x"), "voided"),
    ],
)
def test_the_stage_after(before: tuple[Event, ...], told: Event, stage: str) -> None:
    life = life_of(*before, told)
    assert life.stage == stage
    assert not {"broken_chain", "handover_mismatch", "duplicate_code"}.intersection(codes(life))


@pytest.mark.parametrize(
    "told",
    [
        event("owner_changed", NOON, CAR_MAKER, to=TOWER, basis="sale"),
        event("inspected", NOON, CAR_MAKER, voltage_v="400"),
        event("repaired", NOON, CAR_MAKER, modules_out=[], modules_in=[], reason="x"),
        event("relabelled", NOON, OUTLET, revision=2, reason="x"),
        event("incident", NOON, OUTLET, data={"kind": "smoke"}),
        event("counted", NOON, OUTLET, site="S1"),
        event("identified", NOON, OUTLET, name="tmp:KM01-7"),
    ],
)
def test_some_reports_leave_the_stage_as_it_is(told: Event) -> None:
    assert life_of(*IN_USE, told).standing == Hosted("in_use", "vehicle", "v1")
    life = life_of(told)
    assert life.stage == "unknown"
    assert "unknown_battery" in codes(life)


def test_a_module_that_came_out_of_a_pack_is_removed_and_of_known_origin() -> None:
    life = life_of(event("repaired", NOON, CAR_MAKER, pack=OTHER, reason="x"))
    assert (life.stage, life.holder, codes(life)) == ("removed", CAR_MAKER, [])


# --- beginnings ---


def test_a_life_that_begins_in_the_middle_is_of_unknown_origin_not_broken() -> None:
    for told in (installed(NOON), collected(NOON), side("received", NOON), product(product=OTHER)):
        assert codes(life_of(told)) == ["unknown_origin"]


def test_a_battery_that_was_placed_since_is_only_of_unknown_origin() -> None:
    told = event("inspected", NOON, CAR_MAKER, voltage_v="400")
    life = life_of(told, collected("2026-06-02T08:00"))
    [found] = life.findings
    assert (found.code, found.evidence) == ("unknown_origin", (told.event_id,))
    assert found.values == {"type": "inspected"}
    assert "unknown_origin" not in codes(life_of(told, collected("2026-06-02T08:00"), born()))


def test_a_birth_explains_where_a_life_came_from() -> None:
    told = event("inspected", "2021-06-02T07:00", CAR_MAKER, voltage_v="400")
    assert codes(life_of(told)) == ["unknown_battery"]
    life = life_of(told, *IN_USE)
    assert (life.stage, codes(life)) == ("in_use", [])


@pytest.mark.parametrize(
    "stage",
    ["made", "installed", "in_use", "removed", "retired", "collected", "product", "second_life"],
)
def test_a_life_may_be_declared_in_any_stage_and_born_later(stage: str) -> None:
    told = declared(stage)
    assert (life_of(told).stage, codes(life_of(told))) == (stage, [])
    for birth in (born(), born("2026-06-02T08:00")):
        life = life_of(told, birth)
        assert (life.stage, codes(life)) == (stage, [])
        assert life.facts == RATINGS


def test_a_declaration_fills_gaps_and_a_birth_replaces_it() -> None:
    told = declared("in_use", model="guess", mass_kg="500", host=CAR, owner=TOWER)
    life = life_of(told)
    assert (life.facts["model"], life.mass, life.owner) == ("guess", "500", TOWER)
    assert life.standing == Hosted("in_use", "vehicle", "v1")
    assert life_of(told, born()).facts == RATINGS


def test_a_declaration_against_what_is_known_is_a_broken_chain() -> None:
    assert codes(life_of(*IN_USE, declared("collected"))) == ["broken_chain"]


def test_the_same_birth_twice_is_a_duplicate_report_whatever_the_order_of_its_members() -> None:
    first, again = born(), born("2021-06-02T09:00")
    again.data = dict(reversed([*again.data.items()]))
    assert evidence(life_of(again, first), "duplicate_report") == [
        (first.event_id, again.event_id),
    ]


@pytest.mark.parametrize("other", [born(NOON, mass_kg="411"), born(NOON, UTILIZER)])
def test_a_second_birth_with_other_facts_is_a_duplicate_code(other: Event) -> None:
    life = life_of(other, *IN_USE)
    assert codes(life) == ["duplicate_code"]
    assert (life.maker, life.mass, life.stage) == (MAKER, "410.5", "in_use")
    ended = event("recycled", "2026-05-05T10:00", UTILIZER, batch="B", mass_kg="400")
    assert codes(life_of(*AT_UTILIZER, ended, other)) == ["duplicate_code"]


# --- use ---


def test_a_second_birth_by_the_same_maker_is_not_said_to_be_elsewhere() -> None:
    life = life_of(born(), born(model="M-61"))
    (found,) = life.findings
    assert found.values == {"what": "other_facts"}


def test_a_battery_in_two_hosts_is_a_duplicate_code() -> None:
    life = life_of(*IN_USE, installed(NOON, STATION, TOWER))
    assert codes(life) == ["duplicate_code"]
    assert life.standing == Hosted("in_use", "base_station", "KM-0001") or life.holder == TOWER


def test_installing_again_where_it_is_changes_nothing() -> None:
    life = life_of(*IN_USE, installed(NOON))
    assert (life.stage, codes(life)) == ("in_use", [])


def test_another_car_than_the_known_one_is_a_code_mismatch() -> None:
    other = {"kind": "vehicle", "vin_ref": "v2"}
    assert codes(life_of(*IN_USE, removed(NOON, other))) == ["code_mismatch"]
    assert codes(life_of(*IN_USE[:2], sold(NOON, "v2"))) == ["code_mismatch"]
    scrapped = event("vehicle_scrapped", NOON, OUTLET, vin_ref="v2")
    assert codes(life_of(*IN_USE, scrapped)) == ["code_mismatch"]


def test_a_new_pack_that_was_delivered_may_be_installed() -> None:
    delivered = [
        born(),
        dispatched("2021-06-03T08:00", CAR_MAKER, MAKER),
        side("received", "2021-06-04T08:00", CAR_MAKER, MAKER),
    ]
    life = life_of(*delivered, installed("2021-07-01T08:00"))
    assert (life.stage, codes(life)) == ("installed", [])
    delivered = [
        product(),
        dispatched("2026-05-07T08:00", TOWER, UTILIZER),
        side("received", "2026-05-08T08:00", TOWER, UTILIZER),
    ]
    life = life_of(*delivered, installed(NOON, STATION, TOWER))
    assert (life.stage, codes(life)) == ("second_life", [])


def test_a_waste_battery_from_an_outlet_may_not_just_be_installed() -> None:
    assert codes(life_of(*AT_OUTLET, installed(NOON))) == ["broken_chain"]


def test_a_prohibited_use_is_recorded_and_found() -> None:
    bike = {"kind": "e_bike", "id": "E1"}
    life = life_of(product(), installed(NOON, bike))
    assert (life.stage, codes(life)) == ("second_life", ["prohibited_use"])
    assert codes(life_of(born(), installed(NOON, bike))) == []


def test_the_prefecture_of_the_sale_is_kept() -> None:
    assert life_of(*IN_USE).sold_in == "530100"


# --- hand-overs ---


def test_what_was_declined_or_returned_is_back_with_its_sender() -> None:
    for told in (
        [*SENT, side("declined", NOON, reason="x")],
        [*AT_UTILIZER, side("returned", NOON, reason="x")],
    ):
        life = life_of(*told)
        assert (life.stage, life.holder, codes(life)) == ("collected", OUTLET, [])


def test_it_goes_back_to_the_stage_it_was_sent_from() -> None:
    sent = [*IN_USE, removed("2026-05-01T08:00"), dispatched("2026-05-02T08:00", who=CAR_MAKER)]
    life = life_of(*sent, side("declined", NOON, UTILIZER, CAR_MAKER, reason="x"))
    assert (life.stage, life.holder) == ("removed", CAR_MAKER)


def test_in_transit_it_knows_from_whom_to_whom_and_since_when() -> None:
    here = life_of(*SENT).standing
    assert isinstance(here, Moving)
    assert (here.sender, here.receiver, here.handover) == (OUTLET, UTILIZER, "H1")
    assert here.since_us == SENT[-1].occurred_us


def test_a_receipt_without_a_dispatch_still_moves_it() -> None:
    life = life_of(*AT_OUTLET, side("received", NOON))
    assert (life.stage, life.holder) == ("at_utilizer", UTILIZER)
    assert codes(life) == ["broken_chain"] or "handover_mismatch" in codes(life)


def test_another_receiver_than_the_named_one_is_a_mismatch() -> None:
    assert codes(life_of(*SENT, side("received", NOON, RECYCLER))) == ["handover_mismatch"]
    unregistered = [*AT_OUTLET, dispatched("2026-05-03T10:00", "某某公司")]
    assert codes(life_of(*unregistered, side("received", NOON))) == []


def test_a_second_receiver_is_told_that_another_took_it_not_that_nobody_sent_it() -> None:
    life = life_of(*AT_UTILIZER, side("received", NOON, RECYCLER))
    (found,) = (f for f in life.findings if f.code == "handover_mismatch")
    assert found.values["what"] == "taken_already"


def test_a_receipt_told_twice_is_a_duplicate_report() -> None:
    assert codes(life_of(*AT_UTILIZER, side("received", NOON))) == ["duplicate_report"]


@pytest.mark.parametrize(
    ("sent", "taken", "basis", "severity"),
    [
        ("400", "403", "weighed", None),
        ("400", "420", "weighed", ""),
        ("400", "380", "weighed", ""),
        ("400", "480", "estimated", None),
        ("400", "481", "estimated", "low"),
    ],
)
def test_masses_of_the_two_sides_agree_within_the_tolerance(
    sent: str, taken: str, basis: str, severity: str | None
) -> None:
    told = [*AT_OUTLET, dispatched("2026-05-03T10:00", mass_kg=sent)]
    life = life_of(*told, side("received", NOON, mass_kg=taken, mass_basis=basis))
    found = [f.severity for f in life.findings if f.code == "handover_mismatch"]
    assert found == ([] if severity is None else [severity])


def test_sending_what_another_holds_is_found() -> None:
    assert codes(life_of(*AT_OUTLET, dispatched(NOON, who=TOWER))) == ["not_holder"]


def test_a_pack_that_a_second_outlet_takes_in_is_a_duplicate_code() -> None:
    life = life_of(*AT_OUTLET, collected(NOON, who=TOWER))
    assert codes(life) == ["duplicate_code"]
    assert (life.findings[0].values["first"], life.findings[0].values["second"]) == (OUTLET, TOWER)


def test_a_sender_that_was_not_registered_is_the_same_sender_afterwards() -> None:
    sent = dispatched("2026-05-03T10:00")
    from_name = side("received", "2026-05-04T10:00", sender={"external": True, "name": "x"})
    assert "handover_mismatch" in codes(life_of(*AT_OUTLET, sent, from_name))


# --- danger ---


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


# --- measures ---


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


def test_nothing_happens_before_the_day_in_the_code() -> None:
    life = life_of(born("2021-05-31T23:59"))
    assert codes(life) == ["before_made"]
    assert codes(life_of(born("2021-06-01"))) == []


# --- lost, found and ended ---


def test_what_was_lost_may_be_found_and_the_finding_closes() -> None:
    lost = event("lost", "2026-05-01T08:00", CAR_MAKER)
    assert codes(life_of(*IN_USE, lost)) == ["disappeared"]
    for told in (collected(NOON), removed(NOON), installed(NOON)):
        life = life_of(*IN_USE, lost, told)
        assert "disappeared" not in codes(life)
        assert "broken_chain" not in codes(life)


def test_an_illegal_move_is_found_and_still_made() -> None:
    first = born()
    told = collected(NOON)
    life = life_of(first, told)
    assert life.stage == "collected"
    assert evidence(life, "broken_chain") == [(first.event_id, told.event_id)]


@pytest.mark.parametrize(
    "end",
    [
        event("recycled", NOON, UTILIZER, batch="B", mass_kg="400"),
        event("disassembled", NOON, UTILIZER, other_mass_kg="1"),
        product(NOON, product=OTHER),
    ],
)
def test_after_the_end_nothing_changes_any_more(end: Event) -> None:
    before = life_of(*AT_UTILIZER, assessed(), end)
    assert before.stage in FINAL
    assert isinstance(before.standing, Ended)
    after = life_of(*AT_UTILIZER, assessed(), end, collected("2026-07-01T08:00", mass_kg="900"))
    assert codes(after) == [*codes(before), "activity_after_end"]
    assert (after.standing, after.holder, after.mass) == (
        before.standing,
        before.holder,
        before.mass,
    )
