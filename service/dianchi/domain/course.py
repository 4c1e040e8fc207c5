"""The course of a life: where each of its events left the battery."""

from typing import NamedTuple

from dianchi.domain.life import Folded, apply
from dianchi.domain.life_state import Life
from dianchi.domain.rules import Rules


class Left(NamedTuple):
    """How one event left the battery.

    Attributes:
        event_id: of the event.
        subject: the name that it was reported under.
        stage: the stage from then on.
        holder: who has it in hand from then on; None where nobody knows, or a private user has it.
        counts: false for a correction, and for what one withdrew: these left all as it was.
    """

    event_id: str
    subject: str
    stage: str
    holder: str | None
    counts: bool


def course(folded: Folded, rules: Rules) -> list[Left]:
    """How each event of a folded life left it, in the order of its history."""
    life, left = Life(), []
    for event in folded.order:
        key = event.event_id, event.subject
        counts = event.type != "corrected" and key not in folded.corrected
        if counts:
            apply(life, event, rules)
        left.append(Left(*key, life.stage, life.holder, counts))
    return left
