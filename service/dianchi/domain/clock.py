"""Findings of kind `clock`: late, overdue, open or silent for too long.

Each is worked out with the moment at which it opens if nothing further is reported; so they depend
on nothing but the events, when they were recorded, now and the rules. A declaration of stock from
before (存量登记) starts no term of its own: late import is not late reporting.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from dianchi.domain.findings import Finding, new_only
from dianchi.domain.life import Event, Folded
from dianchi.domain.measures import business_day, day_of
from dianchi.domain.obligations import ACKNOWLEDGEMENT, STORAGE, Obligation, obligations_of
from dianchi.domain.registry import Registry
from dianchi.domain.rules import Rules
from dianchi.domain.standing import Moving
from dianchi.domain.terms import end_us
from dianchi.domain.told import told
from dianchi.domain.working_days import WorkingCalendar

_WITH_WORDS_OF_THEIR_OWN: Final = frozenset((ACKNOWLEDGEMENT, STORAGE))
_SILENT: Final = frozenset(("removed", "retired", "collected"))


class Opening(NamedTuple):
    """A finding, and the moment at which it opens, UTC microseconds."""

    at_us: int
    finding: Finding


class _Reading(NamedTuple):
    """All that the clock looks at, but for the time."""

    folded: Folded
    told: Sequence[Event]
    owed: Sequence[Obligation]
    registry: Registry
    rules: Rules


def openings(
    folded: Folded,
    registry: Registry,
    rules: Rules,
    calendar: WorkingCalendar,
    owed: Sequence[Obligation] | None = None,
) -> list[Opening]:
    """All that has opened or will open if nothing further is reported.

    `owed` are the obligations of the life, where they were worked out before.
    """
    own = told(folded)
    if not own:
        return []
    if owed is None:
        owed = obligations_of(folded, registry, rules, calendar)
    reading = _Reading(folded, own, owed, registry, rules)
    return [*_reports(reading), *_handover(reading), *_storage(reading), *_silence(reading)]


def clock_findings(every: Iterable[Opening], now_us: int) -> list[Finding]:
    """Of the openings of a life, the findings that are open at `now_us` (UTC microseconds)."""
    return new_only(one.finding for one in every if one.at_us <= now_us)


def next_change_us(every: Iterable[Opening], now_us: int) -> int | None:
    """When, after `now_us`, a clock finding next opens; None for never."""
    return min((one.at_us for one in every if one.at_us > now_us), default=None)


# --- duties to report ----------------------------------------------------------------------------


def _reports(reading: _Reading) -> Iterator[Opening]:
    """One finding for each report that was late, and for each that nothing followed in its term.

    A report that is missing is no finding: where it is owed, nobody asked (待核).
    """
    found: defaultdict[tuple[str, str, str], list[Opening]] = defaultdict(list)
    for owed in reading.owed:
        opening = _opening(owed, reading.registry)
        if opening is not None:
            event = owed.event
            found[opening.finding.code, event.event_id, event.subject].append(opening)
    for several in found.values():
        yield min(several, key=_firmest)


def _opening(owed: Obligation, registry: Registry) -> Opening | None:
    rule = owed.rule
    if rule.met_by_recording:
        late = owed.met is not None and owed.met.at_us >= owed.end_us
        return _late(owed, registry) if late else None
    if rule.id in _WITH_WORDS_OF_THEIR_OWN or owed.met is not None:
        return None
    return _overdue(owed, registry)


def _firmest(opening: Opening) -> tuple[bool, str, str]:
    """Of several duties of one report: the statutory one first, then the one due first."""
    values = opening.finding.values
    return opening.finding.severity == "low", values["due"], values["rule"]


def _late(owed: Obligation, registry: Registry) -> Opening:
    recorded_us = owed.met.at_us if owed.met else owed.end_us
    recorded = day_of(recorded_us)
    values = {
        "type": owed.event.type,
        "rule": owed.rule.id,
        "due": str(owed.due),
        "recorded": str(recorded),
        "days": (recorded - owed.due).days,
    }
    weight = _weight(owed, registry)
    return Opening(recorded_us, Finding("late_report", owed.evidence, values, weight))


def _weight(owed: Obligation, registry: Registry) -> str:
    """House rules remind; what happened before a firm was here was owed elsewhere."""
    firm = registry.organisations.get(owed.event.organisation)
    newcomer = firm is not None and firm.onboarded_on is not None and owed.start < firm.onboarded_on
    return "low" if owed.rule.binding == "house" or newcomer else ""


def _overdue(owed: Obligation, registry: Registry) -> Opening:
    values = {"type": owed.event.type, "rule": owed.rule.id, "due": str(owed.due)}
    weight = _weight(owed, registry)
    return Opening(owed.end_us, Finding("overdue_report", owed.evidence, values, weight))


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
    for owed in reading.owed:
        if (
            owed.rule.id == ACKNOWLEDGEMENT
            and owed.is_open
            and owed.event.event_id == sent.event_id
        ):
            receiver = _called(reading.registry, here)
            values = {"handover": here.handover, "receiver": receiver, "due": str(owed.due)}
            finding = Finding("handover_open", owed.evidence, values, severity)
            yield Opening(owed.end_us, finding)


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
    for owed in reading.owed:
        if owed.rule.id == STORAGE and owed.is_open:
            code = "class_c_stuck" if owed.safety == "C" else "over_time"
            values = {"since": str(owed.start), "due": str(owed.due), "safety": owed.safety}
            yield Opening(owed.end_us, Finding(code, owed.evidence, values))


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
