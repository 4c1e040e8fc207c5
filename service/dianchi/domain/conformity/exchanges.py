"""What a sandbox received and how it answered, as far as tasks ask for it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from dianchi.domain.refusals import Text

RECORDED: Final = frozenset(("accepted", "duplicate"))
"""Outcomes of a report that is on record."""
TURNED_AWAY: Final = "turned_away"
"""The outcome of a report that was answered 429: it was not looked at."""


@dataclass(frozen=True, slots=True)
class Row:
    """One report of a request, and what became of it.

    Attributes:
        outcome: `accepted`, `duplicate`, `refused`, `skipped` or `turned_away`.
        signed: whether it carried its reporter's signature.
        code, pointer, what, way_out: of the first fault of a refused one.
    """

    event_id: str | None
    type: str | None
    batteries: tuple[str, ...]
    outcome: str
    signed: bool = False
    code: str | None = None
    pointer: str = ""
    what: Text | None = None
    way_out: Text | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with its answer.

    Attributes:
        number: grows with the time of the answer.
        began_us, at_us: when it came and when it was answered, UTC microseconds.
        rows: of a report or a batch.
        batch: whether it was a batch, `dry_run` whether one that stores nothing.
        retry_after_s: how long the answer asked to wait.
        items, cursor, next: of a page of a list: how many, asked by which cursor, and the next.
        ids: of events that were sent (the feed).
    """

    number: int
    began_us: int
    at_us: int
    method: str
    path: str
    status: int
    code: str | None = None
    rows: tuple[Row, ...] = ()
    batch: bool = False
    dry_run: bool = False
    retry_after_s: int | None = None
    items: int | None = None
    cursor: str | None = None
    next: str | None = None
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that was given to a riddle of the run: whether it was right, and when."""

    at_us: int
    right: bool


class Sent(NamedTuple):
    """A report that was meant, with the exchange in which it came."""

    exchange: Exchange
    row: Row


@dataclass(frozen=True, slots=True)
class Seen:
    """All that was seen since a run began.

    Attributes:
        exchanges: in the order of their answers.
        answers: to riddles, by task.
    """

    exchanges: Sequence[Exchange]
    answers: dict[str, list[Answered]]

    def reports(self, meant: Callable[[Row], bool]) -> list[Sent]:
        """Reports that would be stored, in their order."""
        return [
            Sent(exchange, row)
            for exchange in self.exchanges
            if not exchange.dry_run
            for row in exchange.rows
            if meant(row)
        ]

    def of(self, name: str) -> list[Sent]:
        """The reports that name a battery."""
        return self.reports(lambda row: name in row.batteries)


def spelled(name: str) -> str:
    """A name as names are compared."""
    return name.strip().upper()


def twins(sent: Iterable[Sent]) -> Iterator[Sent]:
    """Reports that were recorded although the same had been, under another `event_id`."""
    first: str | None = None
    for each in sent:
        if each.row.outcome != "accepted":
            continue
        if first is None:
            first = each.row.event_id
        elif each.row.event_id != first:
            yield each
