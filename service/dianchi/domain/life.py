"""A life: the fold of a battery's events by business time.

`fold` takes the events of one life in any order and gives its state, the order of its history and
its findings of kind `life`. It never raises, and depends on nothing but the set of events and the
rules: any order of arrival gives the same answer (the permutation law).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import islice, pairwise
from operator import attrgetter
from typing import Any, Final, NamedTuple

from dianchi.domain import standing
from dianchi.domain.events import CATALOGUE
from dianchi.domain.fields import chinese_day
from dianchi.domain.findings import Finding
from dianchi.domain.members import party_key
from dianchi.domain.rules import Rules
from dianchi.domain.standing import FINAL, UNKNOWN, Moving, Standing
from dianchi.domain.vocabulary import FACTS

__all__ = ["Event", "Folded", "Life", "apply", "corrected_targets", "fold", "follows", "party_key"]

HANDOVER_SIDES: Final = frozenset(("dispatched", "received", "declined", "returned"))
_NOTHING_FOUND: Final[tuple[Finding, ...]] = ()
_CHANGES_THE_SET: Final = frozenset(("corrected", "identified"))
_SIDE_WINDOW_US: Final = 15 * 60 * 1_000_000
_TRIED_AT_ONCE: Final = 50
_PRECEDENCE: Final = {name: kind.precedence for name, kind in CATALOGUE.items()}

FoldKey = tuple[int, int, str, str]


@dataclass(slots=True)
class Event:
    """One stored event of a stream. `role` is that of the key it was reported with.

    Never changed once made; freezing it would cost a quarter of folding it.
    """

    event_id: str
    type: str
    subject: str
    occurred_us: int
    by_day: bool
    organisation: str
    role: str
    site: str | None
    data: Mapping[str, Any]
    recorded_us: int = 0
    version: int = 0

    @property
    def key(self) -> FoldKey:
        """The place in the order of the fold, before days and hand-overs are looked at."""
        return self.occurred_us, _PRECEDENCE[self.type], self.event_id, self.subject

    @property
    def handover(self) -> tuple[str, str] | None:
        """The sender and number of the hand-over this event is a side of."""
        if self.type not in HANDOVER_SIDES:
            return None
        return party_key(self.data.get("sender", self.organisation)), self.data["handover"]


@dataclass(slots=True)
class Life:
    """The state of one life after its events so far; changed only while it is being folded.

    No container in it is ever changed in place: a copy may share them. Fields that most lives have
    come first, since the row leaves out what follows the last one told. Times are UTC microseconds.

    Attributes:
        count: how many events were folded, corrections and what they withdrew not counted.
        facts: ratings and model as first told, of `FACTS`.
        birth: the event it was born by; `birth_digest` stands for what that event said.
        made_day: the Chinese day its code says it was made on; 0 while no code was seen.
        used: it came back from use, or is in use, so that it is a waste battery when it moves on.
        holder: who has it in hand; None while a private user has it, or nobody knows.
        mass_event: who told the mass; None means the birth or the declaration.
        last_event: the last in history; `last_us` is the latest business time.
        handed: the hand-over under which the holder took it, while it may still go back.
        withdrawn: what corrections withdrew; a line of these that is still to come is not folded.
    """

    standing: Standing = UNKNOWN
    count: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)
    maker: str | None = None
    birth: str | None = None
    birth_digest: str | None = None
    last_event: str | None = None
    last_us: int = 0
    since_us: int = 0
    made_day: int = 0
    reporter: str | None = None
    used: bool = False
    mass: str | None = None
    sold_in: str | None = None
    site: str | None = None
    holder: str | None = None
    soh: str | None = None
    soh_event: str | None = None
    mass_basis: str = "nameplate"
    mass_event: str | None = None
    safety: str | None = None
    declared: str | None = None
    last_side_us: int = 0
    last_by_day: int = 0
    product: bool = False
    owner: Any = None
    handed: Moving | None = None
    incidents: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    revision: int = 0
    withdrawn: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def stage(self) -> str:
        """The stage, one of `vocabulary.STAGES`."""
        return self.standing.stage

    @property
    def quarantined(self) -> bool:
        """An incident is open, or the last assessment of safety says class C."""
        return bool(self.incidents) or self.safety == "C"

    def find(self, code: str, *evidence: str | None, severity: str = "", **values: Any) -> None:  # noqa: ANN401 - JSON scalars
        """Adds a finding with the events that show it."""
        shown = tuple(event_id for event_id in evidence if event_id)
        self.findings = (*self.findings, Finding(code, shown, values, severity))

    def settle(self, *codes: str) -> None:
        """Drops findings that what is known now explains."""
        if self.findings:
            self.findings = tuple(f for f in self.findings if f.code not in codes)

    def copy(self) -> "Life":
        """A copy that can be folded further without touching this one."""
        return Life(*_VALUES(self))

    def to_row(self) -> list[Any]:
        """The state as a short list that JSON can hold; `from_row` reads it back.

        A member at its default is 0, a stage as old as the last event is 1, and what is empty at
        the end is cut off.
        """
        values = _VALUES(self)
        plain = values[_RARE:] == _DEFAULTS[_RARE:]
        row = [value or 0 for value in (values[:_RARE] if plain else values)]
        row[0] = standing.to_row(self.standing)
        if self.since_us == self.last_us > 0:
            row[_SINCE] = _AT_THE_LAST
        row[_FACTS] = _cut([self.facts.get(name) for name in FACTS])
        if not plain:
            self._write_rare(row)
        return _cut(row)

    def _write_rare(self, row: list[Any]) -> None:
        if self.mass_basis == _DEFAULTS[_MASS_BASIS]:
            row[_MASS_BASIS] = 0
        if self.handed is not None:
            row[_HANDED] = standing.to_row(self.handed)
        if self.findings:
            row[_FINDINGS] = [
                _cut([f.code, f.evidence, dict(f.values), f.severity]) for f in self.findings
            ]

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> "Life":
        """The state that `to_row` wrote."""
        life = cls(*[value or _DEFAULTS[place] for place, value in enumerate(row)])
        life.standing = standing.from_row(row[0])
        if life.since_us == _AT_THE_LAST:
            life.since_us = life.last_us
        told = row[_FACTS] if len(row) > _FACTS else ()
        life.facts = dict(zip(FACTS, told, strict=False))
        if None in told:
            life.facts = {name: value for name, value in life.facts.items() if value is not None}
        if len(row) > _RARE:
            life._read_rare()
        return life

    def _read_rare(self) -> None:
        rows: Any = self.findings
        self.findings = tuple(_finding_from(*row) for row in rows)
        self.handed = _handed_from(self.handed)
        self.incidents, self.names = tuple(self.incidents), tuple(self.names)
        self.withdrawn = tuple(self.withdrawn)


def _cut(row: list[Any]) -> list[Any]:
    """The row without the empty members at its end."""
    while row and not row[-1]:
        row.pop()
    return row


def _handed_from(row: Any) -> Moving | None:  # noqa: ANN401 - what `standing.to_row` wrote
    moving = standing.from_row(row) if row else None
    return moving if isinstance(moving, Moving) else None


def _finding_from(
    code: str,
    evidence: Sequence[str] = (),
    values: Mapping[str, Any] | None = None,
    severity: str = "",
) -> Finding:
    return Finding(code, tuple(evidence), values or {}, severity)


_FIELDS: Final = tuple(f.name for f in fields(Life))
_VALUES: Final = attrgetter(*_FIELDS)
_DEFAULTS: Final[tuple[Any, ...]] = _VALUES(Life())
_AT_THE_LAST: Final = 1
_SINCE: Final = _FIELDS.index("since_us")
_FACTS: Final = _FIELDS.index("facts")
_MASS_BASIS: Final = _FIELDS.index("mass_basis")
_HANDED: Final = _FIELDS.index("handed")
_FINDINGS: Final = _FIELDS.index("findings")
_RARE: Final = _MASS_BASIS


class Folded(NamedTuple):
    """A folded life.

    `order` holds every event in the order of history; `corrected` maps the key of an event that
    was withdrawn (its id and subject) to the id of the `corrected` event that withdrew it.
    """

    life: Life
    order: list[Event]
    corrected: dict[tuple[str, str], str]


def fold(events: Iterable[Event], rules: Rules) -> Folded:
    """Folds the events of one life, given in any order."""
    every = sorted(_once(events), key=lambda event: event.key)
    corrections = [event for event in every if event.type == "corrected"]
    corrected = _corrected(every, corrections) if corrections else {}
    told = [
        event
        for event in every
        if event.type != "corrected" and (event.event_id, event.subject) not in corrected
    ]
    life = Life(withdrawn=tuple(sorted(corrected_targets(corrections))))
    order: list[Event] = []
    for group in _groups(told):
        for event in group if len(group) == 1 else _chosen(life, group, rules):
            apply(life, event, rules)
            order.append(event)
    if corrections:
        folded = set(map(id, told))
        _insert(order, [event for event in every if id(event) not in folded])
    return Folded(life, order, corrected)


def follows(life: Life, event: Event) -> bool:
    """Whether the event simply comes after all that was folded, so that `apply` is the fold."""
    if event.occurred_us <= life.last_us or event.type in _CHANGES_THE_SET:
        return False
    if event.by_day:
        if chinese_day(event.occurred_us) <= chinese_day(life.last_us):
            return False
    elif life.last_by_day and chinese_day(event.occurred_us) <= life.last_by_day:
        return False
    if life.withdrawn and event.event_id in life.withdrawn:
        return False
    return (
        event.type not in HANDOVER_SIDES or event.occurred_us - life.last_side_us >= _SIDE_WINDOW_US
    )


def apply(life: Life, event: Event, rules: Rules) -> None:
    """Folds one event into a life, in place. Never raises; a `corrected` by itself does nothing."""
    if event.type == "corrected":
        return
    moves.move(life, event, rules)
    life.count += 1
    life.last_event = event.event_id
    life.last_us = max(life.last_us, event.occurred_us)
    if event.by_day:
        life.last_by_day = max(life.last_by_day, chinese_day(event.occurred_us))
    if event.type in HANDOVER_SIDES:
        life.last_side_us = max(life.last_side_us, event.occurred_us)


def _once(events: Iterable[Event]) -> list[Event]:
    """Leaves out the second line of an `identified` whose first line is in the same life."""
    every = list(events)
    first = {
        event.event_id
        for event in every
        if event.type == "identified" and "mirrored" not in event.data
    }
    return [event for event in every if event.event_id not in first or "mirrored" not in event.data]


def _corrected(every: Sequence[Event], corrections: Sequence[Event]) -> dict[tuple[str, str], str]:
    """Who withdrew what; the first correction in order counts.

    A correction with `battery` withdraws that line only; but of an `identified`, whose two lines
    are one fact, always both.
    """
    by_target: defaultdict[str, list[Event]] = defaultdict(list)
    for correction in corrections:
        by_target[correction.data["event_id"]].append(correction)
    withdrawn: dict[tuple[str, str], str] = {}
    for event in every:
        if event.type == "corrected":
            continue
        for correction in by_target.get(event.event_id, ()):
            line = correction.data.get("battery", event.subject)
            if line == event.subject or event.type == "identified":
                withdrawn.setdefault((event.event_id, event.subject), correction.event_id)
    return withdrawn


def corrected_targets(corrections: Iterable[Event]) -> set[str]:
    """The ids of the events that these corrections withdraw."""
    return {correction.data["event_id"] for correction in corrections}


def _insert(order: list[Event], unfolded: list[Event]) -> None:
    """Puts each correction, and what it withdrew, after the last event its own time follows."""
    for event in unfolded:
        place = max((i + 1 for i, other in enumerate(order) if other.key < event.key), default=0)
        order.insert(place, event)


def _groups(told: list[Event]) -> Iterable[list[Event]]:
    """Cuts the sorted events into runs; in a run of several, legality decides the order."""
    if not told:
        return
    run = [told[0]]
    for event, joined in zip(told[1:], _joined_to_next(told), strict=True):
        if joined:
            run.append(event)
        else:
            yield run
            run = [event]
    yield run


def _joined_to_next(told: list[Event]) -> list[bool]:
    """For each place but the last, whether it and the next lie in one free run.

    A Chinese day with an event known only by its day is free as a whole; so are the events between
    two sides of one hand-over less than 15 minutes apart.
    """
    days = [chinese_day(event.occurred_us) for event in told]
    loose = {day for day, event in zip(days, told, strict=True) if event.by_day}
    joined = [a == b and a in loose for a, b in pairwise(days)]
    last: dict[tuple[str, str], int] = {}
    for place, event in enumerate(told):
        side = event.handover
        if side is None:
            continue
        before = last.get(side)
        if before is not None and event.occurred_us - told[before].occurred_us < _SIDE_WINDOW_US:
            joined[before:place] = [True] * (place - before)
        last[side] = place
    return joined


def _chosen(life: Life, group: list[Event], rules: Rules) -> Iterable[Event]:
    """The events of a free run: always the first remaining whose move is legal, else the first.

    Only the first 50 remaining are tried, so that a day of nonsense cannot cost a minute.
    """
    remaining = list(group)
    while remaining:
        tried = [] if life.stage in FINAL else islice(remaining, _TRIED_AT_ONCE)
        place = next((i for i, event in enumerate(tried) if _fits(life, event, rules)), 0)
        yield remaining.pop(place)


def _fits(life: Life, event: Event, rules: Rules) -> bool:
    trial = life.copy()
    trial.findings = _NOTHING_FOUND
    moves.move(trial, event, rules)
    return not any(finding.code in moves.MISFITS for finding in trial.findings)


from dianchi.domain import moves  # noqa: E402 - moves folds events into the Life defined above
