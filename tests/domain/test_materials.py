"""Mass balance, recovery and recycled content."""

from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianchi.domain.materials import (
    LotSource,
    Output,
    Recovery,
    batch_balance,
    contained,
    disassembly_holds,
    handover_balance,
    recovered,
    recovery,
    recycled_content,
)
from dianchi.domain.rules import RULES

ON = date(2026, 6, 1)
kilograms = st.decimals("0.001", "100000", places=3)
shares = st.decimals("0", "1", places=3)


def kg(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("sent", "came", "bases", "holds"),
    [
        ("100", "98", ["weighed"], True),
        ("100", "97.9", ["weighed"], False),
        ("1000", "990", ["weighed"], True),
        ("1000", "989.9", ["weighed"], False),
        ("1000", "960", ["weighed", "weighbridge_share"], True),
        ("1000", "1011", ["weighed"], False),
    ],
)
def test_a_hand_over_may_differ_by_one_percent_or_two_kilograms(
    sent: str, came: str, bases: list[str], *, holds: bool
) -> None:
    assert handover_balance(kg(sent), kg(came), bases, RULES, ON).holds is holds


def test_an_estimate_on_either_side_caps_the_finding_at_low() -> None:
    assert handover_balance(kg("9"), kg("1"), ["weighed", "estimated"], RULES, ON).worst == "low"
    assert handover_balance(kg("9"), kg("1"), [], RULES, ON).worst == "medium"


def test_a_batch_balances_within_three_percent_of_its_input() -> None:
    whole = batch_balance(kg("1000"), kg("600"), kg("370"), RULES, ON)
    assert whole.holds
    assert whole.difference_kg == kg("-30")
    assert not batch_balance(kg("1000"), kg("600"), kg("369.9"), RULES, ON).holds
    lost = batch_balance(kg("1000"), kg("500"), kg("300"), RULES, ON, declared_loss_kg=kg("180"))
    assert lost.holds


def test_parts_weigh_no_more_than_1_02_of_their_parent() -> None:
    assert disassembly_holds(kg("400"), [kg("200"), kg("200")], kg("8"), RULES, ON)
    assert not disassembly_holds(kg("400"), [kg("200"), kg("200")], kg("8.1"), RULES, ON)


def test_a_ternary_pack_contains_nickel_and_cobalt_and_an_lfp_pack_does_not() -> None:
    assert contained("nmc", kg("100"), ON)["nickel"] == kg("6.500")
    assert not {"nickel", "cobalt"} & set(contained("lfp", kg("100"), ON))
    assert contained("other", kg("100"), ON) == {}


def test_salts_count_by_stoichiometry_and_purity() -> None:
    outputs = [
        Output("lithium_carbonate", kg("10"), kg("99.5")),
        Output("lithium_hydroxide", kg("10")),
        Output("black_mass", kg("500")),
    ]
    assert recovered(outputs, ON) == {
        "lithium": kg("10") * kg("0.995") * kg("0.1879") + kg("1.654")
    }


def test_recovery_below_the_floor_of_its_date_and_process_is_low() -> None:
    inside, out = {"lithium": kg("10")}, {"lithium": kg("8.9")}
    assert recovery(inside, out, "hydro", RULES, ON)[0].verdict == Recovery.BELOW_FLOOR
    assert recovery(inside, out, "crush", RULES, ON)[0].verdict == Recovery.WITHIN
    (old,) = recovery(inside, out, "hydro", RULES, date(2024, 6, 1))
    assert (old.verdict, old.floor, old.share) == (Recovery.WITHIN, kg("0.85"), kg("0.89"))


def test_recovery_above_all_that_went_in_shows_undeclared_input() -> None:
    (rate,) = recovery({"nickel": kg("10")}, {"nickel": kg("10.01")}, "crush", RULES, ON)
    assert rate.verdict == Recovery.ABOVE_ALL


def test_a_metal_that_went_in_and_never_came_out_is_below_its_floor() -> None:
    (rate,) = recovery({"cobalt": kg("1")}, {}, "hydro", RULES, ON)
    assert rate.verdict == Recovery.BELOW_FLOOR
    assert recovery({"cobalt": kg("0")}, {}, "hydro", RULES, ON) == ()


# --- recycled content -------------------------------------------------------------------------

RECYCLED = LotSource(Decimal(1))
VIRGIN = LotSource(Decimal(0))


def test_recycled_content_follows_the_lots_through_their_parents() -> None:
    lots = {
        "recycled": RECYCLED,
        "bought": VIRGIN,
        "salt": LotSource(parents=(("recycled", kg("30")), ("bought", kg("70")))),
        "cathode": LotSource(parents=(("salt", kg("50")), ("bought", kg("50")))),
    }
    content = recycled_content([("cathode", kg("80")), ("recycled", kg("20"))], lots)
    assert content.recycled_kg == kg("32")
    assert content.share == kg("0.32")
    assert content.known_share == 1


def test_what_is_not_known_is_not_counted_as_recycled() -> None:
    content = recycled_content(
        [("stock", kg("1")), ("r", kg("3"))], {"stock": LotSource(), "r": RECYCLED}
    )
    assert (content.share, content.known_share) == (kg("0.75"), kg("0.75"))
    assert recycled_content([], {}).share == 0
    assert recycled_content([("nowhere", kg("5"))], {}).known_kg == 0


def test_lots_that_descend_from_themselves_are_not_known_wherever_one_begins() -> None:
    lots = {
        "a": LotSource(parents=(("b", kg("50")), ("x", kg("50")))),
        "b": LotSource(parents=(("a", kg("1")),)),
        "x": RECYCLED,
    }
    parts = [("a", kg("1")), ("b", kg("1")), ("x", kg("2"))]
    answers = {recycled_content(order, lots) for order in permutations(parts)}
    (answer,) = answers
    assert answer.share == kg("0.5")


def test_a_very_long_chain_of_lots_is_followed_to_its_end() -> None:
    lots = {f"l{i}": LotSource(parents=((f"l{i + 1}", kg("1")),)) for i in range(5000)}
    assert recycled_content([("l0", kg("1"))], lots | {"l5000": RECYCLED}).share == 1


names = st.sampled_from("abcdef")
sources = st.builds(
    LotSource, st.none() | shares, st.lists(st.tuples(names, kilograms), max_size=3).map(tuple)
)


@given(st.lists(st.tuples(names, kilograms)), st.dictionaries(names, sources))
def test_recycled_content_never_exceeds_what_is_known(
    parts: list[tuple[str, Decimal]], lots: dict[str, LotSource]
) -> None:
    content = recycled_content(parts, lots)
    rounding = content.mass_kg * Decimal("1e-20")
    assert 0 <= content.recycled_kg <= content.known_kg + rounding
    assert content.known_kg <= content.mass_kg + rounding
