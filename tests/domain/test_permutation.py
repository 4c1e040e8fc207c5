"""The law: the same set of events gives the same life, whatever the order of arrival."""

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianchi.domain.life import Event, Folded, Life, apply, fold, follows
from dianchi.domain.rules import RULES
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
