"""What of a life counts: the events that nobody withdrew; and how its parties are known."""

import re
from typing import Any, Final

from dianchi.domain.life import Event, Folded
from dianchi.domain.registry import NOBODY

_ID: Final = re.compile("O[0-9A-V]{11}")


def told(folded: Folded) -> list[Event]:
    """The events of a life that were not corrected, in the order of its history."""
    return [e for e in folded.order if (e.event_id, e.subject) not in folded.corrected]


def withdrawn(folded: Folded) -> list[Event]:
    """The events of a life that were corrected."""
    return [e for e in folded.order if (e.event_id, e.subject) in folded.corrected]


def party_id(party: Any) -> str:  # noqa: ANN401 - a canonical JSON party
    """The id that keys of hand-overs, lots and batches carry for a party of a stored event."""
    if isinstance(party, str) and _ID.fullmatch(party):
        return party
    return NOBODY.resolve(party)


def vin_of(event: Event) -> str | None:
    """The `vin_ref` that an event names, by itself or as its host."""
    reference = event.data.get("vin_ref") or (event.data.get("host") or {}).get("vin_ref")
    return str(reference) if reference else None
