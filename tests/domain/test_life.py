"""The fold: its order, its corrections, its joined names, and the row that keeps its state."""

import msgspec
from hypothesis import given, settings

from dianchi.domain.life import Event, Life, apply, fold, follows
from dianchi.domain.rules import RULES
from domain.lives import (
    AT_OUTLET,
    CAR_MAKER,
    IN_USE,
    OTHER,
    OUTLET,
    PACK,
    STATION,
    TEMPORARY,
    TOWER,
    UTILIZER,
    any_life,
    born,
    codes,
    collected,
    corrected,
    dispatched,
    event,
    identified,
    installed,
    life_of,
    removed,
    side,
    sold,
)

SEALED = "5f" * 32


def history(*events: Event) -> list[str]:
    return [told.type for told in fold(events, RULES).order]


# --- the order of history ---


def test_history_goes_by_business_time_not_by_arrival() -> None:
    first, second, third = IN_USE
    assert history(third, first, second) == ["produced", "installed", "sold"]
    assert codes(life_of(third, first, second)) == []


def test_at_the_same_moment_the_catalogue_says_what_comes_first() -> None:
    moment = "2026-05-01T08:00"
    assert history(collected(moment), removed(moment), *IN_USE)[-2:] == ["removed", "collected"]


def test_a_day_is_put_in_the_order_that_makes_sense() -> None:
    day = "2026-05-03"
    told = [*IN_USE, collected("2026-05-03T09:00"), removed(day)]
    assert history(*told)[-2:] == ["removed", "collected"]
    told = [*AT_OUTLET, side("received", day), dispatched("2026-05-03T10:00")]
    assert history(*told)[-2:] == ["dispatched", "received"]
    assert codes(life_of(*told)) == []


def test_a_move_from_one_car_to_another_on_one_day_is_no_duplicate() -> None:
    other = {"kind": "vehicle", "vin_ref": "v2"}
    told = [*IN_USE, installed("2026-05-03", other), removed("2026-05-03")]
    assert history(*told)[-2:] == ["removed", "installed"]
    assert codes(life_of(*told)) == []


def test_a_day_of_nonsense_is_taken_as_it_stands() -> None:
    day = "2026-05-03"
    told = [born("2021-06-02T08:00"), removed(day), event("recycled", day, batch="B", mass_kg="1")]
    assert history(*told)[1:] == ["removed", "recycled"]


def test_clocks_of_two_sides_may_differ_by_less_than_a_quarter_of_an_hour() -> None:
    close = [*AT_OUTLET, side("received", "2026-05-03T09:46"), dispatched("2026-05-03T10:00")]
    assert history(*close)[-2:] == ["dispatched", "received"]
    assert codes(life_of(*close)) == []
    apart = [*AT_OUTLET, side("received", "2026-05-03T09:45"), dispatched("2026-05-03T10:00")]
    assert history(*apart)[-2:] == ["received", "dispatched"]
    assert "handover_mismatch" in codes(life_of(*apart))


def test_sides_of_different_hand_overs_are_not_moved() -> None:
    told = [*AT_OUTLET, side("received", "2026-05-03T09:50", handover="H2")]
    told += [dispatched("2026-05-03T10:00")]
    assert history(*told)[-2:] == ["received", "dispatched"]


# --- what simply follows ---


def test_a_later_event_follows_and_an_earlier_or_equal_one_does_not() -> None:
    life = life_of(*IN_USE)
    assert follows(life, removed("2026-05-01T08:00"))
    assert not follows(life, removed("2021-08-01T08:00"))
    assert not follows(life, removed("2021-07-30T08:00"))


def test_a_day_follows_only_when_nothing_was_told_of_it_yet() -> None:
    life = life_of(*AT_OUTLET)
    assert follows(life, removed("2026-05-03"))
    assert not follows(life, removed("2026-05-02"))
    on_that_day = life_of(*AT_OUTLET, removed("2026-05-03"))
    assert not follows(on_that_day, removed("2026-05-03T23:59"))
    assert follows(on_that_day, removed("2026-05-04T00:01"))


def test_the_second_side_of_a_hand_over_follows_only_after_a_quarter_of_an_hour() -> None:
    life = life_of(*AT_OUTLET, dispatched("2026-05-03T10:00"))
    assert not follows(life, side("received", "2026-05-03T10:14"))
    assert follows(life, side("received", "2026-05-03T10:15"))


def test_a_swapped_pair_is_remembered_by_its_later_side() -> None:
    swapped = [*AT_OUTLET, side("received", "2026-05-03T09:50"), dispatched("2026-05-03T10:00")]
    life = life_of(*swapped)
    assert not follows(life, event("inspected", "2026-05-03T09:55", OUTLET, soh_percent="80"))
    assert not follows(life, side("returned", "2026-05-03T10:05"))


def test_corrections_joined_names_and_what_was_withdrawn_never_follow() -> None:
    last = collected("2026-06-01T08:00")
    life = life_of(*IN_USE, corrected(last))
    assert not follows(life, corrected(last, "2026-11-01T08:00"))
    assert not follows(life, last)
    assert not any(follows(life, line) for line in identified(PACK, "2026-11-01T08:00"))


# --- corrections ---


def test_a_life_is_as_if_a_corrected_event_had_not_been() -> None:
    wrong = collected("2026-06-01T08:00")
    folded = fold([*IN_USE, wrong, corrected(wrong)], RULES)
    expected = life_of(*IN_USE)
    expected.withdrawn = (wrong.event_id,)
    assert folded.life == expected
    assert list(folded.corrected) == [(wrong.event_id, PACK)]
    assert [told.type for told in folded.order][-2:] == ["collected", "corrected"]


