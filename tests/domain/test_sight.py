"""Who may see a life: makers and holders, those it is sent to; nobody by claiming it."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianchi.domain.admit import Reporter
from dianchi.domain.findings import WITHHELD, Finding, render
from dianchi.domain.life import Event, Life, apply, fold, follows
from dianchi.domain.lines import Line, Stream
from dianchi.domain.rules import RULES
from dianchi.domain.sight import eyes_of, own_finding, seers_of_line
from domain.lives import (
    AT_OUTLET,
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
    collected,
    corrected,
    dispatched,
    event,
    installed,
    removed,
    side,
)
from domain.test_permutation import ANY, LAW

SENT = (*AT_OUTLET, dispatched("2026-05-03T10:00"))


def arriving(*events: Event) -> list[Event]:
    """The events as they were recorded one after the other."""
    return [replace(each, recorded_us=place) for place, each in enumerate(events, 1)]


def seers(*events: Event) -> set[str]:
    """Who sees the life of events that arrived in this order."""
    return {seer for seer, _ in fold(arriving(*events), RULES).life.grants}


def test_who_made_it_and_who_holds_or_held_it_sees_it() -> None:
    assert seers(*AT_OUTLET) == {MAKER, CAR_MAKER, OUTLET}


def test_whom_it_is_being_sent_to_sees_it_before_it_arrives() -> None:
    assert UTILIZER in seers(*SENT)


def test_whoever_only_reports_about_it_does_not_see_it() -> None:
    told = event("inspected", "2026-05-02T12:00", UTILIZER, soh_percent="80")

    assert UTILIZER not in seers(*AT_OUTLET, told)


@pytest.mark.parametrize(
    "claim",
    [
        collected("2026-05-02T12:00", RECYCLER),
        side("received", "2026-05-02T12:00", RECYCLER),
        dispatched("2026-05-02T12:00", receiver=TOWER, who=RECYCLER),
        event("assessed", "2026-05-02T12:00", RECYCLER, residual_capacity_ah="1"),
        event("entered", "2026-05-02T12:00", RECYCLER, province="51"),
        event("recycled", "2026-05-02T12:00", RECYCLER, batch="B", mass_kg="1", process="pyro"),
        event("disassembled", "2026-05-02T12:00", RECYCLER, parent=OTHER),
        event("installed", "2026-05-02T12:00", RECYCLER, host=STATION),
        event("produced", "2020-01-01T12:00", RECYCLER, data={**RATINGS, "model": "X"}),
        event("declared", "2020-01-01T12:00", RECYCLER, stage="collected", basis="opening_stock"),
        collected("2020-01-01T12:00", RECYCLER),
    ],
    ids=lambda each: f"{each.type}-{each.occurred_us}",
)
def test_nobody_sees_a_life_by_claiming_what_another_keeps(claim: Event) -> None:
    seen = seers(*AT_OUTLET, claim)

    assert seen.isdisjoint({RECYCLER, TOWER})
    assert seen == {MAKER, CAR_MAKER, OUTLET}


def test_nobody_sees_a_life_by_a_report_that_the_record_speaks_against() -> None:
    """Neither a loose battery of another firm, nor one in a car whose number is not known."""
    loose = (*IN_USE, removed("2026-05-01T08:00"))
    foreign = {"kind": "vehicle", "vin_ref": "v2"}

    assert RECYCLER not in seers(*loose, dispatched("2026-05-02T08:00", TOWER, RECYCLER))
    assert TOWER not in seers(*loose, dispatched("2026-05-02T08:00", TOWER, RECYCLER))
    assert TOWER not in seers(*IN_USE, removed("2026-05-01T08:00", foreign, TOWER))


def test_another_birth_that_simply_follows_lets_nobody_see() -> None:
    life = Life()
    for each in arriving(born(), born("2022-06-02T08:00", RECYCLER, model="X")):
        apply(life, each, RULES)

    assert {seer for seer, _ in life.grants} == {MAKER}


def test_a_birth_reported_late_lets_the_maker_see_what_happened_before() -> None:
    taken = collected("2026-05-02T10:00")

    assert seers(taken, born()) == {MAKER, OUTLET}


def test_of_two_births_the_one_recorded_first_counts_whatever_day_it_names() -> None:
    forged = born("2021-01-02T08:00", RECYCLER, model="X")

    assert seers(born(), forged) == {MAKER}
    assert seers(born(), installed("2021-07-01T08:00"), forged) == {MAKER, CAR_MAKER}


def test_a_receiver_sees_it_and_so_does_the_sender_whose_report_came_late() -> None:
    taken, sent = collected("2026-05-02T10:00"), dispatched("2026-05-03T10:00")
    arrived = side("received", "2026-05-04T10:00")

    assert seers(*IN_USE, removed("2026-05-01T08:00"), arrived, taken, sent) >= {OUTLET, UTILIZER}


def test_another_than_the_named_receiver_does_not_see_it() -> None:
    assert RECYCLER not in seers(*SENT, side("received", "2026-05-04T10:00", RECYCLER))


def test_what_a_correction_withdraws_gives_no_sight() -> None:
    mistaken = collected("2026-05-02T10:00", RECYCLER)
    lived = (*IN_USE, removed("2026-05-01T08:00"), mistaken)

    assert RECYCLER in seers(*lived)
    assert RECYCLER not in seers(*lived, corrected(mistaken))


def test_a_declared_set_at_a_station_is_seen_by_its_operator_even_if_the_maker_told_more() -> None:
    declared = event(
        "declared", "2024-01-01", TOWER, stage="in_use", basis="opening_stock", host=STATION
    )

    assert seers(born(), declared) == {MAKER, TOWER}


@LAW
@given(ANY, st.randoms(use_true_random=False))
def test_sight_while_reports_arrive_is_the_sight_of_them_all(
    events: list[Event], random: Random
) -> None:
    if random.random() < 0.5:
        random.shuffle(events)
    known = arriving(*events)
    life, seen = Life(), set[str]()
    for arrived, each in enumerate(known, 1):
        if follows(life, each):
            apply(life, each, RULES)
            seen |= {seer for seer, _ in life.grants}
        else:
            life = fold(known[:arrived], RULES).life
            seen = {seer for seer, _ in life.grants}
        assert seen == {seer for seer, _ in fold(known[:arrived], RULES).life.grants}


def test_the_province_sees_everything_an_area_and_a_firm_what_concerns_them() -> None:
    province = eyes_of(Reporter("OREG", "regulator"))
    area = eyes_of(Reporter("OREG", "regulator", "530100"))
    firm = eyes_of(Reporter(OUTLET, "outlet", "530100"))

    assert province.see(())
    assert area.see([OUTLET, "530100"])
    assert not area.see([OUTLET, "530300"])
    assert firm.see([OUTLET])
    assert not firm.see([MAKER, "530100"])


def test_a_lot_is_seen_by_its_issuer_and_by_whom_the_issuer_sends_it_to() -> None:
    line = Line(Stream.LOT, f"lot:{RECYCLER}:L1", {"handover": "H", "receiver": MAKER})

    assert seers_of_line(line, RECYCLER, ()) == {RECYCLER, MAKER}
    assert seers_of_line(line, OUTLET, ()) == {RECYCLER}


def test_of_a_finding_a_stranger_learns_what_its_own_report_shows() -> None:
    found = Finding("not_holder", ("e1", "e2"), {"holder": OUTLET, "reporter": RECYCLER})

    told = own_finding(found, ("e2",))

    assert told == Finding("not_holder", ("e2",), {WITHHELD: True})
    assert OUTLET not in render(told, "en")
    assert own_finding(found, ("e3",)) is None
