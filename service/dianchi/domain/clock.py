"""Findings of kind `clock`: late, overdue, open or silent for too long.

Each is worked out with the moment at which it opens if nothing further is reported; so they depend
on nothing but the events, when they were recorded, now and the rules. A declaration of stock from
before (存量登记) starts no term of its own: late import is not late reporting.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from dianchi.domain.deadlines import Rule
from dianchi.domain.findings import Finding, new_only
from dianchi.domain.life import Event, Folded
from dianchi.domain.measures import business_day, day_of
from dianchi.domain.registry import Registry
from dianchi.domain.rules import Rules
from dianchi.domain.standing import Moving
from dianchi.domain.stays import Stay, stay_of
from dianchi.domain.terms import Term, end_us, storage_terms, terms_of
from dianchi.domain.told import told, withdrawn
from dianchi.domain.working_days import WorkingCalendar

_ACKNOWLEDGEMENT: Final = "HANDOVER_ACK"
_STORAGE: Final = "OUTLET_STORAGE"
_WITH_WORDS_OF_THEIR_OWN: Final = frozenset((_ACKNOWLEDGEMENT, _STORAGE))
_SILENT: Final = frozenset(("removed", "retired", "collected"))


class Opening(NamedTuple):
    """A finding, and the moment at which it opens, UTC microseconds."""

    at_us: int
    finding: Finding


class _Reading(NamedTuple):
    """All that the clock looks at, but for the time."""

    folded: Folded
    told: Sequence[Event]
    registry: Registry
    rules: Rules
    calendar: WorkingCalendar


def openings(
    folded: Folded, registry: Registry, rules: Rules, calendar: WorkingCalendar
) -> list[Opening]:
    """All that has opened or will open if nothing further is reported."""
    reading = _Reading(folded, told(folded), registry, rules, calendar)
    if not reading.told:
        return []
    return [*_reports(reading), *_handover(reading), *_storage(reading), *_silence(reading)]


def clock_findings(every: Iterable[Opening], now_us: int) -> list[Finding]:
    """Of the openings of a life, the findings that are open at `now_us` (UTC microseconds)."""
    return new_only(one.finding for one in every if one.at_us <= now_us)


def next_change_us(every: Iterable[Opening], now_us: int) -> int | None:
    """When, after `now_us`, a clock finding next opens; None for never."""
    return min((one.at_us for one in every if one.at_us > now_us), default=None)


# --- duties to report ----------------------------------------------------------------------------


def _reports(reading: _Reading) -> Iterator[Opening]:
    for place, event in enumerate(reading.told, 1):
        late: list[Opening] = []
        overdue: list[Opening] = []
        for term in _terms(reading, event):
            if not term.rule.met_by:
                if event.recorded_us >= term.end_us:
                    late += _late(reading, event, term)
            elif term.rule.id not in _WITH_WORDS_OF_THEIR_OWN and not _is_met(reading, place, term):
                overdue.append(_overdue(reading, event, term))
        if late:
            yield min(late, key=_firmest)
        if overdue:
            yield min(overdue, key=_firmest)


def _is_met(reading: _Reading, place: int, term: Term) -> bool:
    """Whether a report after this place meets a duty."""
    if reading.folded.types.isdisjoint(term.rule.met_by):
        return False
    return any(after.type in term.rule.met_by for after in reading.told[place:])


def _firmest(opening: Opening) -> tuple[bool, str, str]:
    """Of several duties of one report: the statutory one first, then the one due first."""
    values = opening.finding.values
    return opening.finding.severity == "low", values["due"], values["rule"]


def _terms(reading: _Reading, event: Event) -> tuple[Term, ...]:
    return terms_of(event, reading.rules, reading.calendar)


def _late(reading: _Reading, event: Event, term: Term) -> Iterator[Opening]:
    rule, last, end = term
    first_us = _first_told_us(event, reading.folded)
    if first_us >= end:
        recorded = day_of(first_us)
        yield Opening(
            first_us,
            Finding(
                "late_report",
                (event.event_id,),
                {
                    "type": event.type,
                    "rule": rule.id,
                    "due": str(last),
                    "recorded": str(recorded),
                    "days": (recorded - last).days,
                },
                _weight(rule, event, reading.registry),
            ),
        )


def _weight(rule: Rule, event: Event, registry: Registry) -> str:
    """House rules remind; what happened before a firm was here was owed elsewhere."""
    firm = registry.organisations.get(event.organisation)
    newcomer = (
        firm is not None
        and firm.onboarded_on is not None
        and business_day(event) < firm.onboarded_on
    )
    return "low" if rule.binding == "house" or newcomer else ""


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


def _overdue(reading: _Reading, event: Event, term: Term) -> Opening:
    rule, last, end = term
    return Opening(
        end,
        Finding(
            "overdue_report",
            (event.event_id,),
            {"type": event.type, "rule": rule.id, "due": str(last)},
            _weight(rule, event, reading.registry),
        ),
    )


# --- hand-overs ----------------------------------------------------------------------------------


def _handover(reading: _Reading) -> Iterator[Opening]:
    """A hand-over that nobody answered; a receiver outside has no account to do it with."""
    here = reading.folded.life.standing
    if not isinstance(here, Moving):
        return
    sent = next(event for event in reading.told if event.event_id == here.event_id)
    known = reading.registry.organisation(here.receiver)
    severity = "low" if isinstance(here.receiver, dict) and known is None else ""
    yield from _unacknowledged(reading, here, sent, severity)
    yield _vanished(reading, here, sent, severity)


def _unacknowledged(
    reading: _Reading, here: Moving, sent: Event, severity: str
) -> Iterator[Opening]:
    for rule, last, end in _terms(reading, sent):
        if rule.id == _ACKNOWLEDGEMENT:
            receiver = _called(reading.registry, here)
            values = {"handover": here.handover, "receiver": receiver, "due": str(last)}
            finding = Finding("handover_open", (sent.event_id,), values, severity)
            yield Opening(end, finding)


def _vanished(reading: _Reading, here: Moving, sent: Event, severity: str) -> Opening:
    on = business_day(sent)
    days = int(reading.rules.number("silent_transit_days", on))
    values = {
        "what": "silent_transit",
        "handover": here.handover,
        "days": days,
        "since": str(on),
    }
    finding = Finding("disappeared", (sent.event_id,), values, severity)
    return Opening(end_us(on + timedelta(days=days)), finding)


def _called(registry: Registry, moving: Moving) -> str:
    known = registry.organisation(moving.receiver)
    if known is not None:
        return known.name
    named = moving.receiver
    return str(named["name"] if isinstance(named, dict) else named)


# --- stores and silence --------------------------------------------------------------------------


def _storage(reading: _Reading) -> Iterator[Opening]:
    stay = stay_of(reading.told) if reading.folded.life.stage == "collected" else None
    if stay is None:
        return
    safety = reading.folded.life.safety or "unassessed"
    start = day_of(stay.counts_from(safety))
    role = "outlet" if safety == "C" else stay.role
    for rule, last, end in storage_terms(role, start, safety, reading.rules, reading.calendar):
        if rule.id == _STORAGE:
            yield Opening(end, _stored(stay, safety, start, last))


def _stored(stay: Stay, safety: str, start: date, last: date) -> Finding:
    code = "class_c_stuck" if safety == "C" else "over_time"
    return Finding(
        code, stay.evidence(safety), {"since": str(start), "due": str(last), "safety": safety}
    )


def _silence(reading: _Reading) -> Iterator[Opening]:
    """Taken out or taken in, and nothing heard since."""
    stage = reading.folded.life.stage
    if stage not in _SILENT:
        return
    last = max(reading.told, key=lambda event: event.key)
    days = int(reading.rules.number("silent_battery_days", business_day(last)))
    yield Opening(
        end_us(business_day(last) + timedelta(days=days)),
        Finding(
            "disappeared",
            (last.event_id,),
            {"what": "silent", "stage": stage, "days": days, "since": str(business_day(last))},
        ),
    )
