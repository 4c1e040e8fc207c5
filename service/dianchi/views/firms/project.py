"""Follows the log and counts what organisations report, with a place in the log of its own.

What a step writes and how far it came are one transaction: a crash repeats a step and never half
of it. To begin anew is to forget that place.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from asyncpg import Connection, Record
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.acts import ACTS
from dianchi.domain.fields import chinese_day, microseconds
from dianchi.domain.firms import doubts, is_plain
from dianchi.domain.life_event import WITHDRAWALS
from dianchi.domain.rules import Rules
from dianchi.store.lives import withdrawn_among
from dianchi.store.names import stream_id
from dianchi.views.findings.subjects import firm_subject, mark

VERSION: Final = 1
"""Of what is counted; another number than the stored one makes it be counted anew. A change of the
rule `backdate_days` asks for another."""
_NAME: Final = "firms"
_POSITION: Final = "SELECT log_index FROM projection WHERE name = $1 AND version = $2"
_MOVE: Final = """
INSERT INTO projection (name, log_index, version) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE SET log_index = excluded.log_index, version = excluded.version
"""
_FORGET: Final = (
    "DELETE FROM projection WHERE name = 'firms'",
    "TRUNCATE firm, doubtful, crowd",
)
_NEXT: Final = """
SELECT l.log_index, l.stream_id, l.version, e.body
  FROM log_entry l JOIN event e ON e.stream_id = l.stream_id AND e.version = l.version
 WHERE l.log_index >= $1 ORDER BY l.log_index LIMIT $2
"""
_LAST: Final = """
INSERT INTO firm AS f (organisation, last_us) SELECT * FROM unnest($1::text[], $2::bigint[])
    ON CONFLICT (organisation) DO UPDATE SET last_us = excluded.last_us
 WHERE excluded.last_us > f.last_us
"""
# A report over many batteries is known by its first line.
_FIRST_LINES: Final = """
SELECT r.event_id, r.stream_id, r.version
  FROM unnest($1::uuid[], $2::uuid[], $3::integer[]) i(event_id, stream_id, version)
  JOIN report r ON r.event_id = i.event_id AND r.stream_id = i.stream_id AND r.version = i.version
"""
# A report over one battery is withdrawn with its only line.
_WITHDRAWN: Final = """
SELECT e.body FROM unnest($1::uuid[], $2::boolean[]) i(event_id, whole)
  JOIN report r ON r.event_id = i.event_id AND (i.whole OR r.body IS NULL)
  JOIN event e ON e.stream_id = r.stream_id AND e.version = r.version
"""
_ADD: Final = """
WITH new AS (
    INSERT INTO doubtful (organisation, code, day, recorded_us, event_id)
    SELECT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::bigint[], $5::uuid[])
        ON CONFLICT DO NOTHING RETURNING organisation, code, day)
INSERT INTO crowd AS c (organisation, code, day, reports)
SELECT organisation, code, day, count(*) FROM new GROUP BY organisation, code, day
    ON CONFLICT (organisation, code, day) DO UPDATE SET reports = c.reports + excluded.reports
RETURNING organisation
"""
_TAKE_OUT: Final = """
WITH gone AS (
    DELETE FROM doubtful d
     USING unnest($1::text[], $2::text[], $3::integer[], $4::bigint[], $5::uuid[])
           i(organisation, code, day, recorded_us, event_id)
     WHERE (d.organisation, d.code, d.day, d.recorded_us, d.event_id)
         = (i.organisation, i.code, i.day, i.recorded_us, i.event_id)
    RETURNING d.organisation, d.code, d.day)
UPDATE crowd c SET reports = c.reports - n.reports
  FROM (SELECT organisation, code, day, count(*) AS reports FROM gone
         GROUP BY organisation, code, day) n
 WHERE (c.organisation, c.code, c.day) = (n.organisation, n.code, n.day)
RETURNING c.organisation
"""
_SAID_SILENT: Final = """
SELECT subject_id FROM finding
 WHERE is_open AND code = 'silent_firm' AND subject_id = ANY ($1::uuid[])
