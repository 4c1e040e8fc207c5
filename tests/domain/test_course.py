"""The course of a life: the stage and holder after each of its events."""

from hypothesis import given, settings

from dianchi.domain.course import course
from dianchi.domain.life import Event, fold
from dianchi.domain.rules import RULES
from domain.lives import IN_USE, any_life, corrected, removed


def stages(*events: Event) -> list[str]:
    return [left.stage for left in course(fold(events, RULES), RULES)]


def test_each_event_leaves_the_stage_that_it_moved_to() -> None:
    assert stages(*IN_USE) == ["made", "installed", "in_use"]


def test_a_withdrawn_event_and_its_correction_leave_all_as_it_was() -> None:
    wrong = removed("2026-05-01T08:00")
    left = course(fold((*IN_USE, wrong, corrected(wrong)), RULES), RULES)
    assert {each.stage for each in left[3:]} == {"in_use"}
    assert [each.counts for each in left] == [True, True, True, False, False]


@given(any_life())
@settings(max_examples=60)
def test_the_last_stage_is_that_of_the_life(events: list[Event]) -> None:
    folded = fold(events, RULES)
    left = course(folded, RULES)
    assert len(left) == len(folded.order)
    assert not left or left[-1].stage == folded.life.stage
