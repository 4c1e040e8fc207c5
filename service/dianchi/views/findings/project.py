"""Opens and closes the rows of findings: what is found now against what stood open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

import msgspec
from asyncpg import Connection, Record
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.findings import Finding, kind_of, severity_of
from dianchi.domain.life import Event
from dianchi.domain.lines import Stream
from dianchi.domain.registry import Registry
from dianchi.domain.terms import end_us
from dianchi.store.names import key_id, stream_id

_FINDINGS: Final = 0
"""A kind beside those of `KeyKind`, for ids."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STANDING: Final = """
SELECT finding_id, subject_id, code, severity, prefecture, organisation, said, evidence, opened_at,
       is_open
  FROM finding WHERE subject_id = ANY ($1::uuid[]) AND (is_open OR finding_id = ANY ($2::uuid[]))
"""
_OPEN: Final = """
INSERT INTO finding AS f (finding_id, subject_kind, subject_id, subject, code, kind, severity,
                          prefecture, organisation, said, evidence, opened_at)
SELECT i, sk, si, s, c, k, sv, p, o, v::jsonb, e::uuid[], t
  FROM unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::text[], $6::text[],
              $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::timestamptz[])
       n(i, sk, si, s, c, k, sv, p, o, v, e, t)
    ON CONFLICT (finding_id) DO UPDATE SET severity = excluded.severity, said = excluded.said,
       prefecture = excluded.prefecture, organisation = excluded.organisation,
       evidence = excluded.evidence, closed_at = NULL
"""
_CLOSE: Final = "UPDATE finding SET closed_at = $2 WHERE finding_id = ANY ($1::uuid[])"
_MOVED: Final = "DELETE FROM finding WHERE finding_id = ANY ($1::uuid[])"
_read = msgspec.json.Decoder().decode
_json = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is found of one subject now.

    Attributes:
        kind: of its stream.
        name: canonical.
        members: the streams whose findings are this subject's, its own among them.
        events: what findings may name as evidence, by id.
        prefecture: of the subject, for findings whose evidence is in no prefecture.
        organisation: who answers where no evidence names somebody.
    """

    kind: int
    name: str
    findings: Sequence[Finding]
    members: frozenset[UUID]
    events: Mapping[str, Event] = field(repr=False)
    prefecture: str | None = None
    organisation: str | None = None


class Row(NamedTuple):
    """A row to be written, in the order of the parameters of `_OPEN`."""

    finding_id: UUID
    subject_kind: int
    subject_id: UUID
    subject: str
    code: str
    kind: str
    severity: str
    prefecture: str | None
    organisation: str | None
    said: str
    evidence: str
    opened_at: datetime


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
    found = {row.finding_id: row for shown in every for row in _rows(shown, registry, moment)}
    members = [stream for shown in every for stream in shown.members]
    standing = await connection.fetch(_STANDING, members, list(found))
    gone = [row for row in standing if row["is_open"] and row["finding_id"] not in found]
    for row in standing:
        if row["is_open"] and _is_same(row, found.get(row["finding_id"])):
            del found[row["finding_id"]]
    moved = _moved(found, gone) if found and gone else set()
    if found:
        await connection.execute(_OPEN, *(list(c) for c in zip(*found.values(), strict=True)))
    closed = [row["finding_id"] for row in gone if row["finding_id"] not in moved]
    if closed:
        at = moment or await connection.fetchval("SELECT clock_timestamp()")
        await connection.execute(_CLOSE, closed, at)
    if moved:
        await connection.execute(_MOVED, list(moved))


def _is_same(row: Record, found: Row | None) -> bool:
    return found is not None and (
        row["severity"] == found.severity
        and _evidence(row) == found.evidence
        and (row["prefecture"], row["organisation"]) == (found.prefecture, found.organisation)
        and _read(row["said"]) == _read(found.said)
    )


def _evidence(row: Record) -> str:
    return f"{{{','.join(map(str, row['evidence']))}}}"


def _what(said: str) -> str:
    return str(_read(said).get("what", ""))


def _moved(found: dict[UUID, Row], gone: Iterable[Record]) -> set[UUID]:
    """Those that only go on under another name of the battery: the new row keeps their time."""
    before = {(row["code"], _what(row["said"]), _evidence(row)): row for row in gone}
    moved: set[UUID] = set()
    for row in list(found.values()):
        old = before.get((row.code, _what(row.said), row.evidence))
        if old is not None and old["subject_id"] != row.subject_id:
            earlier = min(row.opened_at, old["opened_at"])
            found[row.finding_id] = row._replace(opened_at=earlier)
            moved.add(old["finding_id"])
    return moved


def _rows(shown: Shown, registry: Registry, moment: datetime | None) -> Iterable[Row]:
    stream = stream_id(shown.kind, shown.name)
    for finding in shown.findings:
        last = _last(finding, shown.events)
        yield Row(
            _finding_id(shown, finding),
            shown.kind,
            stream,
            shown.name,
            finding.code,
            kind_of(finding).kind,
            severity_of(finding),
            (registry.prefecture(last.organisation, last.site) if last else None)
            or shown.prefecture,
            last.organisation if last else shown.organisation,
            _json(dict(finding.values)).decode(),
            f"{{{','.join(finding.evidence)}}}",
            moment or _on_record(finding, shown.events),
        )


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
