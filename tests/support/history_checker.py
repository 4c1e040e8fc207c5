"""Judges a drill: what clients saw against what is stored; a pure function over both."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """One report as one client saw it; times of one clock. `version` is None without an answer."""

    event_id: str
    battery: str
    sent: float
    answered: float
    version: int | None


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One event as it is stored."""

    event_id: str
    battery: str
    version: int


def faults(calls: Sequence[Call], stored: Iterable[StoredEvent]) -> list[str]:
    """Every rule that a run broke; none when the record is right.

    Versions of a battery are dense from 1; each report is stored once; what was acknowledged is
    stored, under the version that was answered; nothing is stored that nobody sent; and a report
    acknowledged before another was sent has the lower version.
    """
    by_battery: defaultdict[str, list[StoredEvent]] = defaultdict(list)
    for event in stored:
        by_battery[event.battery].append(event)
    sent_to = {call.battery for call in calls}
    found = [f"{name}: nobody reported of it" for name in by_battery.keys() - sent_to]
    for battery in sorted(sent_to):
        own = [call for call in calls if call.battery == battery]
        events = sorted(by_battery[battery], key=lambda event: event.version)
        found += _density(events)
        found += _answers(own, events)
        found += _real_time(own, events)
    return found


def _density(events: Sequence[StoredEvent]) -> Iterator[str]:
    for expected, event in enumerate(events, 1):
        if event.version != expected:
            yield f"{event.battery}: version {event.version} where {expected} was due"
            return


def _answers(calls: Sequence[Call], events: Sequence[StoredEvent]) -> Iterator[str]:
    versions: defaultdict[str, list[int]] = defaultdict(list)
    for event in events:
        versions[event.event_id].append(event.version)
    for event_id, places in versions.items():
        if len(places) > 1:
            yield f"{event_id}: stored as versions {places}"
    for event_id in versions.keys() - {call.event_id for call in calls}:
        yield f"{event_id}: stored, but nobody sent it"
    yield from _promises(calls, versions)


def _promises(calls: Sequence[Call], versions: Mapping[str, list[int]]) -> Iterator[str]:
    for call in calls:
        if call.version is None:
            continue
        if call.event_id not in versions:
            yield f"{call.event_id}: acknowledged as version {call.version}, but not stored"
        elif call.version not in versions[call.event_id]:
            yield f"{call.event_id}: answered {call.version}, stored {versions[call.event_id]}"


def _real_time(calls: Sequence[Call], events: Sequence[StoredEvent]) -> Iterator[str]:
    sent: dict[str, float] = {}
    acknowledged: dict[str, float] = {}
    for call in calls:
        sent[call.event_id] = min(call.sent, sent.get(call.event_id, call.sent))
        if call.version is not None:
            answered = acknowledged.get(call.event_id, call.answered)
            acknowledged[call.event_id] = min(call.answered, answered)
    earliest, of = float("inf"), ""
    for event in reversed(events):
        if earliest < sent.get(event.event_id, float("-inf")):
            yield f"{event.event_id}: sent after {of} was acknowledged, yet has the lower version"
        answered = acknowledged.get(event.event_id, float("inf"))
        if answered < earliest:
            earliest, of = answered, event.event_id
