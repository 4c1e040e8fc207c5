"""What is to be said of a life: its state, all its open findings, and when time changes them.

The one answer behind `GET /v1/batteries/{name}`, the lists and the findings: a battery can not have
one finding here and another there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from asyncpg.pgproto.pgproto import UUID

from dianchi.domain import clock
from dianchi.domain.findings import Finding, new_only
from dianchi.domain.identity import Union, conflict_findings
from dianchi.domain.life import Event, Folded, fold
from dianchi.domain.life_event import WITHDRAWALS
from dianchi.domain.lines import Key, KeyKind, Stream
from dianchi.domain.links import count_findings, link_findings, needs
from dianchi.domain.obligations import Obligation, obligations_of
from dianchi.domain.parties import party_findings, with_onboarding
from dianchi.domain.registry import Registry
from dianchi.domain.rules import Rules
from dianchi.domain.standing import STORED
from dianchi.domain.terms import end_us
from dianchi.domain.told import told
from dianchi.domain.working_days import WorkingCalendar, business_date
from dianchi.store.connect import Queryable
from dianchi.store.lives import StoredLife
from dianchi.store.names import stream_id
from dianchi.views.related import Known, Related, related_events, standing_events

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_NEWCOMER: Final = "info"


class Law(NamedTuple):
    """What lives are judged by: the registry of now, the rules of every date, working days."""

    registry: Registry
    rules: Rules
    calendar: WorkingCalendar


@dataclass(frozen=True, slots=True)
class Assessed:
    """A life with its open findings.

    Attributes:
        folded: of the events asked for; with no events in `order`, nothing was reported by then.
        findings: open ones of every kind, each once, in a stable order.
        next_change_us: when time alone next opens or closes one; None for never.
        around: events of other lives that findings may name as evidence, by id.
        owed: the duties it started, met and not.
    """

    folded: Folded
    findings: list[Finding]
    next_change_us: int | None
    around: Mapping[str, Event]
    owed: Sequence[Obligation] = ()


class Told(NamedTuple):
    """The events of one life, under all its names; `stream` where they all lie in one."""

    union: Union
    events: Sequence[Event]
    stream: UUID | None = None


async def assess(  # noqa: PLR0913 - two of them are points of view
    connection: Queryable,
    stored: StoredLife,
    registry: Registry,
    rules: Rules,
    calendar: WorkingCalendar,
    now_us: int,
    *,
    as_of_us: int | None = None,
    known_at: datetime | None = None,
) -> Assessed:
    """Assesses one life that `read_life` read (with the same `known_at`).

    One to three trips: what shares its keys, the corrections of that, the counts of its site.

    Args:
        connection: any connection.
        stored: the life.
        registry: of now.
        rules: of every date.
        calendar: for deadlines.
        now_us: the time, UTC microseconds; an earlier `as_of_us` or `known_at` holds it back.
        as_of_us: only what happened by then; corrections count whenever they were made.
        known_at: only what the log held at this moment.
    """
    law = Law(registry, rules, calendar)
    told_by = _told_by(stored, as_of_us)
    moments = [now_us]
    if as_of_us is not None:
        moments.append(as_of_us)
    if known_at is not None:
        moments.append((known_at - _EPOCH) // _MICROSECOND)
    view = View(min(moments), as_of_us, known_at)
    return (await assess_all(connection, [told_by], law, view))[0]


class View(NamedTuple):
    """From when a life is looked at: the time, and the ends of business and of log time."""

    now_us: int
    as_of_us: int | None = None
    known_at: datetime | None = None


def _told_by(stored: StoredLife, as_of_us: int | None) -> Told:
    if as_of_us is None:
        return Told(stored.union, stored.events)
    return Told(stored.union, [event for event in stored.events if _is_by(event, as_of_us)])


def _is_by(event: Event, as_of_us: int) -> bool:
    return event.occurred_us <= as_of_us or event.type in WITHDRAWALS


class _Case(NamedTuple):
    """A folded life, and what else has to be read for it."""

    union: Union
    folded: Folded
    told: Sequence[Event]
    keys: frozenset[Key]
    site: UUID | None
    stream: UUID | None


async def assess_all(
    connection: Queryable,
    lives: Iterable[Told],
    law: Law,
    view: View,
    known: Known | None = None,
) -> list[Assessed]:
    """Assesses many lives in at most three trips; `known` streams are not decoded again."""
    cases = [_case(life, law.rules) for life in lives]
    keys = {key for case in cases for key in case.keys}
    related: Related = await related_events(
        connection, keys, known or {}, view.known_at, own=_vehicles_of_one(cases)
    )
    sites = {case.site for case in cases if case.site is not None}
    counts = await standing_events(connection, sites, view.known_at)
    if view.as_of_us is not None:
        related = {key: _by(events, view.as_of_us) for key, events in related.items()}
        counts = {site: _by(events, view.as_of_us) for site, events in counts.items()}
    return [_judged(case, related, counts, law, view.now_us) for case in cases]


def _vehicles_of_one(cases: Iterable[_Case]) -> dict[Key, UUID]:
    """The vehicles that one life alone asks for, with its stream: what lies there is known."""
    alone: dict[Key, UUID | None] = {}
    for case in cases:
        for key in case.keys:
            if key.kind == KeyKind.VIN:
                alone[key] = None if key in alone else case.stream
    return {key: stream for key, stream in alone.items() if stream is not None}


def _by(events: Iterable[Event], as_of_us: int) -> list[Event]:
    return [event for event in events if _is_by(event, as_of_us)]


def _case(life: Told, rules: Rules) -> _Case:
    folded = fold(life.events, rules)
    own = told(folded)
    keys = needs(own, life.union.canonical) if own else frozenset()
    return _Case(life.union, folded, own, keys, _counted_at(folded), life.stream)


def _counted_at(folded: Folded) -> UUID | None:
    """The stream of the site where the battery stands by the record."""
    life = folded.life
    if life.stage not in STORED or life.holder is None or life.site is None:
        return None
    return stream_id(Stream.SITE, f"site:{life.holder}:{life.site}")


def _judged(
    case: _Case, related: Related, counts: Mapping[UUID, list[Event]], law: Law, now_us: int
) -> Assessed:
    folded, registry, rules = case.folded, law.registry, law.rules
    owed = obligations_of(folded, registry, rules, law.calendar)
    openings = clock.openings(folded, registry, rules, law.calendar, owed)
    found = new_only(
        (
            *folded.life.findings,
            *party_findings(folded, registry, rules),
            *conflict_findings(case.union),
            *link_findings(folded, related, rules),
            *(_not_counted(case, counts.get(case.site, ())) if case.site else ()),
            *clock.clock_findings(openings, now_us),
        )
    )
    change = clock.next_change_us(openings, now_us)
    if any(finding.code == "unknown_origin" for finding in found):
        found, ends_us = _as_newcomer(case, found, law, now_us)
        change = min((each for each in (change, ends_us) if each is not None), default=None)
    around = _around(case, related, counts) if found else {}
    return Assessed(folded, found, change, around, owed)


def _not_counted(case: _Case, counts: Iterable[Event]) -> Iterable[Finding]:
    """The first complete count after the last sign of the battery that did not find it."""
    if not case.told:
        return ()
    name, last = case.union.canonical, max(case.told, key=lambda event: event.key)
    found_at = {event.event_id for event in case.told}
    for count in sorted(counts, key=lambda event: event.key):
        if count.event_id in found_at:
            continue
        for finding in count_findings(count, (), {name: last}).values():
            return (finding,)
    return ()


def _as_newcomer(
    case: _Case, found: list[Finding], law: Law, now_us: int
) -> tuple[list[Finding], int | None]:
    """Findings as they weigh while a firm is new here, and when that ends."""
    reporters = {event.event_id: event.organisation for event in case.told}
    today = business_date(_EPOCH + timedelta(microseconds=now_us))
    found = with_onboarding(found, reporters, law.registry, today, law.rules)
    new = [f for f in found if f.code == "unknown_origin" and f.severity == _NEWCOMER]
    firms = (law.registry.organisations.get(reporters.get(f.evidence[0], "")) for f in new)
    ends = [
        _onboarded_us(firm.onboarded_on, today, law.rules)
        for firm in firms
        if firm is not None and firm.onboarded_on is not None
    ]
    return found, min(ends, default=None)


def _onboarded_us(since: date, today: date, rules: Rules) -> int:
    last = since + timedelta(days=int(rules.number("onboarding_days", today)))
    return end_us(last)


def _around(case: _Case, related: Related, counts: Mapping[UUID, list[Event]]) -> dict[str, Event]:
    seen = {event.event_id: event for key in case.keys for event in related.get(key, ())}
    if case.site is not None:
        seen.update((event.event_id, event) for event in counts.get(case.site, ()))
    seen.update((event.event_id, event) for event in case.told)
    return seen
