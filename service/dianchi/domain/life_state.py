"""The state of one life, and the short row that the record keeps of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, Final

from dianchi.domain import standing
from dianchi.domain.findings import Finding
from dianchi.domain.standing import UNKNOWN, Moving, Standing
from dianchi.domain.vocabulary import FACTS


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
        holds: the `hold_placed` events that no officer lifted.
        remedied: the recalls, by their streams' names, whose remedy this battery had.
        grants: whom which event gave sight of the life (`sight`), as far as it was folded here: not
            kept in the row, since the head has it in a column of its own.
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
    holds: tuple[str, ...] = ()
    remedied: tuple[str, ...] = ()
    # Not compared: it tells of arrival, while a life is the same in every order of arrival.
    grants: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def stage(self) -> str:
        """The stage, one of `vocabulary.STAGES`."""
        return self.standing.stage

    @property
    def quarantined(self) -> bool:
        """An incident is open, or the last assessment of safety says class C."""
        return bool(self.incidents) or self.safety == "C"

    @property
    def held(self) -> bool:
        """An officer placed a hold that nobody lifted."""
        return bool(self.holds)

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
        made = Life(*_VALUES(self))
        made.grants = self.grants
        return made

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
        self.holds, self.remedied = tuple(self.holds), tuple(self.remedied)


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


_FIELDS: Final = tuple(f.name for f in fields(Life) if f.name != "grants")
_VALUES: Final = attrgetter(*_FIELDS)
_DEFAULTS: Final[tuple[Any, ...]] = _VALUES(Life())
_AT_THE_LAST: Final = 1
_SINCE: Final = _FIELDS.index("since_us")
_FACTS: Final = _FIELDS.index("facts")
_MASS_BASIS: Final = _FIELDS.index("mass_basis")
_HANDED: Final = _FIELDS.index("handed")
_FINDINGS: Final = _FIELDS.index("findings")
_RARE: Final = _MASS_BASIS
