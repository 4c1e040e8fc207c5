"""What in a stretch of the log is owed to the platform by an organisation."""

from collections.abc import Sequence
from typing import Final

from asyncpg import Record

from dianchi.domain.life import Event
from dianchi.domain.rules import Rules
from dianchi.domain.terms import terms_of
from dianchi.domain.told import vin_of
from dianchi.domain.working_days import WorkingCalendar
from dianchi.national.items import Noted
from dianchi.store.envelope import open_event
from dianchi.store.feed import Entry
from dianchi.store.lives import first_line
from dianchi.store.readers import Lender

_CORRECTED: Final = "corrected"
_ENTERING: Final = frozenset(("installed", "sold"))
LOOSE: Final = {"battery": "no_vehicle", "owner": "owner_has_no_place"}
"""Why what names no vehicle is withheld, by what stands before the battery in place of one."""


async def owed(
    whole: Lender,
    connection: Record,
    entries: Sequence[Entry],
    known: tuple[Rules, WorkingCalendar],
) -> list[Noted]:
    """The vehicles that these entries tell something of, and what the form has no place for.

    Args:
        whole: reads every event: a correction names only what it withdraws.
        connection: of the organisation.
        entries: of the log, as its organisation sees them.
        known: rules and calendar, for terms.
    """
    found = []
    for entry in entries:
        event = open_event(entry.body)
        if event.organisation != connection["organisation"]:
            continue
        told = await _withdrawn(whole, event) if event.type == _CORRECTED else event
        vehicle = None if told is None else _vehicle(told, corrected=event is not told)
        if told is None or vehicle is None or told.type not in connection["types"]:
            continue
        last = [t.last for t in terms_of(told, *known) if t.rule.owed_to == "national"]
        found.append(
            Noted(vehicle, event.subject, event.type, entry.log_index, min(last, default=None))
        )
    return found


def _vehicle(event: Event, *, corrected: bool) -> str | None:
    """The vehicle of a report; where it has none, what is listed in its place.

    What of that was withdrawn stays listed until somebody sets it aside: nothing was sent of it.
    """
    vehicle = vin_of(event)
    if vehicle is not None or corrected:
        return vehicle
    if event.type == "owner_changed":
        return f"owner:{event.subject}"
    return f"battery:{event.subject}" if event.type in _ENTERING else None


async def _withdrawn(whole: Lender, correction: Event) -> Event | None:
    async with whole.acquire() as connection:
        line = await first_line(connection, correction.data["event_id"])
    return None if line is None else open_event(line["body"])
