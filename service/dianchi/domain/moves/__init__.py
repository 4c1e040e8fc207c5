"""What each type of event does to a life: one function per type, in the order of a life.

A move that the table of `standing` does not know is still made, and opens `broken_chain`: what a
lawful reporter says is a fact, and a contradiction is a finding.
"""

from collections.abc import Callable
from typing import Final

from dianchi.domain import measures
from dianchi.domain.life_event import MARKS, Event
from dianchi.domain.life_state import Life
from dianchi.domain.moves import beginnings, custody, happenings, marks, second_life, use
from dianchi.domain.rules import Rules
from dianchi.domain.standing import FINAL

__all__ = ["MISFITS", "move"]

MISFITS: Final = frozenset(
    ("broken_chain", "duplicate_code", "activity_after_end", "handover_mismatch")
)
_BIRTHS: Final = frozenset(("produced", "imported", "repurposed"))
_OPENS_WITHOUT_PLACE: Final = frozenset(
    (
        "inspected",
        "owner_changed",
        "repaired",
        "relabelled",
        "identified",
        "incident",
        "released",
        "counted",
        "pickup_requested",
    )
)
_ORIGINS: Final = frozenset(("produced", "imported", "declared", "repurposed", "voided"))

_Move = Callable[[Life, Event, Rules], None]


def move(life: Life, event: Event, rules: Rules) -> None:
    """Folds what the event says of stage, holder, host, ratings and measures."""
    if event.type in MARKS:
        _MOVES[event.type](life, event, rules)
        return
    if life.standing.stage in FINAL:
        _after_the_end(life, event, rules)
        return
    if life.count == 0:
        _open(life, event)
    measures.check_age(life, event)
    _MOVES[event.type](life, event, rules)
    if life.holds:
        marks.check_hold(life, event)
    if event.site is not None:
        life.site = event.site
    life.reporter = event.organisation


def _after_the_end(life: Life, event: Event, rules: Rules) -> None:
    """What is final stays as it is; only a name, and the same name born again, say something."""
    if event.type == "identified" or (event.type in _BIRTHS and life.birth is not None):
        _MOVES[event.type](life, event, rules)
        return
    life.find(
        "activity_after_end",
        life.last_event,
        event.event_id,
        stage=life.stage,
        type=event.type,
    )


def _open(life: Life, event: Event) -> None:
    if event.type in _ORIGINS and "product" not in event.data:
        return
    if "parent" in event.data or "pack" in event.data:
        return  # a part that was taken out of a battery
    unplaced = event.type in _OPENS_WITHOUT_PLACE
    life.find("unknown_battery" if unplaced else "unknown_origin", event.event_id, type=event.type)


_MOVES: Final[dict[str, _Move]] = {
    "lot_declared": happenings.nothing,
    "produced": beginnings.born,
    "imported": beginnings.born,
    "declared": beginnings.declared,
    "installed": use.installed,
    "sold": use.sold,
    "owner_changed": use.owner_changed,
    "inspected": use.inspected,
    "repaired": use.repaired,
    "removed": use.removed,
    "vehicle_scrapped": use.scrapped,
    "retired": use.retired,
    "collected": custody.collected,
    "dispatched": custody.dispatched,
    "received": custody.received,
    "declined": custody.sent_back,
    "returned": custody.sent_back,
    "assessed": second_life.assessed,
    "disassembled": second_life.disassembled,
    "repurposed": second_life.repurposed,
    "recycled": second_life.recycled,
    "disposed": happenings.nothing,
    "relabelled": happenings.relabelled,
    "identified": happenings.identified,
    "incident": happenings.incident,
    "released": happenings.released,
    "counted": happenings.counted,
    "lost": happenings.lost,
    "exported": happenings.exported,
    "left_province": happenings.left,
    "entered": happenings.entered,
    "voided": happenings.voided,
    "recall_opened": happenings.nothing,
    "recall_closed": happenings.nothing,
    "remedied": marks.remedied,
    "pickup_requested": happenings.pickup_requested,
    "pickup_answered": happenings.nothing,
    "hold_placed": marks.hold_placed,
    "hold_lifted": marks.hold_lifted,
    "correction_ordered": happenings.nothing,
    "annotated": happenings.nothing,
    "referred": happenings.nothing,
    "set_aside": happenings.nothing,
    "corrected": happenings.nothing,
}