"""


class _Told(msgspec.Struct, gc=False):
    """What is read of an event here; its data only where it is a correction."""

    event_id: str
    type: str
    occurred_at: str
    organisation: str
    recorded_at: str
    data: msgspec.Raw


class _Withdrawal(msgspec.Struct, gc=False):
    event_id: str
    battery: str | None = None


class Report(NamedTuple):
    """An event as the domain doubts it."""

    event_id: str
    type: str
    organisation: str
    occurred_us: int
    recorded_us: int

    def doubts(self, rules: Rules) -> tuple[str, ...]:
        """The bursts that it may be part of."""
        return doubts(self.type, self.occurred_us, self.recorded_us, rules)


Doubtful = tuple[str, str, int, int, UUID]
"""Organisation, code, day, when it was recorded, event id."""
_read = msgspec.json.Decoder(_Told).decode
_read_withdrawal = msgspec.json.Decoder(_Withdrawal).decode


async def _forget(connection: Connection) -> None:
    """Lets everything be counted anew."""
    async with connection.transaction():
        for statement in _FORGET:
            await connection.execute(statement)


async def follow(connection: Connection, rules: Rules, most: int, now_us: int) -> int:
    """Counts the next entries of the log, in a transaction of its own; how many there were.

    Organisations whose findings may change by them are marked to be looked at.
    """
    after: int | None = await connection.fetchval(_POSITION, _NAME, VERSION)
    if after is None:
        await _forget(connection)
    async with connection.transaction():
        rows = await connection.fetch(_NEXT, after or 0, most)
        if rows or after is None:
            concerned = await _count(connection, rows, rules)
            await mark(connection, map(firm_subject, concerned), now_us)
            place = rows[-1]["log_index"] + 1 if rows else 0
            await move(connection, place)
    return len(rows)


async def move(connection: Connection, place: int) -> None:
    """Notes how far the log was counted."""
    await connection.execute(_MOVE, _NAME, place, VERSION)


async def _count(connection: Connection, rows: Sequence[Record], rules: Rules) -> set[str]:
    told = [_read(row["body"]) for row in rows]
    concerned = await _heard_of(connection, told)
    first = await _first_lines(connection, rows, told, rules)
    concerned |= await _changed(connection, _ADD, first, rules)
    withdrawn = await _withdrawn(connection, told)
    return concerned | await _changed(connection, _TAKE_OUT, withdrawn, rules)


def _report(told: _Told) -> Report:
    occurred_us, recorded_us = microseconds(told.occurred_at), microseconds(told.recorded_at)
    return Report(told.event_id, told.type, told.organisation, occurred_us, recorded_us)


async def _heard_of(connection: Connection, told: Iterable[_Told]) -> set[str]:
    """Notes who reported; gives those that were said to be silent."""
    last: dict[str, str] = {}
    for each in told:
        if each.type in ACTS:
            continue
        # Canonical instants are in order as texts, too.
        if each.recorded_at > last.get(each.organisation, ""):
            last[each.organisation] = each.recorded_at
    if not last:
        return set()
    await connection.execute(_LAST, list(last), list(map(microseconds, last.values())))
    streams = {stream_id(*firm_subject(each)): each for each in last}
    silent = await connection.fetch(_SAID_SILENT, list(streams))
    return {streams[row["subject_id"]] for row in silent}


async def _first_lines(
    connection: Connection, rows: Sequence[Record], told: Sequence[_Told], rules: Rules
) -> list[Report]:
    """The doubtful reports among these events, each once, that nobody withdrew."""
    doubtful = {
        (UUID(report.event_id), row["stream_id"], row["version"]): report
        for row, each in zip(rows, told, strict=True)
        if not is_plain(each.type, each.occurred_at, each.recorded_at)
        and (report := _report(each)).doubts(rules)
    }
    if not doubtful:
        return []
    found = await connection.fetch(_FIRST_LINES, *map(list, zip(*doubtful, strict=True)))
    first = [doubtful[tuple(row)] for row in found]
    withdrawn = await withdrawn_among(connection, [report.event_id for report in first])
    return [report for report in first if report.event_id not in withdrawn]


async def _withdrawn(connection: Connection, told: Iterable[_Told]) -> list[Report]:
    corrections = [_read_withdrawal(each.data) for each in told if each.type in WITHDRAWALS]
    whole = {each.event_id: each.battery is None for each in corrections}
    if not whole:
        return []
    rows = await connection.fetch(_WITHDRAWN, list(whole), list(whole.values()))
    return [_report(_read(row["body"])) for row in rows]


async def _changed(
    connection: Connection, statement: str, reports: Iterable[Report], rules: Rules
) -> set[str]:
    """Adds or takes out what is doubtful in these reports; gives whose counts changed."""
    doubtful = sorted(each for report in reports for each in doubtful_in(report, rules))
    if not doubtful:
        return set()
    columns: list[list[Any]] = [list(column) for column in zip(*doubtful, strict=True)]
    return {row["organisation"] for row in await connection.fetch(statement, *columns)}


def doubtful_in(report: Report, rules: Rules) -> Iterable[Doubtful]:
    """What of a report is counted as doubtful."""
    day, event_id = chinese_day(report.recorded_us), UUID(report.event_id)
    return (
        (report.organisation, code, day, report.recorded_us, event_id)
        for code in report.doubts(rules)
    )
