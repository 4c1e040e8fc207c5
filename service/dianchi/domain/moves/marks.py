"""What officers and recalls mark a battery with; nothing here moves it."""

from typing import Final

from dianchi.domain.life_event import Event
from dianchi.domain.life_state import Life
from dianchi.domain.lines.streams import recall_subject
from dianchi.domain.rules import Rules

_MOVING: Final = frozenset(
    (
        "installed",
        "sold",
        "removed",
        "dispatched",
        "received",
        "disassembled",
        "repurposed",
        "recycled",
        "exported",
        "left_province",
    )
)
"""What a hold is there to stop. Taken in or sent back to where it was, a battery comes to rest."""


def hold_placed(life: Life, event: Event, _: Rules) -> None:
    """Is to stay where it is."""
    life.holds = (*life.holds, event.event_id)


def hold_lifted(life: Life, event: Event, _: Rules) -> None:
    """One hold is over."""
    life.holds = tuple(each for each in life.holds if each != event.data["hold"])


def check_hold(life: Life, event: Event) -> None:
    """Movement under a hold is reported like any other, and is a finding."""
    if event.type in _MOVING:
        life.find("moved_under_hold", life.holds[-1], event.event_id, type=event.type)


def remedied(life: Life, event: Event, _: Rules) -> None:
    """Had what a recall asks for."""
    recall = recall_subject(event.data["issuer"], event.data["recall"])
    if recall not in life.remedied:
        life.remedied = (*life.remedied, recall)
