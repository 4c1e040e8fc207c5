"""The head of a stream: its lock, its version, and the cache of its fold."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from dianchi.domain.life import Event, Folded, Life
from dianchi.domain.members import is_organisation_id

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


@dataclass(slots=True)
class Head:
    """What is known of a stream after its last event.

    Attributes:
        version: of the last event; 0 before the first.
        recorded_us: of the last event, UTC microseconds.
        life: the fold of the stream's own events; None for lots, batches, sites, vehicles.
        order: the versions in order of history; None while that is the order of arrival.
        corrected: version of a withdrawn event -> event id of its correction.
        joined: the life goes on under another name, so `life` is not the whole of it.
        vins: some event carries a `vin_ref`.
        signed: some event carries a signature of its reporter.
        seen_by: the organisations and areas that may see the stream (a column of its own).
        shown_to: those that the database has, so that only a change is written.
    """

    version: int = 0
    recorded_us: int = 0
    life: Life | None = None
    order: list[int] | None = None
    corrected: dict[int, str] | None = None
    joined: bool = False
    vins: bool = False
    signed: bool = False
    seen_by: set[str] = field(default_factory=set)
    shown_to: frozenset[str] = frozenset()

    def take_grants(self) -> None:
        """Lets those see the stream to whom the life was made visible."""
        assert self.life is not None  # noqa: S101 - it was just folded
        for seer, _ in self.life.grants:
            self.seen_by.add(seer)

    def encoded(self) -> bytes:
        """The state as kept in the row."""
        corrected = list(self.corrected.items()) if self.corrected else None
        life = self.life.to_row() if self.life is not None else None
        marks = self.joined, life, self.vins, self.signed
        return _encode((self.recorded_us, self.order, corrected, *marks))

    def refold(self, folded: Folded) -> None:
        """Takes over a fold of all events of this stream.

        Areas stay as they were noted: the registry says where a site is, not the fold.
        """
        self.life = folded.life
        self.seen_by = {each for each in self.seen_by if not is_organisation_id(each)}
        self.take_grants()
        versions = [event.version for event in folded.order]
        self.order = versions if versions != sorted(versions) else None
        by_key = {(e.event_id, e.subject): e.version for e in folded.order}
        self.corrected = {by_key[key]: by for key, by in folded.corrected.items()} or None

    def extend(self, event: Event) -> None:
        """Takes over an event that simply follows, after it was applied to the life."""
        self.version = event.version
        self.recorded_us = event.recorded_us
        if self.order is not None:
            self.order.append(event.version)


def read_head(version: int, state: bytes, seen_by: Iterable[str] = ()) -> Head:
    """The head that `Head.encoded` wrote, and who may see its stream."""
    recorded_us, order, corrected, joined, row, *more = _decode(state)
    life = Life.from_row(row) if row is not None else None
    withdrawn = dict(corrected) if corrected else None
    # A head that was written before VINs or signatures were noted may have some.
    vins, signed = (*more, True, True)[:2]
    seers = frozenset(seen_by)
    return Head(
        version, recorded_us, life, order, withdrawn, joined, vins, signed, set(seers), seers
    )


class Outline(msgspec.Struct, array_like=True, gc=False):
    """What a history needs of a head: all but the life, which stays undecoded."""

    recorded_us: int
    order: list[int] | None
    corrected: list[tuple[int, str]] | None
    joined: bool
    life: msgspec.Raw
    vins: bool = True
    signed: bool = True


read_outline = msgspec.json.Decoder(Outline).decode
"""The outline of the state that `Head.encoded` wrote."""
