"""Work lists (派工单): which sets a crew takes down where, and what the reports show of it.

Nobody ticks a row by hand that the log can tick: the state of a row follows from what the crew
reported since the list was made. All of it is a pure function of rows, reports and notes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

TICKING: Final = frozenset(("removed", "retired", "collected", "dispatched"))
"""What a crew may report that settles a row: the set is down, written off, or on its way."""
REPORTED: Final[Mapping[str, str]] = {"removed": "end_of_life", "retired": "capacity_low"}
"""What scanning reports, by what a list asks for, with the reason where none is told."""
GONE: Final = frozenset(
    ("in_transit", "lost", "exported", "out_of_province", "disassembled", "consumed", "recycled",
     "voided")
)  # fmt: skip
"""Stages in which nobody can take a set down."""


class Row(NamedTuple):
    """A row: one set, or so many sets that nobody named yet, at a station.

    Attributes:
        place: its number on the list, from 1.
        battery: its canonical name; None where `expected` sets are asked for.
        names: all that it is called.
    """

    place: int
    station: str
    battery: str | None = None
    expected: int | None = None
    names: frozenset[str] = frozenset()


class Seen(NamedTuple):
    """One uncorrected report that may settle a row.

    Attributes:
        stations: the site and the host that it names.
        organisation: in whose name; `agent` is who reported, where that is another.
        device: the phone, if it was one.
    """

    event_id: str
    type: str
    battery: str
    stations: frozenset[str]
    organisation: str
    agent: str | None
    device: str | None
    occurred_at: str
    log_index: int


class Note(NamedTuple):
    """That a crew did not find what a row names, and why."""

    place: int
    why: str
    at: str
    organisation: str
    device: str | None


class RowState(NamedTuple):
    """A row as it stands.

    Attributes:
        state: `open`, `done`, `gone` (somebody else reported it), `not_found`.
        ticks: the reports of the crew that settle it, or of others where it is `gone`.
    """

    row: Row
    state: str
    ticks: tuple[Seen, ...] = ()
    note: Note | None = None


class Parties(NamedTuple):
    """Whose list it is, and who works it off."""

    owner: str
    crew: str

    def did(self, seen: Seen) -> bool:
        """Whether the crew reported it: for the owner, or in its own name."""
        if seen.agent is not None:
            return seen.agent == self.crew and self.crew != self.owner
        return seen.organisation == self.crew


def progress(
    rows: Sequence[Row], seen: Iterable[Seen], parties: Parties, notes: Iterable[Note] = ()
) -> tuple[list[RowState], list[Seen]]:
    """How the rows stand, and what the crew reported at their stations beside them.

    Args:
        rows: of the list.
        seen: what was reported since the list was made, in any order.
        parties: whose list, whose work.
        notes: the latest of each row counts.
    """
    told = sorted(seen, key=lambda each: (each.log_index, each.event_id))
    latest = {note.place: note for note in sorted(notes, key=lambda each: each.at)}
    named = {name for row in rows for name in row.names}
    by_name: dict[str, list[Seen]] = {}
    for each in told:
        by_name.setdefault(each.battery, []).append(each)
    ours = [each for each in told if parties.did(each)]
    states, used = [], set[str]()
    for row in rows:
        if row.battery is not None:
            states.append(_of_named(row, by_name, parties, latest.get(row.place)))
            continue
        ticks = _of_count(row, ours, named)
        used |= {each.battery for each in ticks}
        done = len(ticks) >= (row.expected or 0)
        note = None if done else latest.get(row.place)
        states.append(RowState(row, _word(done=done, noted=note), ticks, note))
    stations = {row.station for row in rows}
    beside = [each for each in ours if each.battery not in named | used]
    return states, _firsts(each for each in beside if not each.stations.isdisjoint(stations))


def _of_named(
    row: Row, by_name: Mapping[str, list[Seen]], parties: Parties, note: Note | None
) -> RowState:
    told = sorted(
        (each for name in row.names for each in by_name.get(name, ())),
        key=lambda each: (each.log_index, each.event_id),
    )
    by_crew = tuple(each for each in told if parties.did(each))
    if by_crew:
        return RowState(row, "done", by_crew)
    if told:
        return RowState(row, "gone", tuple(told))
    return RowState(row, _word(done=False, noted=note), (), note)


def _of_count(row: Row, ours: Iterable[Seen], named: Collection[str]) -> tuple[Seen, ...]:
    here = _firsts(
        each for each in ours if row.station in each.stations and each.battery not in named
    )
    return tuple(here[: row.expected])


def _firsts(seen: Iterable[Seen]) -> list[Seen]:
    """The first report of each battery."""
    first: dict[str, Seen] = {}
    for each in seen:
        first.setdefault(each.battery, each)
    return list(first.values())


def _word(*, done: bool, noted: Note | None) -> str:
    return "done" if done else "not_found" if noted else "open"


class Tallies(NamedTuple):
    """Sets of a list, not rows: a row that asks for three counts three."""

    sets: int
    done: int
    gone: int
    not_found: int
    left: int


def tallies_of(states: Iterable[RowState]) -> Tallies:
    """How many sets are asked for, and what came of them."""
    counted = dict.fromkeys(("done", "gone", "not_found", "open"), 0)
    sets = 0
    for each in states:
        asked = each.row.expected or 1
        sets += asked
        done = min(len(each.ticks), asked) if each.state != "gone" else 0
        counted["done"] += done
        counted["open" if each.state == "done" else each.state] += asked - done
    left = counted["open"] + counted["not_found"]
    return Tallies(sets, counted["done"], counted["gone"], counted["not_found"], left)


def state_of(tallies: Tallies, due: date, today: date, *, closed: bool) -> str:
    """`closed`, `done`, `late` or `open`: a list is late from the day after it is due."""
    if closed:
        return "closed"
    if not tallies.left:
        return "done"
    return "late" if today > due else "open"
