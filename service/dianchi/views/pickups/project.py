"""Writes the list rows of pickups."""

from collections.abc import Collection, Sequence
from typing import Any, Final

import msgspec
from asyncpg import Connection

from dianchi.domain.life import Event
from dianchi.domain.lines import Stream
from dianchi.domain.members import party_key
from dianchi.domain.pickups import answer_to, named, silent_from_us, standing_request
from dianchi.domain.rules import Rules
from dianchi.store.names import stream_id
from dianchi.views.related import standing_events

_COLUMNS: Final = (
    "stream_id",
    "number",
    "event_id",
    "requester",
    "site",
    "addressee",
    "addressee_told",
    "asked_us",
    "silent_us",
    "answer",
    "reason",
    "answered_us",
)
# The batteries of a request are listed in its report alone; who sees it is said by its stream.
_UPSERT: Final = f"""
INSERT INTO pickup ({", ".join(_COLUMNS)}, batteries, seen_by)
SELECT {", ".join(f"n.{name}" for name in _COLUMNS)},
       array(SELECT jsonb_array_elements_text(convert_from(r.body, 'UTF8')::jsonb
                                              -> 'data' -> 'batteries')),
       s.seen_by
  FROM json_populate_recordset(NULL::pickup, $1::text::json) n
  JOIN report r ON r.event_id = n.event_id
  JOIN stream s ON s.stream_id = n.stream_id
    ON CONFLICT (stream_id) DO UPDATE
   SET {", ".join(f"{name} = excluded.{name}" for name in (*_COLUMNS[1:], "batteries", "seen_by"))}
"""  # noqa: S608 - made of the constants above
_DROP: Final = "DELETE FROM pickup WHERE stream_id = ANY ($1::uuid[])"
_json = msgspec.json.Encoder(enc_hook=str).encode


async def project_pickups(connection: Connection, names: Collection[str], rules: Rules) -> None:
    """Writes the rows of these pickups, and drops those whose request was withdrawn.

    In the caller's transaction.
    """
    streams = {stream_id(Stream.PICKUP, name): name for name in names}
    told = await standing_events(connection, streams)
    rows = {
        stream: row
        for stream, name in streams.items()
        if (row := _row(name, told.get(stream, ()), rules)) is not None
    }
    if rows:
        listed = [{"stream_id": stream} | row for stream, row in rows.items()]
        await connection.execute(_UPSERT, _json(listed).decode())
    gone = [stream for stream in streams if stream not in rows]
    if gone:
        await connection.execute(_DROP, gone)


def _row(name: str, events: Sequence[Event], rules: Rules) -> dict[str, Any] | None:
    _, requester, number = name.split(":", 2)
    request = standing_request(events, requester)
    if request is None:
        return None
    answer = answer_to(request, (e for e in events if e.type == "pickup_answered"))
    return {
        "number": number,
        "event_id": request.event_id,
        "requester": requester,
        "site": request.site,
        "addressee": party_key(request.data["to"]),
        "addressee_told": named(request.data["to"]),
        "asked_us": request.occurred_us,
        "silent_us": silent_from_us(request, rules),
        "answer": answer.data["answer"] if answer else None,
        "reason": answer.data.get("reason") if answer else None,
        "answered_us": answer.occurred_us if answer else None,
    }
