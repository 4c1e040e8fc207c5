"""Numbers of slips: worked out from the event, kept so that a number leads back to it."""

from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

from dianchi.domain.working_days import CHINA
from dianchi.store.readers import Readers

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O, which people take for each other."""
_DIGITS: Final = 8
_MOST_TRIES: Final = 4
_INSERT: Final = "INSERT INTO slip VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_NUMBER: Final = "SELECT number FROM slip WHERE event_id = $1"
_EVENT: Final = "SELECT event_id FROM slip WHERE number = $1"


class TakingIn(NamedTuple):
    """What a slip is about: the event and when it happened."""

    event_id: UUID
    occurred_at: datetime


def number_of(taken: TakingIn, tried: int = 0) -> str:
    """`SJ-`, the Chinese day, and 40 bits of a hash of the event's id.

    Args:
        taken: the event.
        tried: how many of its numbers belong to other events already.
    """
    told = int.from_bytes(sha256(b"slip:%d:" % tried + taken.event_id.bytes).digest()[:5])
    letters = "".join(ALPHABET[told >> shift & 31] for shift in range(35, -1, -5))
    return f"SJ-{taken.occurred_at.astimezone(CHINA):%Y%m%d}-{letters}"


async def numbered(registrar: Readers, taken: TakingIn, now: datetime) -> str:
    """The number of an event's slip, kept from now on; always the same for one event."""
    for tried in range(_MOST_TRIES):
        found: str | None = await registrar.fetchval(_NUMBER, taken.event_id)
        if found is not None:
            return found
        await registrar.fetchval(_INSERT, number_of(taken, tried), taken.event_id, now)
    raise RuntimeError(f"no number is free for event {taken.event_id}")


async def event_of(registrar: Readers, number: str) -> UUID | None:
    """The event of a number; None where no slip has it."""
    told = number.strip().upper()
    found: UUID | None = await registrar.fetchval(_EVENT, told)
    return found
