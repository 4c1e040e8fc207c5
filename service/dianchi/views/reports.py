"""Reports as they were sent: what several streams share stands in the report alone."""

import uuid
from typing import Any, NamedTuple

import msgspec

from dianchi.store.connect import Queryable
from dianchi.store.lives import SQL


class Sent(NamedTuple):
    """A stored report: whose it is, and its members."""

    organisation: str
    told: dict[str, Any]


async def report_of(connection: Queryable, event_id: uuid.UUID) -> Sent | None:
    """The report of this id; None where there is none.

    The whole list stands only in the report, and only where it touched several streams.
    """
    report = await connection.fetchrow(SQL["report"], event_id)
    if report is None:
        return None
    if report["body"] is not None:
        return Sent(report["organisation"], msgspec.json.decode(report["body"]))
    event = await connection.fetchrow(SQL["event_at"], report["stream_id"], report["version"])
    return Sent(report["organisation"], msgspec.json.decode(event["body"])) if event else None
