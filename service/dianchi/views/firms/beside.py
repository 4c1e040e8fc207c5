"""Counts what organisations report anew while all events are read, beside the counts that hold.

What is counted depends on the set of events alone, in whatever order they are read: the last report
of each organisation, and the doubtful reports that nobody withdrew.
"""

from collections.abc import Mapping
from typing import Final

from asyncpg import Connection
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.acts import ACTS
from dianchi.domain.firms import may_be_doubted
from dianchi.domain.life_event import WITHDRAWALS, Event
from dianchi.domain.rules import Rules
from dianchi.views.findings.subjects import firm_subject, mark
from dianchi.views.firms.project import Report, doubtful_in, move
from dianchi.views.related import Known

_COLUMNS: Final = "organisation, code, day, recorded_us, event_id"
# Of a report over many batteries its first line counts; one over one battery has no other.
_FIRST_LINES: Final = """
SELECT r.event_id, r.stream_id, r.version, r.body IS NULL AS alone
  FROM unnest($1::uuid[], $2::uuid[], $3::integer[]) i(event_id, stream_id, version)
  JOIN report r ON r.event_id = i.event_id AND r.stream_id = i.stream_id AND r.version = i.version
"""
_LAY: Final = f"""
INSERT INTO rebuilt_doubtful ({_COLUMNS})
SELECT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::bigint[], $5::uuid[])
"""  # noqa: S608 - made of a constant
_LAY_LAST: Final = """
INSERT INTO rebuilt_firm (organisation, last_us) SELECT * FROM unnest($1::text[], $2::bigint[])
"""
_PLACE: Final = (
    """
    DELETE FROM doubtful d WHERE NOT EXISTS (SELECT FROM rebuilt_doubtful n
     WHERE (n.organisation, n.code, n.day, n.recorded_us, n.event_id)
         = (d.organisation, d.code, d.day, d.recorded_us, d.event_id))
    """,
    f"""
    INSERT INTO doubtful ({_COLUMNS}) SELECT DISTINCT {_COLUMNS} FROM rebuilt_doubtful
        ON CONFLICT DO NOTHING
    """,  # noqa: S608 - as above
    "DELETE FROM crowd",
    """
    INSERT INTO crowd (organisation, code, day, reports)
    SELECT organisation, code, day, count(*) FROM doubtful GROUP BY organisation, code, day
    """,
    "DELETE FROM firm",
    """
    INSERT INTO firm (organisation, last_us)
    SELECT organisation, max(last_us) FROM rebuilt_firm GROUP BY organisation
    """,
)
_DOUBTED: Final = "SELECT DISTINCT organisation FROM crowd"


class Heard:
    """When each organisation was last heard of, in what one process read."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def hear(self, event: Event) -> None:
        """An event; the service's own acts are no sign of a firm."""
        if event.recorded_us > self._last.get(event.organisation, -1) and event.type not in ACTS:
            self._last[event.organisation] = event.recorded_us

    async def lay(self, connection: Connection) -> None:
        """Lays it beside what holds."""
        last = self._last
        await connection.execute(_LAY_LAST, list(last), list(last.values()))


async def lay_doubtful(connection: Connection, known: Known, heard: Heard, rules: Rules) -> None:
    """Hears of these streams, and lays what is doubtful in them beside what holds."""
    candidates: list[tuple[UUID, UUID, int]] = []
    for stream, events in known.items():
        for event in events.values():
            heard.hear(event)
            if may_be_doubted(event.type, event.occurred_us, event.recorded_us):
                candidates.append((UUID(event.event_id), stream, event.version))
    if not candidates:
        return
    columns = [list(column) for column in zip(*candidates, strict=True)]
    first = await connection.fetch(_FIRST_LINES, *columns)
    standing = (
        known[stream][version]
        for _, stream, version, alone in first
        if not _is_withdrawn(known[stream], known[stream][version], alone=alone)
    )
    found = [each for event in standing for each in doubtful_in(_report(event), rules)]
    if found:
        await connection.execute(_LAY, *(list(column) for column in zip(*found, strict=True)))


def _is_withdrawn(there: Mapping[int, Event], event: Event, *, alone: bool) -> bool:
    """A withdrawal stands in the stream of the line: of the report, or of its only line."""
    return any(
        each.data["event_id"] == event.event_id and (alone or "battery" not in each.data)
        for each in there.values()
        if each.type in WITHDRAWALS
    )


def _report(event: Event) -> Report:
    return Report(
        event.event_id, event.type, event.organisation, event.occurred_us, event.recorded_us
    )


async def place_firms(connection: Connection, end: int, now_us: int) -> None:
    """Puts what was laid beside in the place of what held, and has every firm in it looked at.

    In the caller's transaction. From `end` on the log is followed.
    """
    concerned = {row["organisation"] for row in await connection.fetch(_DOUBTED)}
    for statement in _PLACE:
        await connection.execute(statement)
    concerned |= {row["organisation"] for row in await connection.fetch(_DOUBTED)}
    await mark(connection, map(firm_subject, concerned), now_us)
    await move(connection, end)
