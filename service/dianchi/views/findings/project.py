"""Opens and closes the rows of findings: what is found now against what stood open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import msgspec
from asyncpg import Connection, Record
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.findings import Finding, kind_of, severity_of
from dianchi.domain.life import Event
from dianchi.domain.lines import Stream
from dianchi.domain.registry import Registry
from dianchi.domain.sight import OWN_REPORT
from dianchi.domain.terms import end_us
from dianchi.store.names import key_id

_FINDINGS: Final = 0
"""A kind beside those of `KeyKind`, for ids."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TOLD: Final = "json_populate_recordset(NULL::finding, $1::text::json)"


def _open(source: str) -> str:
    """A finding that stands open as it was is not written again.

    It is looked for by its subject too, not by `is_open`: a plan made while the table was empty
    must not read it whole once it is full.
    """
    return f"""
WITH told AS (
    SELECT n.finding_id, n.subject_kind, n.subject_id, n.subject, n.code, n.kind, n.severity,
           n.prefecture, n.organisation, n.said, n.evidence, n.opened_at,
           n.seen_by || coalesce(s.seen_by, '{{}}') AS seen_by
      FROM {source} n
      LEFT JOIN stream s ON s.stream_id = n.subject_id)
INSERT INTO finding (finding_id, subject_kind, subject_id, subject, code, kind, severity,
                     prefecture, organisation, said, evidence, opened_at, seen_by)
SELECT * FROM told n
 WHERE NOT EXISTS (SELECT FROM finding f
     WHERE f.subject_id = n.subject_id AND f.finding_id = n.finding_id AND f.closed_at IS NULL
       AND (f.severity, f.prefecture, f.organisation, f.said, f.evidence, f.seen_by)
           IS NOT DISTINCT FROM
           (n.severity, n.prefecture, n.organisation, n.said, n.evidence, n.seen_by))
    ON CONFLICT (finding_id) DO UPDATE SET severity = excluded.severity, said = excluded.said,
       prefecture = excluded.prefecture, organisation = excluded.organisation,
       evidence = excluded.evidence, seen_by = excluded.seen_by, closed_at = NULL
"""  # noqa: S608 - made of constants


