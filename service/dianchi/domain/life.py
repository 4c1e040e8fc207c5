"""A life: the fold of a battery's events by business time.

`fold` takes the events of one life in any order and gives its state, the order of its history and
its findings of kind `life`. It never raises, and depends on nothing but the set of events and the
rules: any order of arrival gives the same answer (the permutation law).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from operator import attrgetter
from typing import Final, NamedTuple

from dianchi.domain import moves
from dianchi.domain.findings import Finding
from dianchi.domain.life_event import HANDOVER_SIDES, MARKS, WITHDRAWALS, Event
from dianchi.domain.life_state import Life
from dianchi.domain.members import party_key
from dianchi.domain.moments import chinese_day
from dianchi.domain.rules import Rules
from dianchi.domain.sight import Before, give_sight, standing_grants
from dianchi.domain.standing import FINAL

__all__ = [
    "HANDOVER_SIDES",
    "Event",
    "Folded",
    "Life",
    "apply",
    "corrected_targets",
    "fold",
    "follows",
    "party_key",
]

_NOTHING_FOUND: Final[tuple[Finding, ...]] = ()
_CHANGES_THE_SET: Final = WITHDRAWALS | {"identified"}
_SIDE_WINDOW_US: Final = 15 * 60 * 1_000_000
_TRIED_AT_ONCE: Final = 50
_KEY: Final = attrgetter("key")


class Folded(NamedTuple):
    """A folded life.

    `order` holds every event in the order of history; `corrected` maps the key of an event that
    was withdrawn (its id and subject) to the id of the `corrected` or `set_aside` event that did;
    `types` are those of all events, so that most checks can pass by a life they do not concern.
    """

    life: Life
    order: list[Event]
    corrected: dict[tuple[str, str], str]
    types: frozenset[str]


def fold(events: Iterable[Event], rules: Rules) -> Folded:
    """Folds the events of one life, given in any order."""
    every = list(events)
    types = frozenset([event.type for event in every])
    every = sorted(_once(every) if "identified" in types else every, key=_KEY)
    if not WITHDRAWALS.isdisjoint(types):
        return _fold_what_stands(every, types, rules)
    life = Life()
    order = _fold_in_order(life, every, types, rules)
    life.grants = standing_grants(life.grants, every)
    return Folded(life, order, {}, types)


def _fold_what_stands(every: list[Event], types: frozenset[str], rules: Rules) -> Folded:
    """Folds what nobody withdrew; the rest is only put into the history."""
    withdrawals = [event for event in every if event.type in WITHDRAWALS]
    corrected = _corrected(every, withdrawals)
    told = [
        event
        for event in every
        if event.type not in WITHDRAWALS and (event.event_id, event.subject) not in corrected
    ]
    life = Life(withdrawn=tuple(sorted(corrected_targets(withdrawals))))
    order = _fold_in_order(life, told, types, rules)
    life.grants = standing_grants(life.grants, told)
    folded = set(map(id, told))
    _insert(order, [event for event in every if id(event) not in folded])
    return Folded(life, order, corrected, types)


def _fold_in_order(
    life: Life, told: list[Event], types: frozenset[str], rules: Rules
) -> list[Event]:
    """Folds sorted events into a life; gives them in the order of history."""
    if types.isdisjoint(HANDOVER_SIDES) and not any(event.by_day for event in told):
        for event in told:
            apply(life, event, rules)
        return told
    order: list[Event] = []
    for group in _groups(told):
        for event in group if len(group) == 1 else _chosen(life, group, rules):
            apply(life, event, rules)
            order.append(event)
    return order


def follows(life: Life, event: Event) -> bool:
    """Whether the event simply comes after all that was folded, so that `apply` is the fold."""
    if event.occurred_us <= life.last_us or event.type in _CHANGES_THE_SET:
        return False
    if event.by_day:
        if chinese_day(event.occurred_us) <= chinese_day(life.last_us):
            return False
    elif life.last_by_day and chinese_day(event.occurred_us) <= life.last_by_day:
        return False
    if life.withdrawn and event.event_id in life.withdrawn:
        return False
    return (
        event.type not in HANDOVER_SIDES or event.occurred_us - life.last_side_us >= _SIDE_WINDOW_US
    )


def apply(life: Life, event: Event, rules: Rules) -> None:
    """Folds one event into a life, in place. Never raises; a withdrawal by itself does nothing."""
    if event.type in WITHDRAWALS:
        return
    before = Before(life.holder, life.standing, life.birth is not None, life.findings)
    moves.move(life, event, rules)
    give_sight(life, event, before)
    if event.type not in MARKS:
        life.count += 1
        life.last_event = event.event_id
    life.last_us = max(life.last_us, event.occurred_us)
    if event.by_day:
        life.last_by_day = max(life.last_by_day, chinese_day(event.occurred_us))
    if event.type in HANDOVER_SIDES:
        life.last_side_us = max(life.last_side_us, event.occurred_us)


def _once(every: Sequence[Event]) -> list[Event]:
    """Leaves out the second line of an `identified` whose first line is in the same life."""
    first = {
        event.event_id
        for event in every
        if event.type == "identified" and "mirrored" not in event.data
    }
    return [event for event in every if event.event_id not in first or "mirrored" not in event.data]


def _corrected(every: Sequence[Event], withdrawals: Sequence[Event]) -> dict[tuple[str, str], str]:
    """Who withdrew what: of several the first in order, but two officers before the reporter.

    A withdrawal with `battery` withdraws that line only; but of an `identified`, whose two lines
    are one fact, always both.
    """
    by_target: defaultdict[str, list[Event]] = defaultdict(list)
    for correction in sorted(withdrawals, key=lambda each: each.type == "corrected"):
        by_target[correction.data["event_id"]].append(correction)
    withdrawn: dict[tuple[str, str], str] = {}
    for event in every:
        if event.type in WITHDRAWALS:
            continue
        for correction in by_target.get(event.event_id, ()):
            line = correction.data.get("battery", event.subject)
            if line == event.subject or event.type == "identified":
                withdrawn.setdefault((event.event_id, event.subject), correction.event_id)
    return withdrawn


def corrected_targets(withdrawals: Iterable[Event]) -> set[str]:
    """The ids of the events that these corrections and decisions withdraw."""
    return {withdrawal.data["event_id"] for withdrawal in withdrawals}


def _insert(order: list[Event], unfolded: list[Event]) -> None:
    """Puts each withdrawal, and what it withdrew, after the last event its own time follows."""
    for event in unfolded:
        place = max((i + 1 for i, other in enumerate(order) if other.key < event.key), default=0)
        order.insert(place, event)


def _groups(told: list[Event]) -> Iterable[list[Event]]:
    """Cuts the sorted events into runs; in a run of several, legality decides the order."""
    if not told:
        return
    run = [told[0]]
    for event, joined in zip(told[1:], _joined_to_next(told), strict=True):
        if joined:
            run.append(event)
        else:
            yield run
            run = [event]
    yield run


def _joined_to_next(told: list[Event]) -> list[bool]:
    """For each place but the last, whether it and the next lie in one free run.

    A Chinese day with an event known only by its day is free as a whole; so are the events between
    two sides of one hand-over less than 15 minutes apart.
    """
    days = [chinese_day(event.occurred_us) for event in told]
    loose = {
        day
        for day, event in zip(days, told, strict=True)
        if event.by_day and event.type not in MARKS
    }
    joined = [a == b and a in loose for a, b in pairwise(days)]
    last: dict[tuple[str, str], int] = {}
    for place, event in enumerate(told):
        side = event.handover
        if side is None:
            continue
        before = last.get(side)
        if before is not None and event.occurred_us - told[before].occurred_us < _SIDE_WINDOW_US:
            joined[before:place] = [True] * (place - before)
        last[side] = place
    return joined


def _chosen(life: Life, group: list[Event], rules: Rules) -> Iterable[Event]:
    """The events of a free run: always the first remaining whose move is legal, else the first.

    Only the first 50 remaining are tried, so that a day of nonsense cannot cost a minute.
    """
    remaining = list(group)
    while remaining:
        tried = [] if life.stage in FINAL else islice(remaining, _TRIED_AT_ONCE)
        place = next((i for i, event in enumerate(tried) if _fits(life, event, rules)), 0)
        yield remaining.pop(place)


def _fits(life: Life, event: Event, rules: Rules) -> bool:
    trial = life.copy()
    trial.findings = _NOTHING_FOUND
    moves.move(trial, event, rules)
    return not any(finding.code in moves.MISFITS for finding in trial.findings)
