"""Numbers of slips: worked out from the event, kept so that a number leads back to it."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

from dianchi.domain.moments import microseconds
from dianchi.domain.working_days import CHINA
from dianchi.store.readers import Readers

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O, which people take for each other."""
TAKEN_IN: Final = frozenset(("collected", "received"))
"""The types of reports that have a slip."""
_MOST_TRIES: Final = 4
_INSERT: Final = "INSERT INTO slip VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_NUMBER: Final = "SELECT number FROM slip WHERE event_id = $1"
_EVENT: Final = "SELECT event_id FROM slip WHERE number = $1"
_EVENTS: Final = "SELECT number, event_id FROM slip WHERE number = ANY ($1::text[])"


class TakingIn(NamedTuple):
    """What a slip is about: the event and when it happened."""

    event_id: UUID
    occurred_at: datetime


def taking_in(event_id: UUID, envelope: Mapping[str, Any]) -> TakingIn | None:
    """What the slip of a report is about; None for a report that is no taking-in."""
    if envelope["type"] not in TAKEN_IN:
        return None
    return TakingIn(
        event_id, datetime.fromtimestamp(microseconds(envelope["occurred_at"]) / 1e6, UTC)
    )


def number_of(taken: TakingIn, tried: int = 0) -> str:
    """`SJ-`, the Chinese day, and 40 bits of a hash of the event's id.

    Args:
        taken: the event.
        tried: how many of its numbers belong to other events already.
    """
    letters = letters_of(b"slip:%d:" % tried + taken.event_id.bytes)
    return f"SJ-{taken.occurred_at.astimezone(CHINA):%Y%m%d}-{letters}"


def letters_of(told: bytes) -> str:
    """40 bits of a hash, in eight letters that are read aloud without a mistake."""
    bits = int.from_bytes(sha256(told).digest()[:5])
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(35, -1, -5))


async def numbered(registrar: Readers, taken: TakingIn, now: datetime) -> str:
    """The number of an event's slip, kept from now on; always the same for one event."""
    for tried in range(_MOST_TRIES):
        found: str | None = await registrar.fetchval(_NUMBER, taken.event_id)
        if found is not None:
            return found
        await registrar.fetchval(_INSERT, number_of(taken, tried), taken.event_id, now)
    raise RuntimeError(f"no number is free for event {taken.event_id}")


async def event_of(registrar: Readers, told: str) -> UUID | None:
    """The event of a number, or that a provisional slip names; None where no slip has the number.

    A phone without a network knows the event's id and not yet the number of its slip.
    """
    with suppress(ValueError):
        return UUID(told.strip())
    found: UUID | None = await registrar.fetchval(_EVENT, told.strip().upper())
    return found


async def events_of(registrar: Readers, numbers: Collection[str]) -> dict[str, UUID]:
    """The events of these numbers, of those that slips have, in one trip."""
    rows = await registrar.fetch(_EVENTS, list(numbers))
    return {row["number"]: row["event_id"] for row in rows}
