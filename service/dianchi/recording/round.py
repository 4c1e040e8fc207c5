"""A round: reports that are read, folded and written together, wholly or not at all."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from asyncpg import Record
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.fields import instant_text
from dianchi.domain.life import Event, Life, apply, fold, follows
from dianchi.domain.lines import Line, Stream
from dianchi.domain.rules import Rules
from dianchi.domain.sight import seers_of_line
from dianchi.recording.outcomes import Clash, Entry, Outcome, Recorded
from dianchi.recording.prepare import Prepared
from dianchi.store.envelope import NONCE_BYTES, seal
from dianchi.store.heads import Head, read_head
from dianchi.store.lives import Stored
from dianchi.store.write import Writing

FREE_EVENTS: Final = 64
"""So long a life folds in 2 ms; honest ones have some tens of events."""


@dataclass(slots=True)
class Known:
    """A report that was recorded before, with the version of each of its lines."""

    sha256: bytes
    organisation: str
    versions: dict[UUID, int]

    def is_of(self, report: Prepared) -> bool:
        """Whether this is the same report of the same organisation: a replay, not a clash."""
        return (self.sha256, self.organisation) == (
            report.stamp.sha256,
            report.stamp.organisation,
        )


@dataclass(slots=True)
class Round:
    """The state of one attempt.

    Attributes:
        heads: the working heads of every stream touched; changed while folding.
        known: reports of the round that were recorded before.
        expected: the versions the heads had when they were read; 0 for a new stream.
        refolds: battery streams that need all their events again, with their names: something
            came late, or only by its day, or was withdrawn, or the life goes on under another name.
        kin: other streams of lives that go on under several names, with who sees these lives.
    """

    reports: list[Prepared]
    rules: Rules
    now_us: int
    heads: dict[UUID, Head]
    known: dict[UUID, Known]
    expected: dict[UUID, int] = field(default_factory=dict)
    fresh: dict[UUID, list[Event]] = field(default_factory=dict)
    refolds: dict[UUID, str] = field(default_factory=dict)
    writing: Writing = field(default_factory=Writing)
    clashes: set[int] = field(default_factory=set)
    unseen: dict[int, str] = field(default_factory=dict)
    kin: dict[UUID, set[str]] = field(default_factory=dict)
    _placed: dict[UUID, tuple[Prepared, list[int]]] = field(default_factory=dict)

    def place(self) -> None:
        """Gives each new report its versions and bytes, and folds what simply follows."""
        self.expected = {stream: head.version for stream, head in self.heads.items()}
        moment = instant_text(self.now_us)
        nonces = iter(_nonces(sum(len(report.lines) for report in self.reports)))
        for number, report in enumerate(self.reports):
            before = self._before(report)
            if before is not None:
                self._answer_again(number, report, before)
            elif (hidden := self._hidden(report)) is not None:
                self.unseen[number] = hidden
            else:
                versions = [
                    self._write_line(report, place, moment, next(nonces))
                    for place in range(len(report.lines))
                ]
                self._placed[report.event_id] = report, versions

    def _hidden(self, report: Prepared) -> str | None:
        """What a report is about and its reporter does not see, where that is asked."""
        if report.eyes is None:
            return None
        for line, stream in zip(report.lines, report.streams, strict=True):
            head = self.heads.get(stream)
            if not report.eyes.see(head.seen_by if head is not None else ()):
                return line.subject
        return None

    def _before(self, report: Prepared) -> Known | None:
        """What was recorded under this event id before: earlier, or earlier in this round."""
        known = self.known.get(report.event_id)
        if known is not None or report.event_id not in self._placed:
            return known
        twin, versions = self._placed[report.event_id]
        placed = dict(zip(twin.streams, versions, strict=True))
        return Known(twin.stamp.sha256, twin.stamp.organisation, placed)

    def _answer_again(self, number: int, report: Prepared, before: Known) -> None:
        if not before.is_of(report):
            self.clashes.add(number)
            return
        for stream, line in zip(report.streams, report.lines, strict=True):
            head = self.heads.get(stream)
            if head is not None and head.joined:
                # Its life may have gone on in another stream since.
                self.refolds[stream] = line.subject

    def _write_line(self, report: Prepared, place: int, moment: str, nonce: bytes) -> int:
        line, stream = report.lines[place], report.streams[place]
        head = self.heads.get(stream)
        if head is None:
            head = self.heads[stream] = Head()
            self.expected[stream] = 0
        recorded_us = max(self.now_us, head.recorded_us + 1)
        if recorded_us != self.now_us:
            moment = instant_text(recorded_us)
        event = _event(report, line, head.version + 1, recorded_us)
        body = seal(
            report.report,
            line,
            report.stamp,
            version=event.version,
            recorded_at=moment,
            nonce=nonce,
        )
        self.writing.add_event(stream, report, place, event.version, body)
        if not report.areas <= head.seen_by:
            head.seen_by |= report.areas
        if line.stream is Stream.BATTERY:
            self._fold(stream, head, event)
        else:
            head.seen_by |= seers_of_line(line, event.organisation, head.seen_by)
        if report.report.vins:
            head.vins = True
        if report.stamp.signature is not None:
            head.signed = True
        head.extend(event)
        return event.version

    def _fold(self, stream: UUID, head: Head, event: Event) -> None:
        if event.type == "identified":
            head.joined = True
        fresh = self.fresh.get(stream)
        if fresh is None:
            self.fresh[stream] = [event]
        else:
            fresh.append(event)
        if head.life is None:
            head.life = Life()
        # A withdrawn event keeps its place in history, but the life no longer knows its time.
        late = bool(head.life.withdrawn) or not follows(head.life, event)
        if head.joined or late or stream in self.refolds:
            self.refolds[stream] = event.subject
        else:
            apply(head.life, event, self.rules)
            head.take_grants()

    def refold(self, stored: Mapping[UUID, Stored]) -> None:
        """Folds again the streams that need it, from what their lives had before this round."""
        for stream in self.refolds:
            head = self.heads[stream]
            life = stored.get(stream) or Stored([], frozenset((stream,)))
            fresh = [e for member in life.streams for e in self.fresh.get(member, ())]
            folded = fold([*life.events, *fresh], self.rules)
            if head.joined:
                head.life, head.order, head.corrected = folded.life, None, None
                head.take_grants()
                self._show_to_kin(head, life.streams)
            else:
                head.refold(folded)

    def _show_to_kin(self, head: Head, members: Iterable[UUID]) -> None:
        """Whoever sees one name of a battery sees what was reported under the others."""
        for member in members:
            if member not in self.heads:
                self.kin.setdefault(member, set()).update(head.seen_by)

    def toll(self) -> dict[str, int]:
        """How many events of long lives were folded again, by who made that necessary."""
        weights = {s: self.heads[s].version for s in self.refolds}
        long = {stream for stream, weight in weights.items() if weight > FREE_EVENTS}
        owed: dict[str, int] = {}
        for report in self.reports if long else ():
            by = report.stamp.agent or report.stamp.organisation
            # A life is folded again once in a round, however many of its reports there are.
            for stream in long.intersection(report.streams):
                long.discard(stream)
                owed[by] = owed.get(by, 0) + weights[stream]
        return owed

    def finish(self) -> list[Outcome]:
        """The outcomes, once the heads are folded; heads go into the writing in order."""
        for stream in sorted(self.heads, key=_bytes_of):
            head, expected = self.heads[stream], self.expected[stream]
            if head.version > expected:
                self.writing.add_head(stream, head, expected)
        self.writing.show(self.kin)
        return [
            self._clash(number, report) or self._recorded(report)
            for number, report in enumerate(self.reports)
        ]

    def _clash(self, number: int, report: Prepared) -> Clash | None:
        if number in self.clashes or number in self.unseen:
            return Clash(report.report.event_id, self.unseen.get(number, ""))
        return None

    def _recorded(self, report: Prepared) -> Recorded:
        placed = self._placed.get(report.event_id)
        if placed is not None and placed[0] is report:
            versions, replay = placed[1], False
        else:
            before = self._before(report)
            known = before.versions if before else {}
            versions, replay = [known.get(stream, 0) for stream in report.streams], True
        entries = tuple(
            self._entry(line, stream, version, report.stamp.organisation)
            for line, stream, version in zip(report.lines, report.streams, versions, strict=True)
            if "mirrored" not in line.data
        )
        return Recorded(report.report.event_id, entries, replay)

    def _entry(self, line: Line, stream: UUID, version: int, organisation: str) -> Entry:
        head = self.heads.get(stream)
        life = head.life if head else None
        if life is None or line.stream is not Stream.BATTERY:
            return Entry(line.stream, line.subject, version, None, ())
        found = tuple(life.findings)
        assert head is not None  # noqa: S101 - it has a life
        return Entry(
            line.stream, line.subject, version, life.stage, found, head.seen_by, organisation
        )


def _nonces(count: int) -> list[bytes]:
    drawn = os.urandom(NONCE_BYTES * count)
    return [drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES)]


def _bytes_of(stream: UUID) -> bytes:
    return bytes(stream.bytes)


def _event(report: Prepared, line: Line, version: int, recorded_us: int) -> Event:
    told = report.report
    return Event(
        told.event_id,
        told.kind.name,
        line.subject,
        told.occurred_us,
        told.by_day,
        report.stamp.organisation,
        report.stamp.role,
        told.site,
        line.data,
        recorded_us,
        version,
    )


def read_rows(rows: list[Record]) -> tuple[dict[UUID, Head], dict[UUID, Known]]:
    """The heads and known reports in the rows of `read_round`."""
    heads: dict[UUID, Head] = {}
    known: dict[UUID, Known] = {}
    for kind, identity, version, content, stream, organisation, seen_by in rows:
        if kind == 0:
            heads[identity] = read_head(version, content, seen_by)
        else:
            known[identity] = Known(content, organisation, {stream: version})
    return heads, known
