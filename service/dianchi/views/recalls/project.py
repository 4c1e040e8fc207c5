"""Writes the list rows of recalls: one for each stream, however many batteries it concerns."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any, Final

import msgspec
from asyncpg import Connection

from dianchi.domain.lines import Stream
from dianchi.domain.recalls import Recall, recall_in
from dianchi.store.names import stream_id
from dianchi.views.recalls.tables import RecallRow
from dianchi.views.related import standing_events

_COLUMNS: Final = tuple(RecallRow.model_fields)
_UPSERT: Final = f"""
INSERT INTO recall ({", ".join(_COLUMNS)})
SELECT {", ".join(f"n.{name}" for name in _COLUMNS)}
  FROM json_populate_recordset(NULL::recall, $1::text::json) n
    ON CONFLICT (stream_id) DO UPDATE
   SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])}
"""  # noqa: S608 - made of the constants above
_DROP: Final = "DELETE FROM recall WHERE stream_id = ANY ($1::uuid[])"
_json = msgspec.json.Encoder(enc_hook=str).encode


async def project_recalls(connection: Connection, names: Collection[str]) -> None:
    """Writes the rows of these recalls, and drops those whose opening was withdrawn.

    In the caller's transaction.
    """
    streams = {stream_id(Stream.RECALL, name): name for name in names}
    told = await standing_events(connection, streams)
    found = {stream: recall_in(name, told.get(stream, ())) for stream, name in streams.items()}
    rows = [_row(recall) | {"stream_id": s} for s, recall in found.items() if recall is not None]
    if rows:
        await connection.execute(_UPSERT, _json(rows).decode())
    gone = [stream for stream, recall in found.items() if recall is None]
    if gone:
        await connection.execute(_DROP, gone)


def _row(recall: Recall) -> dict[str, Any]:
    told = asdict(recall)
    selector: dict[str, Any] = told.pop("selector")
    return told | selector
