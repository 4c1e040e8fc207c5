"""The canonical envelope: the one copy of an event, exactly the bytes that the ledger hashes.

Form, fixed for ever with `v: 1` (test vectors: schemas/examples/envelope-v1.json): one JSON object
in UTF-8, member names sorted by code point at every level, no white space, decimals as strings
without exponent or trailing zeros, instants as UTC with six digits of microseconds and `Z`, a day
as `YYYY-MM-DD`, hashes and the nonce as lower-case hexadecimal, escapes only for the quotation mark
and the backslash (no text may hold control characters), at most 32 KiB.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from dianchi.domain.fields import microseconds
from dianchi.domain.life import Event
from dianchi.domain.lines import Line
from dianchi.domain.report import Report

VERSION: Final = 1
LARGEST: Final = 32 * 1024
NONCE_BYTES: Final = 16
SIGNED: Final = b',"signature":"'
"""Stands in the bytes of signed events only: within a text the quotation marks are escaped."""
_LAST_VERSION: Final = 2**31 - 1
_ANY_INSTANT: Final = "2026-06-01T00:00:00.000000Z"
_ANY_NONCE: Final = bytes(NONCE_BYTES)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_DAY_LENGTH: Final = len("2026-06-01")
_encoder: Final = msgspec.json.Encoder(order="sorted")
_decoder: Final = msgspec.json.Decoder()
canonical_json = _encoder.encode


class _Told(msgspec.Struct, gc=False):
    """What lives are folded from; the other members of an envelope are not read."""

    event_id: str
    type: str
    reported_as: str
    occurred_at: str
    organisation: str
    role: str
    data: dict[str, Any]
    recorded_at: datetime
    version: int
    site: str | None = None


_read_told: Final = msgspec.json.Decoder(_Told).decode


class Stamp(msgspec.Struct, frozen=True):
    """What stands beside a report: who reports, as what, its hash, and a signature over it.

    `agent` reported it in the name of `organisation`, under `mandate`: this is a key of the event
    and stands in no envelope.
    """

    organisation: str
    role: str
    sha256: bytes
    signature: str | None = None
    agent: str | None = None
    mandate: str | None = None


def seal(
    report: Report, line: Line, stamp: Stamp, *, version: int, recorded_at: str, nonce: bytes
) -> bytes:
    """The canonical bytes of one event.

    Args:
        report: the report it comes from.
        line: what it says of its own stream.
        stamp: what the service adds.
        version: its place in its stream, from 1.
        recorded_at: canonical instant.
        nonce: 16 random bytes, so that nobody can guess an event from its hash.
    """
    envelope: dict[str, Any] = {
        "data": line.data,
        "event_id": report.event_id,
        "nonce": nonce.hex(),
        "occurred_at": report.occurred_at,
        "organisation": stamp.organisation,
        "recorded_at": recorded_at,
        "report_sha256": stamp.sha256.hex(),
        "reported_as": line.subject,
        "role": stamp.role,
        "type": report.kind.name,
        "v": VERSION,
        "version": version,
    }
    if report.site is not None:
        envelope["site"] = report.site
    if report.device is not None:
        envelope["device"] = report.device
    if stamp.signature is not None:
        envelope["signature"] = stamp.signature
    if stamp.agent is not None:
        envelope["agent"] = stamp.agent
    return canonical_json(envelope)


def largest(report: Report, line: Line, stamp: Stamp) -> int:
    """How many bytes the event can have at most, wherever its stream then is."""
    body = seal(
        report, line, stamp, version=_LAST_VERSION, recorded_at=_ANY_INSTANT, nonce=_ANY_NONCE
    )
    return len(body)


def open_event(body: bytes) -> Event:
    """The event in canonical bytes."""
    told = _read_told(body)
    return Event(
        told.event_id,
        told.type,
        told.reported_as,
        microseconds(told.occurred_at),
        len(told.occurred_at) == _DAY_LENGTH,
        told.organisation,
        told.role,
        told.site,
        told.data,
        (told.recorded_at - _EPOCH) // _MICROSECOND,
        told.version,
    )


def open_json(body: bytes) -> dict[str, Any]:
    """The envelope as JSON members."""
    members: dict[str, Any] = _decoder.decode(body)
    return members