_OPEN: Final = _open(_TOLD)
_NAMED: Final = (
    "finding_id, subject_kind, subject_id, subject, code, kind, severity, prefecture, organisation,"
    " said, evidence, opened_at, seen_by"
)
_LAY: Final = f"""
INSERT INTO rebuilt_finding ({_NAMED}) SELECT {_NAMED} FROM {_TOLD}
"""  # noqa: S608 - made of constants
_PLACE: Final = _open("rebuilt_finding")
_LEFT: Final = f"""
f.closed_at IS NULL AND f.subject_kind = {int(Stream.BATTERY)} AND f.subject_id <> ALL ($1::uuid[])
   AND NOT EXISTS (SELECT FROM rebuilt_finding n WHERE n.finding_id = f.finding_id)
"""
# Those that only go on under another name of the battery, as `_moved` finds them.
_MOVE_BESIDE: Final = f"""
WITH gone AS (
    SELECT finding_id, subject_id, code, coalesce(said->>'what', '') AS what, evidence, opened_at
      FROM finding f WHERE {_LEFT}),
moved AS (
    SELECT n.finding_id, g.finding_id AS before, g.opened_at
      FROM rebuilt_finding n
      JOIN gone g ON g.code = n.code AND g.what = coalesce(n.said->>'what', '')
       AND g.evidence = n.evidence AND g.subject_id <> n.subject_id
     WHERE NOT EXISTS (SELECT FROM finding o
               WHERE o.finding_id = n.finding_id AND o.closed_at IS NULL)),
kept AS (
    UPDATE rebuilt_finding n SET opened_at = least(n.opened_at, m.opened_at)
      FROM moved m WHERE m.finding_id = n.finding_id)
DELETE FROM finding f USING moved m WHERE f.finding_id = m.before
"""  # noqa: S608 - as above
_CLOSE_BESIDE: Final = f"""
UPDATE finding f SET closed_at = clock_timestamp() WHERE {_LEFT}
"""  # noqa: S608 - as above
_GONE: Final = """
SELECT finding_id, subject_id, code, coalesce(said->>'what', '') AS what, evidence, opened_at
  FROM finding
 WHERE subject_id = ANY ($1::uuid[]) AND closed_at IS NULL AND finding_id <> ALL ($2::uuid[])
"""
_STANDING: Final = """
SELECT finding_id FROM finding WHERE finding_id = ANY ($1::uuid[]) AND closed_at IS NULL
"""
_CLOSE: Final = "UPDATE finding SET closed_at = $2 WHERE finding_id = ANY ($1::uuid[])"
_MOVED: Final = "DELETE FROM finding WHERE finding_id = ANY ($1::uuid[])"
_json = msgspec.json.Encoder(enc_hook=str).encode


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is found of one subject now.

    Attributes:
        kind: of its stream.
        stream: its id.
        name: canonical.
        members: the streams whose findings are this subject's, its own among them.
        events: what findings may name as evidence, by id.
        prefecture: of the subject, for findings whose evidence is in no prefecture.
        organisation: who answers where no evidence names somebody.
    """

    kind: int
    stream: UUID
    name: str
    findings: Sequence[Finding]
    members: Sequence[UUID]
    events: Mapping[str, Event] = field(repr=False)
    prefecture: str | None = None
    organisation: str | None = None


class Row(msgspec.Struct, gc=False):
    """A row to be written, its members named as the columns are."""

    finding_id: UUID
    subject_kind: int
    subject_id: UUID
    subject: str
    code: str
    kind: str
    severity: str
    prefecture: str | None
    organisation: str | None
    said: Mapping[str, Any]
    evidence: Sequence[str]
    opened_at: datetime
    seen_by: Sequence[str]


async def write_findings(
    connection: Connection, subjects: Iterable[Shown], registry: Registry, moment: datetime | None
) -> None:
    """Opens what is new, closes what is gone; the same finding found again is open again.

    Args:
        connection: in a transaction.
        subjects: each with all of its findings.
        registry: for prefectures.
        moment: when this became known; None when that was at some time before (a rebuild): then
            a new finding opens when its evidence was on record.
    """
    every = list(subjects)
    if not every:
        return
    found = _found(every, registry, moment)
    members = [stream for shown in every for stream in shown.members]
    gone = await connection.fetch(_GONE, members, list(found))
    moved = await _moved(connection, found, gone) if found and gone else set()
    if found:
        await connection.execute(_OPEN, _json(list(found.values())).decode())
    closed = [row["finding_id"] for row in gone if row["finding_id"] not in moved]
    if closed:
        at = moment or await connection.fetchval("SELECT clock_timestamp()")
        await connection.execute(_CLOSE, closed, at)
    if moved:
        await connection.execute(_MOVED, list(moved))


def _found(
    subjects: Iterable[Shown], registry: Registry, moment: datetime | None
) -> dict[UUID, Row]:
    return {
        row.finding_id: row
        for shown in subjects
        for row in (_row(shown, finding, registry, moment) for finding in shown.findings)
    }


async def lay_findings(
    connection: Connection, subjects: Iterable[Shown], registry: Registry
) -> None:
    """Lays the findings of batteries beside those that are shown."""
    found = _found(subjects, registry, None)
    if found:
        await connection.execute(_LAY, _json(list(found.values())).decode())


async def place_findings(connection: Connection, spared: Sequence[UUID]) -> None:
    """Puts what was laid beside in the place of what is shown of batteries.

    In the caller's transaction. What stood open and is found again keeps its time; of the streams
    that are spared everything stays.
    """
    await connection.execute(_MOVE_BESIDE, spared)
    await connection.execute(_CLOSE_BESIDE, spared)
    await connection.execute(_PLACE)


async def _moved(
    connection: Connection, found: Mapping[UUID, Row], gone: Iterable[Record]
) -> set[UUID]:
    """Those that only go on under another name of the battery: the new row keeps their time."""
    before = {(row["code"], row["what"], *map(str, row["evidence"])): row for row in gone}
    standing = {row["finding_id"] for row in await connection.fetch(_STANDING, list(found))}
    moved: set[UUID] = set()
    for row in found.values():
        old = before.get((row.code, str(row.said.get("what", "")), *row.evidence))
        if old is None or old["subject_id"] == row.subject_id or row.finding_id in standing:
            continue
        row.opened_at = min(row.opened_at, old["opened_at"])
        moved.add(old["finding_id"])
    return moved


def _row(shown: Shown, finding: Finding, registry: Registry, moment: datetime | None) -> Row:
    last = _last(finding, shown.events)
    return Row(
        _finding_id(shown, finding),
        shown.kind,
        shown.stream,
        shown.name,
        finding.code,
        kind_of(finding).kind,
        severity_of(finding),
        (registry.prefecture(last.organisation, last.site) if last else None) or shown.prefecture,
        last.organisation if last else shown.organisation,
        finding.values,
        finding.evidence,
        moment or _on_record(finding, shown.events),
        _seers(shown, finding),
    )


def _seers(shown: Shown, finding: Finding) -> list[str]:
    """Who sees the finding besides those who see its subject: who made a report that shows it.

    What is found of an organisation it sees itself, and its prefecture does.
    """
    reporters = {
        shown.events[each].organisation for each in finding.evidence if each in shown.events
    }
    own = {f"{OWN_REPORT}{each}" for each in reporters}
    if shown.kind in (Stream.ORGANISATION, Stream.SITE):
        own |= {each for each in (shown.organisation, shown.prefecture) if each}
    return sorted(own)


def _finding_id(shown: Shown, finding: Finding) -> UUID:
    """A battery may show one code several times, each by its evidence; a lot, batch or site once.

    There the evidence grows with every report, while the finding goes on. An organisation shows a
    code once for each day that it names.
    """
    code, what, evidence = finding.identity
    named = evidence if shown.kind == Stream.BATTERY else ()
    if shown.kind == Stream.ORGANISATION and "day" in finding.values:
        named = (finding.values["day"],)
    return key_id(_FINDINGS, "|".join((shown.name, code, what, *named)))


def _last(finding: Finding, events: Mapping[str, Event]) -> Event | None:
    """The report that completed the evidence: whoever made it is concerned."""
    named = (events[each] for each in finding.evidence if each in events)
    return max(named, key=lambda event: event.key, default=None)


def _on_record(finding: Finding, events: Mapping[str, Event]) -> datetime:
    """When its evidence was complete, and what was due was over."""
    moment = max((events[e].recorded_us for e in finding.evidence if e in events), default=0)
    due = finding.values.get("due")
    if due is not None:
        moment = max(moment, end_us(date.fromisoformat(due)))
    return _EPOCH + timedelta(microseconds=moment)
