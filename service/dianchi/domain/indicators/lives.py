"""What one life contributes to the indicators: a walk over its events in the order of history.

A pure function of the uncorrected events, the rules and the registry, so that no order of arrival
changes it and a correction takes back exactly what it corrects. Nothing here depends on today.
"""

from collections.abc import Sequence
from typing import Final

from dianchi.domain.indicators.turns import TURNS
from dianchi.domain.indicators.walk import Walk
from dianchi.domain.life import Folded
from dianchi.domain.life_event import Event
from dianchi.domain.measures import business_day
from dianchi.domain.registry import Registry
from dianchi.domain.told import told

_VENDOR: Final = 3
"""Characters of a GB/T 34014 code that say who made it."""
BROKEN: Final = frozenset(
    ("broken_chain", "unknown_battery", "unknown_origin", "activity_after_end", "duplicate_code")
)
"""The findings of a life by which its chain is not whole (D)."""


def life_contributions(folded: Folded, registry: Registry) -> Walk:
    """All that a folded life adds, as `Walk.found`.

    Args:
        folded: of every event of the life; empty where nothing holds.
        registry: says where sites are, when firms came on board and what they are permitted.
    """
    events = _once(folded)
    walk = Walk(folded.life, events, registry)
    if events:
        walk.come_to(events[0])
        _see(walk, events)
    for event in events:
        turn = TURNS.get(event.type)
        mass = event.data.get("mass_kg")
        if mass is not None:
            walk.weigh(mass)
        if turn is not None and not walk.ended:
            walk.come_to(event)
            turn(walk, event)
    return walk


def _once(folded: Folded) -> Sequence[Event]:
    """What holds, each report once: it may have named a battery by two of its names."""
    events = told(folded)
    if "identified" not in folded.types:
        return events
    return list({event.event_id: event for event in events[::-1]}.values())[::-1]


def _see(walk: Walk, events: Sequence[Event]) -> None:
    """Counts the pack once, where and when it was first told of, and whether its chain is whole."""
    first = events[0]
    firm = walk.registry.organisations.get(first.organisation)
    since = firm.onboarded_on if firm else None
    whole = BROKEN.isdisjoint([finding.code for finding in walk.life.findings])
    later = since is not None and business_day(first) >= since
    walk.add("seen", first)
    walk.add("seen_of", first, partner=_maker(walk, events))
    if whole:
        walk.add("unbroken", first)
    if later:
        walk.add("seen_onboarded", first)
        if whole:
            walk.add("unbroken_onboarded", first)


def _maker(walk: Walk, events: Sequence[Event]) -> str:
    """Who made it: the firm that reported so, else `vendor:` and the code that its name carries."""
    if walk.life.maker:
        return walk.life.maker
    code = min((e.subject for e in events if ":" not in e.subject), default="")
    return f"vendor:{code[:_VENDOR]}" if code else ""
