"""What proves the signatures of events: the entries of the keys, and the reports they cover."""

from collections.abc import Collection
from typing import NamedTuple

from dianchi.domain.lines import Stream
from dianchi.store.connect import Queryable
from dianchi.store.envelope import SIGNED, open_json
from dianchi.store.lives import SQL
from dianchi.store.names import UUID, stream_id
from dianchi_client.bundle import Listed
from dianchi_client.canonical import retold
from dianchi_client.signers import Told, signer_of, subject_of


class Signed(NamedTuple):
    """All that organisations ever did with their keys, as far as the log has it.

    Attributes:
        keys: the entries, in the order of the log.
        leaves: their stored bytes.
        reports: canonical reports that their events do not tell, by the ids of these.
        withheld: ids of events whose report is not told to who asks.
    """

    keys: list[Listed]
    leaves: list[bytes]
    reports: dict[str, bytes]
    withheld: tuple[str, ...] = ()

    def without(self, withheld: Collection[str]) -> "Signed":
        """The same, but for these reports."""
        told = {name: body for name, body in self.reports.items() if name not in withheld}
        return self._replace(reports=told, withheld=tuple(sorted(withheld)))


async def read_signed(connection: Queryable, bodies: Collection[bytes]) -> Signed:
    """What is needed to check the signatures among these events.

    Args:
        connection: any connection.
        bodies: the stored bytes of the events.
    """
    signed = [open_json(body) for body in bodies if SIGNED in body]
    if not signed:
        return Signed([], [], {})
    streams = {subject_of(signer_of(event)) for event in signed}
    acts = await _acts(connection, streams)
    keys = [listed for listed, _ in acts]
    return Signed(keys, [leaf for _, leaf in acts], await _reports(connection, signed))


async def _acts(connection: Queryable, streams: set[str]) -> list[tuple[Listed, bytes]]:
    ids = [stream_id(Stream.ORGANISATION, name) for name in sorted(streams)]
    acts = []
    for row in await connection.fetch(SQL["history_of_many"], ids):
        if row["log_index"] is not None:
            told = open_json(row["body"])
            place = row["log_index"], told["reported_as"], told["version"], told["event_id"]
            acts.append((Listed(*place), row["body"]))
    return sorted(acts)


async def _reports(connection: Queryable, signed: list[Told]) -> dict[str, bytes]:
    untold = {event["event_id"] for event in signed if retold(event) is None}
    rows = [await connection.fetchrow(SQL["report"], UUID(each)) for each in sorted(untold)]
    return {str(row["event_id"]): row["body"] for row in rows if row}
