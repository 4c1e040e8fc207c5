"""Entries of the log as CloudEvents 1.0 in JSON (cloudevents.io, structured and batched mode).

`id` is the log index: with `source` it names one entry for ever, for every reader. `time` is when
the service recorded it: a report may know the day only, and the standard wants one meaning for all.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from dianchi.exchange.json_out import encode
from dianchi.store.envelope import SIGNED

BATCH: Final = "application/cloudevents-batch+json"
ONE: Final = "application/cloudevents+json"
PREFIX: Final = "dianchi."
"""Before the type of a report or an act."""


class Told(msgspec.Struct, gc=False):
    """What of an event stands outside of its data."""

    event_id: str
    type: str
    reported_as: str
    recorded_at: str
    organisation: str
    version: int


read_told: Final = msgspec.json.Decoder(Told).decode


def cloud_event(log_index: int, told: Told, data: bytes, source: str) -> bytes:
    """One event.

    Args:
        log_index: its place in the log.
        told: of its body.
        data: JSON.
        source: address of the log.
    """
    members = {
        "specversion": "1.0",
        "id": str(log_index),
        "source": source,
        "type": f"{PREFIX}{told.type}",
        "subject": told.reported_as,
        "time": told.recorded_at,
        "datacontenttype": "application/json",
    }
    return b'%b,"data":%b}' % (encode(members)[:-1], data)


def whole_data(log_index: int, body: bytes) -> bytes:
    """The event as histories show it: the stored bytes, who vouches for them, and their place."""
    assurance = b"signed" if SIGNED in body else b"unsigned"
    return b'%b,"assurance":"%b","log_index":%d}' % (body[:-1], assurance, log_index)


def thin_data(log_index: int, told: Told, address: str) -> bytes:
    """Where to read the event, and nothing that it says.

    Args:
        log_index: its place in the log.
        told: of its body.
        address: of the service.
    """
    return encode(
        {
            "event_id": told.event_id,
            "log_index": log_index,
            "version": told.version,
            "href": f"{address}/v1/events/{told.event_id}",
        }
    )


def batch_of(events: Iterable[bytes]) -> bytes:
    """Several events, in their order."""
    return b"[%b]" % b",".join(events)
