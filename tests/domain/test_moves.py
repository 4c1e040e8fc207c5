"""What each type of event does to a life: its stage after, who holds it, and what does not fit."""

import pytest

from dianchi.domain.life import Event
from dianchi.domain.standing import Hosted
from domain.lives import (
    AT_OUTLET,
    CAR,
    CAR_MAKER,
    IN_USE,
    MAKER,
    OTHER,
    OUTLET,
    RATINGS,
    RECYCLER,
    STATION,
    TOWER,
    UTILIZER,
    born,
    codes,
    collected,
    dispatched,
    event,
    installed,
    life_of,
    removed,
    side,
    sold,
)
from domain.moves import AT_UTILIZER, EVENING, NOON, SENT, assessed, declared, evidence, product

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


# --- hand-overs ---


# --- danger ---


# --- measures ---


def test_nothing_happens_before_the_day_in_the_code() -> None:
    life = life_of(born("2021-05-31T23:59"))
    assert codes(life) == ["before_made"]
    assert codes(life_of(born("2021-06-01"))) == []


# --- lost, found and ended ---
