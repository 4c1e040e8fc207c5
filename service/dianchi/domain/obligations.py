"""What is owed of one life: every duty with its term, who answers, and whether it was met.

The one source of what is late, overdue or still to do: findings of kind `clock` and the list of
obligations both follow from it. A pure function of the events that hold, when they were recorded,
the registry and the rules; the order of arrival changes nothing, a correction may reopen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from dianchi.domain.deadlines import Rule, Standing, soon_from
from dianchi.domain.life import Event, Folded
from dianchi.domain.measures import business_day, day_of
from dianchi.domain.members import party_key
from dianchi.domain.registry import Registry
from dianchi.domain.rules import Rules
from dianchi.domain.standing import Moving
from dianchi.domain.stays import Stayed, stays_of
from dianchi.domain.terms import Term, storage_terms, terms_of
from dianchi.domain.told import told, withdrawn
from dianchi.domain.unreported import unreported
from dianchi.domain.working_days import WorkingCalendar

ACKNOWLEDGEMENT: Final = "HANDOVER_ACK"
STORAGE: Final = "OUTLET_STORAGE"
_TAKES_IN: Final = frozenset(("collected", "received", "declined", "returned", "entered"))
_STORE_NOT: Final = frozenset(("utilizer", "recycler"))


class Met(NamedTuple):
    """When a duty was met, UTC microseconds, and by which report."""

    at_us: int
    event_id: str


@dataclass(slots=True)
class Obligation:
    """One duty of one battery. Never changed once made.

    Attributes:
        event: starts the term; where `is_unreported`, what shows that the report owed is missing.
        bearer: the id of who answers for it, registered or not; empty where the record names none.
        reporter: the id of who is to supply the data.
        due: the last day of the term.
        ended_us: when it lapsed; None while it goes on or was met.
        elsewhere: whether it was met may be known elsewhere only: it began before its reporter was
            here, or who answers is not.
        evidence: the reports that show it.
        safety: for a time in store, the class that gave its term.
    """

    rule: Rule
    event: Event
    bearer: str
    reporter: str
    start: date
    due: date
    end_us: int
    met: Met | None
    ended_us: int | None
    elsewhere: bool
    is_unreported: bool
    evidence: tuple[str, ...]
    safety: str

    @property
    def is_open(self) -> bool:
        """Neither met nor lapsed."""
        return self.met is None and self.ended_us is None

    @property
    def met_on(self) -> date | None:
        """The day on which it was met; never before it began."""
        return max(self.start, day_of(self.met.at_us)) if self.met else None

    @property
    def ended_on(self) -> date | None:
        """The day on which it lapsed; never before it began."""
        return max(self.start, day_of(self.ended_us)) if self.ended_us is not None else None

    @property
    def checked_elsewhere(self) -> bool:
        """Whether not being met here says nothing yet: it is owed to others, or was."""
        return self.elsewhere or self.rule.owed_to == "national"


def standing_of(owed: Obligation, today: date, soon: Decimal) -> Standing:
    """How an obligation stands today; `soon` is the share of the term in which it is due soon."""
    if owed.met_on is not None:
        if owed.met_on <= owed.due:
            return Standing.MET
        return Standing.UNCHECKED if owed.elsewhere else Standing.LATE
    if owed.ended_us is not None:
        return Standing.LAPSED
    if today > owed.due:
        return Standing.UNCHECKED if owed.checked_elsewhere else Standing.OVERDUE
    early = today < soon_from(owed.start, owed.due, soon)
    return Standing.DUE if early else Standing.DUE_SOON


class _Reading(NamedTuple):
    folded: Folded
    told: Sequence[Event]
    registry: Registry
    rules: Rules
    calendar: WorkingCalendar


def obligations_of(
    folded: Folded, registry: Registry, rules: Rules, calendar: WorkingCalendar
) -> list[Obligation]:
    """Every duty that a life started, each once, in the order of its history."""
    reading = _Reading(folded, told(folded), registry, rules, calendar)
    every = [*_started(reading), *_stored(reading), *_missing(reading)]
    if "identified" not in folded.types:
        return every
    # A report may touch two names of one battery; it is owed once.
    once = {(owed.rule.id, owed.is_unreported, owed.event.event_id): owed for owed in every[::-1]}
    return list(once.values())[::-1]


def _started(reading: _Reading) -> Iterator[Obligation]:
    for place, event in enumerate(reading.told, 1):
        for term in terms_of(event, reading.rules, reading.calendar):
            if not term.rule.met_by:
                first = Met(_first_told_us(event, reading.folded), event.event_id)
                yield _owed(reading, term, event, met=first)
            elif term.rule.id == ACKNOWLEDGEMENT:
                yield _answer(reading, place, term, event)
            else:
                yield _owed(reading, term, event, met=_followed(reading, place, term))


def _owed(
    reading: _Reading,
    term: Term,
    event: Event,
    *,
    doer: str | None = None,
    met: Met | None = None,
    ended_us: int | None = None,
) -> Obligation:
    """A duty whose data `doer` supplies; by default whoever made the report that starts it."""
    rule, start = term.rule, business_day(event)
    reporter = event.organisation if doer is None else doer
    return Obligation(
        rule,
        event,
        reporter if rule.bearer == rule.reporter else _named(reading, rule.bearer),
        reporter,
        start,
        term.last,
        term.end_us,
        met,
        ended_us,
        _is_elsewhere(reading.registry, rule, reporter, start),
        is_unreported=False,
        evidence=(event.event_id,),
        safety="",
    )


def _named(reading: _Reading, role: str) -> str:
    """Who first had a role in the life: the vehicle maker that answers for its outlets."""
    return next((event.organisation for event in reading.told if event.role == role), "")


def _is_elsewhere(registry: Registry, rule: Rule, reporter: str, start: date) -> bool:
    firm = registry.organisations.get(reporter)
    if rule.owed_to != "national":
        return firm is None
    return firm is not None and firm.onboarded_on is not None and start < firm.onboarded_on


def _first_told_us(event: Event, folded: Folded) -> int:
    """When it was first reported: a correction of a report in time is not late."""
    if not folded.corrected:
        return event.recorded_us
    earlier = [
        other.recorded_us
        for other in withdrawn(folded)
        if (other.type, other.organisation) == (event.type, event.organisation)
        and business_day(other) == business_day(event)
    ]
    return min([event.recorded_us, *earlier, *_replaced_us(event, folded)])


def _replaced_us(event: Event, folded: Folded) -> list[int]:
    targets = {
        other.data["event_id"]
        for other in folded.order
        if other.type == "corrected" and other.data.get("replacement") == event.event_id
    }
    return [other.recorded_us for other in withdrawn(folded) if other.event_id in targets]


def _followed(reading: _Reading, place: int, term: Term) -> Met | None:
    """The first report after this place that meets a duty, by its business time."""
    if reading.folded.types.isdisjoint(term.rule.met_by):
        return None
    after = (each for each in reading.told[place:] if each.type in term.rule.met_by)
    first = next(after, None)
    return Met(first.occurred_us, first.event_id) if first else None


def _answer(reading: _Reading, place: int, term: Term, sent: Event) -> Obligation:
    """A hand-over to be answered; it lapses when the battery moved on without an answer."""
    receiver = party_key(sent.data["receiver"])
    for event in reading.told[place:]:
        if event.type in term.rule.met_by and event.handover == sent.handover:
            met = Met(event.occurred_us, event.event_id)
            return _owed(reading, term, sent, doer=receiver, met=met)
    here = reading.folded.life.standing
    moves = isinstance(here, Moving) and here.event_id == sent.event_id
    ended_us = None if moves else reading.told[-1].occurred_us
    return _owed(reading, term, sent, doer=receiver, ended_us=ended_us)


def _stored(reading: _Reading) -> Iterator[Obligation]:
    """The times in store; only the last may go on, while the battery is in store by its stage."""
    types, life = reading.folded.types, reading.folded.life
    if life.stage != "collected" and types.isdisjoint(_TAKES_IN) and "declared" not in types:
        return
    for stayed in stays_of(reading.told):
        safety, ended_us = stayed.safety, None
        if stayed.ended_by is None:
            if life.stage == "collected":
                safety = life.safety or "unassessed"
            else:
                ended_us = life.since_us
        elif stayed.ended_by.type != "dispatched":
            ended_us = stayed.ended_by.occurred_us
        if stayed.ended_by is None or stayed.stay.role not in _STORE_NOT:
            yield from _stay(reading, stayed, safety, ended_us)


def _stay(
    reading: _Reading, stayed: Stayed, safety: str, ended_us: int | None
) -> Iterator[Obligation]:
    stay, by = stayed.stay, stayed.ended_by
    start = day_of(stay.counts_from(safety))
    role = "outlet" if safety == "C" else stay.role
    met = Met(by.occurred_us, by.event_id) if by is not None and ended_us is None else None
    for term in storage_terms(role, start, safety, reading.rules, reading.calendar):
        if term.rule.id == STORAGE:
            owed = _owed(reading, term, stay.entry, doer=stay.keeper, met=met, ended_us=ended_us)
            owed.start, owed.evidence, owed.safety = start, stay.evidence(safety), safety
            yield owed


def _missing(reading: _Reading) -> Iterator[Obligation]:
    """Reports that are owed and not here, as the reports of others show."""
    for shown in unreported(reading.told, reading.registry, reading.rules, reading.calendar):
        owed = _owed(reading, shown.term, shown.event, doer=shown.organisation)
        owed.is_unreported = True
        yield owed
