"""Cases: which step follows which, and what each must say."""

import pytest

from dianchi.domain.cases import (
    MEMBERS,
    MOVES,
    NEEDS,
    STATES,
    STEPS,
    State,
    Step,
    after,
    lawful,
    must_be_whole,
    takes,
)
from dianchi.domain.refusals import Refused


def test_every_state_but_the_first_is_led_to_and_every_state_leads_on() -> None:
    led_to = {move.after for move in MOVES.values()} - {None}
    assert led_to == set(State)
    assert all(lawful(state, of_firm=False) for state in State)


def test_every_state_step_and_member_has_its_words() -> None:
    assert set(STATES) == set(State)
    assert set(STEPS) == set(Step)
    assert {name for step in Step for name in takes(step)} == set(MEMBERS)


def test_a_firm_may_only_reply_and_only_once_it_was_asked() -> None:
    may = {state for state in State if lawful(state, of_firm=True) == [Step.REPLY]}
    assert may == {State.ASKED, State.REPLIED, State.ORDERED}


def test_what_was_ordered_is_closed_only_once_it_was_looked_at_again() -> None:
    with pytest.raises(Refused, match="step_not_lawful"):
        after(State.ORDERED, Step.CLOSE)
    assert after(State.ORDERED, Step.RECHECK, settled=False) is State.ORDERED
    assert after(State.ORDERED, Step.RECHECK, settled=True) is State.RECHECKED
    assert after(State.RECHECKED, Step.CLOSE) is State.CLOSED


def test_a_reply_to_an_order_leaves_it_standing_and_so_does_a_dismissal_of_a_part() -> None:
    assert after(State.ORDERED, Step.REPLY) is State.ORDERED
    assert after(State.ASKED, Step.DISMISS, all_out=False) is State.ASKED
    assert after(State.ASKED, Step.DISMISS, all_out=True) is State.DISMISSED


def test_a_decision_without_a_reason_is_refused() -> None:
    decisions = set(NEEDS) - {Step.ASSIGN}
    for step in decisions:
        told = dict.fromkeys(takes(step) - {"note"}, "x")
        with pytest.raises(Refused) as refused:
            must_be_whole(step, told)
        assert "/note" in {fault.pointer for fault in refused.value.faults}
