"""The streams that events lie in, and the keys by which events of different streams are found."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

Data = dict[str, Any]


class Stream(IntEnum):
    """The kinds of streams; the numbers stand in the database.

    Into an organisation the service writes its acts (domain/acts.py); no report goes there.
    """

    BATTERY = 1
    VEHICLE = 2
    LOT = 3
    BATCH = 4
    SITE = 5
    ORGANISATION = 6
    PICKUP = 7
    RECALL = 8


class KeyKind(IntEnum):
    """The kinds of keys by which events of different streams share a thing."""

    HANDOVER = 1
    VIN = 2
    LOT = 3
    BATCH = 4
    PARENT = 5
    CHILD = 6
    ALIAS = 7
    REPORT = 8
    TARGET = 9
    SIGNING = 10
    MANDATE = 11
    PICKUP = 12
    PHOTO = 13
    RECALL = 14

    # Keys are looked up all the time, and an enumeration hashes its name in Python.
    __hash__ = int.__hash__


class Key(NamedTuple):
    """One thing an event shares with others."""

    kind: KeyKind
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """One event to be: the stream it goes into, its data and its keys."""

    stream: Stream
    subject: str
    data: Data
    keys: tuple[Key, ...] = ()


def lot_subject(issuer: str, lot: str) -> str:
    """The name of a lot's stream; lots are unique per issuer."""
    return f"lot:{issuer}:{lot}"


def batch_subject(issuer: str, batch: str) -> str:
    """The name of a batch's stream; batches are unique per issuer."""
    return f"batch:{issuer}:{batch}"


def organisation_subject(organisation: str) -> str:
    """The name of an organisation as the subject of findings, by its id."""
    return f"organisation:{organisation}"


def pickup_subject(issuer: str, pickup: str) -> str:
    """The name of a pickup's stream; pickups are unique per who asks."""
    return f"pickup:{issuer}:{pickup}"


def recall_subject(issuer: str, recall: str) -> str:
    """The name of a recall's stream; recalls are unique per who opens them."""
    return f"recall:{issuer}:{recall}"


def site_subject(organisation: str, site: str) -> str:
    """The name of a site's stream."""
    return f"site:{organisation}:{site}"


def handover_name(issuer: str, handover: str) -> str:
    """A hand-over is named by its sender."""
    return f"{issuer}:{handover}"
