"""Who has a battery: sent, received, declined, returned, and what does not fit."""

import pytest

from dianchi.domain.life import Event
from dianchi.domain.standing import FINAL, Ended, Moving
from domain.lives import (
    AT_OUTLET,
    CAR_MAKER,
    IN_USE,
    OTHER,
    OUTLET,
    RECYCLER,
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
)
from domain.moves import AT_UTILIZER, NOON, SENT, assessed, evidence, product


def test_the_prefecture_of_the_sale_is_kept() -> None:
    assert life_of(*IN_USE).sold_in == "530100"


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