def test_a_correction_does_not_count_as_the_first_report_of_a_life() -> None:
    wrong = born()
    life = life_of(wrong, corrected(wrong, "2021-06-03T08:00"), installed("2021-07-01T08:00"))
    assert codes(life) == ["unknown_origin"]
    assert life.count == 1


def test_a_correction_of_one_line_leaves_the_other_lines() -> None:
    sent = dispatched("2026-05-03T10:00")
    elsewhere = corrected(sent, battery=OTHER)
    assert life_of(*AT_OUTLET, sent, elsewhere).stage == "in_transit"
    assert life_of(*AT_OUTLET, sent, corrected(sent, battery=PACK)).stage == "collected"
    assert life_of(*AT_OUTLET, sent, corrected(sent)).stage == "collected"


def test_of_two_corrections_the_first_counts_and_neither_can_be_withdrawn() -> None:
    wrong = collected("2026-06-01T08:00")
    first, second = corrected(wrong), corrected(wrong, "2026-10-02T08:00")
    folded = fold([*IN_USE, wrong, second, first, corrected(first, "2026-10-03T08:00")], RULES)
    assert folded.corrected == {(wrong.event_id, PACK): first.event_id}


def test_both_lines_of_a_wrong_identification_go_together() -> None:
    first, second = identified(PACK)
    for told in ([first, second], [second]):
        life = life_of(*IN_USE, *told, corrected(first, battery=TEMPORARY))
        assert life.names == ()


# --- joined names ---


def test_a_joined_life_is_one_history_and_tells_the_identification_once() -> None:
    taken = event(
        "collected",
        "2026-05-02T08:00",
        OUTLET,
        subject=TEMPORARY,
        data={"source": "person", "safety_class": "B", "label_legible": False},
    )
    folded = fold([*IN_USE, removed("2026-05-01T08:00"), taken, *identified(PACK)], RULES)
    assert (folded.life.stage, codes(folded.life)) == ("collected", [])
    assert folded.life.names == (TEMPORARY, PACK)
    assert [told.type for told in folded.order].count("identified") == 1


def test_each_name_alone_still_knows_that_it_was_joined() -> None:
    _, mirrored = identified(PACK)
    assert life_of(*IN_USE, mirrored).names == (PACK, TEMPORARY)


def test_the_earlier_of_two_national_codes_counts() -> None:
    first, _ = identified(PACK)
    second, _ = identified(OTHER, "2026-08-01T08:00")
    assert life_of(second, first).names == (TEMPORARY, PACK)


# --- the row ---


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(any_life())
def test_a_row_gives_back_the_very_life(events: list[Event]) -> None:
    life = life_of(*events)
    row = msgspec.json.decode(msgspec.json.encode(life.to_row()))
    assert Life.from_row(row) == life


def test_an_empty_life_is_an_almost_empty_row() -> None:
    assert Life.from_row(Life().to_row()) == Life()
    assert len(msgspec.json.encode(Life().to_row())) < 30


def test_the_row_of_a_battery_in_use_is_small() -> None:
    host = {"kind": "vehicle", "vin_ref": SEALED}
    life = life_of(born(), installed("2021-07-01T08:00", host), sold("2021-08-01T08:00", SEALED))
    assert len(msgspec.json.encode(life.to_row())) < 320


def test_a_copy_can_be_folded_further_without_touching_the_first() -> None:
    life = life_of(*AT_OUTLET)
    before = msgspec.json.encode(life.to_row())
    copy = life.copy()
    for told in (
        event("incident", "2026-06-01T08:00", OUTLET, data={"kind": "smoke"}),
        event("declared", "2026-06-02T08:00", OUTLET, stage="unknown", basis="x", application="y"),
        *identified(PACK),
        removed("2026-06-04T08:00", STATION, TOWER),
    ):
        apply(copy, told, RULES)
    assert copy != life
    assert msgspec.json.encode(life.to_row()) == before


def test_a_life_of_many_reports_of_one_day_is_folded_in_time() -> None:
    nonsense = [sold("2026-05-03") for _ in range(200)] + [removed("2026-05-03")] * 100
    assert life_of(born(), *nonsense).count == 301


def test_the_same_event_twice_does_not_break_a_fold() -> None:
    twice = [*IN_USE, *IN_USE, *identified(PACK), *identified(PACK), side("received", "2026-05-01")]
    assert fold([*twice, *twice], RULES).life.count > len(IN_USE)


def test_who_has_it_now() -> None:
    assert life_of(*IN_USE[:2]).holder == CAR_MAKER
    assert life_of(*IN_USE).holder is None
    assert life_of(*AT_OUTLET).holder == OUTLET
    sent = [*AT_OUTLET, dispatched("2026-05-03T10:00")]
    assert life_of(*sent).holder == OUTLET
    assert life_of(*sent, side("received", "2026-05-04T10:00")).holder == UTILIZER


def test_any_text_of_a_code_can_be_folded() -> None:
    for subject in ("", "x" * 24, "serial:A:1", "04QPB0600000AAB400000001"):
        told = event("inspected", "2026-05-04T10:00", OUTLET, subject=subject, soh_percent="80")
        assert codes(life_of(told)) == ["unknown_battery"]
