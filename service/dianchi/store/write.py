"""The arrays of one WRITE: what a round puts into the tables in a single statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from asyncpg.pgproto.pgproto import UUID

from dianchi.store.heads import Head
from dianchi.store.vault import Locked


class Sealed(Protocol):
    """What a WRITE needs of a prepared report."""

    event_id: UUID
    streams: list[UUID]
    keys: list[list[tuple[int, UUID]]]
    body: bytes | None
    personal: Sequence[Locked]

    @property
    def lines(self) -> Sequence[Any]: ...
    @property
    def stamp(self) -> Any: ...  # noqa: ANN401 - organisation and sha256 are read


def _columns(count: int) -> tuple[list[Any], ...]:
    return tuple([] for _ in range(count))


@dataclass(slots=True)
class Writing:
    """Column by column, in the order of the parameters of `write_round`."""

    moved: tuple[list[Any], ...] = field(default_factory=lambda: _columns(6))
    born: tuple[list[Any], ...] = field(default_factory=lambda: _columns(6))
    events: tuple[list[Any], ...] = field(default_factory=lambda: _columns(7))
    keys: tuple[list[Any], ...] = field(default_factory=lambda: _columns(4))
    kin: tuple[list[Any], ...] = field(default_factory=lambda: _columns(2))
    personal: dict[str, Locked] = field(default_factory=dict)
    names: dict[UUID, tuple[int, str]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write: every report was known."""
        return not self.events[0]

    def add_event(
        self, stream: UUID, report: Sealed, place: int, version: int, body: bytes
    ) -> None:
        """One event: line `place` of its report, with its keys; the report beside its first."""
        streams, versions, event_ids, bodies, organisations, digests, reports = self.events
        streams.append(stream)
        versions.append(version)
        event_ids.append(report.event_id)
        bodies.append(body)
        first = place == 0
        organisations.append(report.stamp.organisation if first else None)
        digests.append(report.stamp.sha256 if first else None)
        reports.append(report.body if first else None)
        if first and report.personal:
            self.personal.update((one.reference, one) for one in report.personal)
        if version == 1:
            line = report.lines[place]
            self.names[stream] = (int(line.stream), line.subject)
        if report.keys[place]:
            kinds, values, key_streams, key_versions = self.keys
            for kind, value in report.keys[place]:
                kinds.append(kind)
                values.append(value)
                key_streams.append(stream)
                key_versions.append(version)

    def add_head(self, stream: UUID, head: Head, expected: int) -> None:
        """A head that moved, or a new one. Call in ascending order of streams."""
        if expected:
            changed = head.seen_by != head.shown_to
            seers = _listed(head.seen_by) if changed else None
            row: tuple[Any, ...] = (
                stream,
                expected,
                head.version,
                head.encoded(),
                seers,
                head.joined,
            )
            columns = self.moved
        else:
            kind, name = self.names[stream]
            row = (stream, head.version, kind, name, head.encoded(), _listed(head.seen_by))
            columns = self.born
        for column, value in zip(columns, row, strict=True):
            column.append(value)

    def show(self, kin: Mapping[UUID, Iterable[str]]) -> None:
        """Streams of which no head moved, that more may see now."""
        for stream, seers in sorted(kin.items(), key=lambda each: bytes(each[0].bytes)):
            self.kin[0].append(stream)
            self.kin[1].append(_listed(seers))

    def parameters(self) -> list[Any]:
        """The parameters of `write_round`."""
        values = _columns(4)
        if self.personal:
            # In one order for all writers, or two of them could wait for each other.
            rows = [self.personal[reference] for reference in sorted(self.personal)]
            values = tuple(map(list, zip(*rows, strict=True)))
        return [*self.moved, *self.born, *self.events, *self.keys, *values, *self.kin]


def _listed(seers: Iterable[str]) -> str:
    """Several arrays of different length cannot be sent as one: each goes as a text."""
    return ",".join(sorted(seers))
