"""Reads what was done for an organisation, as the log has it."""

from typing import Final

from dianchi.domain.lines import Stream, organisation_subject
from dianchi.store.connect import Queryable
from dianchi.store.envelope import open_json
from dianchi.store.names import stream_id

_ACTS: Final = "SELECT body FROM event WHERE stream_id = $1 ORDER BY version"


async def acts_of(connection: Queryable, organisation: str, kind: str) -> list[bytes]:
    """The stored acts of one type of an organisation, in their order."""
    stream = stream_id(Stream.ORGANISATION, organisation_subject(organisation))
    rows = await connection.fetch(_ACTS, stream)
    return [row["body"] for row in rows if open_json(row["body"])["type"] == kind]
