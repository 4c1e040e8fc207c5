"""The law: the same set of events gives the same life, whatever the order of arrival."""

from dataclasses import replace
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianchi.domain.clock import openings
from dianchi.domain.indicators.lives import life_contributions
from dianchi.domain.life import Event, Folded, Life, apply, fold, follows
from dianchi.domain.life_event import MARKS
from dianchi.domain.parties import party_findings
from dianchi.domain.registry import NOBODY
from dianchi.domain.rules import RULES
from dianchi.domain.working_days import WorkingCalendar
from domain.lives import any_life, plausible_life

LAW = settings(
    max_examples=250,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
HANDED = any_life(("dispatched", "received", "returned", "inspected"))
ANY = st.one_of(any_life(), plausible_life(), HANDED)


def shown(folded: Folded) -> tuple[Life, list[tuple[str, str]], dict[tuple[str, str], str]]:
    return (
        folded.life,
        [(event.event_id, event.subject) for event in folded.order],
        folded.corrected,
    )


@LAW
@given(ANY, st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_life_history_and_findings(
    events: list[Event], random: Random
) -> None:
    told = shown(fold(events, RULES))
    for _ in range(3):
        random.shuffle(events)
        assert shown(fold(events, RULES)) == told


@LAW
@given(ANY, st.randoms(use_true_random=False))
def test_folding_as_events_arrive_equals_folding_all_at_every_prefix(
    events: list[Event], random: Random
) -> None:
    if random.random() < 0.5:
        random.shuffle(events)
    else:
        events.sort(key=lambda event: event.key)
    life = Life()
    for arrived, event in enumerate(events, 1):
        if follows(life, event):
            apply(life, event, RULES)
        else:
            life = fold(events[:arrived], RULES).life
        assert life == fold(events[:arrived], RULES).life


@LAW
@given(ANY)
def test_what_is_set_aside_leaves_the_life_as_if_it_had_not_been_reported(
    events: list[Event],
) -> None:
    folded = fold(events, RULES)
    decisions = {event.event_id for event in events if event.type == "set_aside"}
    aside = {line for line, by in folded.corrected.items() if by in decisions}
    without = [
        event
        for event in events
        if event.type != "set_aside" and (event.event_id, event.subject) not in aside
    ]
    bare = replace(folded.life, withdrawn=())
    assert bare == replace(fold(without, RULES).life, withdrawn=())
    # Nothing is hidden: what was set aside stands in the history, and so does the decision.
    assert aside <= {(event.event_id, event.subject) for event in folded.order}


@LAW
@given(ANY)
def test_what_only_marks_a_battery_moves_nothing(events: list[Event]) -> None:
    told = [event for event in events if event.type not in MARKS]
    marked, plain = fold(events, RULES).life, fold(told, RULES).life
    assert (marked.stage, marked.holder, marked.site, marked.count, marked.last_event) == (
        plain.stage,
        plain.holder,
        plain.site,
        plain.count,
        plain.last_event,
    )
    assert [f for f in marked.findings if f.code != "moved_under_hold"] == list(plain.findings)


@LAW
@given(ANY)
def test_no_deadline_no_count_and_no_other_finding_depends_on_a_mark(events: list[Event]) -> None:
    marked = fold(events, RULES)
    plain = fold([event for event in events if event.type not in MARKS], RULES)
    calendar = WorkingCalendar()
    for told, bare in (
        (openings(marked, NOBODY, RULES, calendar), openings(plain, NOBODY, RULES, calendar)),
        (party_findings(marked, NOBODY, RULES), party_findings(plain, NOBODY, RULES)),
    ):
        assert list(told) == list(bare)
    assert life_contributions(marked, NOBODY).found == life_contributions(plain, NOBODY).found
