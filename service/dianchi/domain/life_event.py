"""One stored event, as lives are folded from them, and its place in the order of the fold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dianchi.domain.events import CATALOGUE
from dianchi.domain.members import party_key

HANDOVER_SIDES: Final = frozenset(("dispatched", "received", "declined", "returned"))
WITHDRAWALS: Final = frozenset(("corrected", "set_aside"))
"""What takes a report out of a life: its reporter's correction, or two officers' decision."""
MARKS: Final = frozenset(
    ("hold_placed", "hold_lifted", "correction_ordered", "annotated", "referred", "remedied")
)
"""What only marks a battery: it moves nothing, opens no life, and may come after its end."""
_PRECEDENCE: Final = {name: kind.precedence for name, kind in CATALOGUE.items()}

FoldKey = tuple[int, int, str, str]


@dataclass(slots=True)
class Event:
    """One stored event of a stream. `role` is that of the key it was reported with.

    Never changed once made; freezing it would cost a quarter of folding it.
    """

    event_id: str
    type: str
    subject: str
    occurred_us: int
    by_day: bool
    organisation: str
    role: str
    site: str | None
    data: Mapping[str, Any]
    recorded_us: int = 0
    version: int = 0

    @property
    def key(self) -> FoldKey:
        """The place in the order of the fold, before days and hand-overs are looked at."""
        return self.occurred_us, _PRECEDENCE[self.type], self.event_id, self.subject

    @property
    def handover(self) -> tuple[str, str] | None:
        """The sender and number of the hand-over this event is a side of."""
        if self.type not in HANDOVER_SIDES:
            return None
        return party_key(self.data.get("sender", self.organisation)), self.data["handover"]
