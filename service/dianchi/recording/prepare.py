"""From decoded JSON to a report that only needs its place: read, admit, hash, cut into lines."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from dianchi.domain.admit import Reporter, admit
from dianchi.domain.lines import KeyKind, Line, Stream, lines_of
from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.domain.registry import Registry
from dianchi.domain.report import Report, read_report
from dianchi.store.envelope import Stamp, canonical_json
from dianchi.store.names import UUID, key_id, stream_id


@dataclass(slots=True)
class Prepared:
    """A report ready to be recorded: its lines, each with the id of its stream."""

    report: Report
    stamp: Stamp
    event_id: UUID
    lines: list[Line]
    streams: list[UUID]
    keys: list[list[tuple[int, UUID]]]
    body: bytes | None

    @property
    def own_key(self) -> UUID:
        """The key by which all lines of this report are found."""
        return key_id(KeyKind.REPORT, self.report.event_id)

    @property
    def alone(self) -> bool:
        """Whether it touches one battery and nothing else: the fast lane."""
        return len(self.streams) == 1 and self.lines[0].stream is Stream.BATTERY


def prepare(
    raw: Any,  # noqa: ANN401 - decoded JSON
    reporter: Reporter, registry: Registry, now_us: int, seal: Callable[[str], str],
) -> Prepared:
    """Reads and admits one report.

    Raises:
        Refused: malformed, not this role's to report, or ahead of the clock.
    """
    report = read_report(raw, seal)
    admit(report, reporter, now_us)
    canonical = canonical_json(report.canonical())
    stamp = Stamp(reporter.organisation, reporter.role, sha256(canonical).digest())
    if report.kind.name == "corrected":
        return placed(report, stamp, [], None)
    lines = lines_of(report, reporter.organisation, registry)
    return placed(report, stamp, lines, canonical)


def placed(report: Report, stamp: Stamp, lines: list[Line], canonical: bytes | None) -> Prepared:
    """Gives every line its stream; a report that touches several keeps its whole body.

    Raises:
        Refused: two of its names are one thing.
    """
    streams = [stream_id(line.stream, line.subject) for line in lines]
    if len(lines) > 1 and len(set(streams)) < len(streams):
        raise _twice(lines, streams)
    keys = [[(int(key.kind), key_id(key.kind, key.value)) for key in line.keys] for line in lines]
    if len(lines) > 1:
        own = (int(KeyKind.REPORT), key_id(KeyKind.REPORT, report.event_id))
        for carried in keys:
            carried.append(own)
    body = canonical if len(lines) > 1 else None
    return Prepared(report, stamp, UUID(report.event_id), lines, streams, keys, body)


def _twice(lines: list[Line], streams: list[UUID]) -> Refused:
    seen: set[UUID] = set()
    name = next(line.subject for line, stream in zip(lines, streams, strict=True)
                if stream in seen or seen.add(stream))  # type: ignore[func-returns-value]  # set.add
    return Refused(Fault(
        "invalid_value", "/data", name,
        Text("同一份上报里两次提到同一个对象", "names the same thing twice in one report"),
        Text("请合并或删除其中一行", "merge the two lines or remove one")))
