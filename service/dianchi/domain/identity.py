"""Which names are one battery: the union of names joined by `identified` (认定)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from dianchi.domain.findings import Finding
from dianchi.domain.life import Event

MOST_NAMES: Final = 64
"""So many names one battery may have. Names that are more are no battery but a mistake, such as one
placeholder that everything was identified with: then none of them is joined. Whoever follows joins
from a name over as many steps has seen whether they are more."""
_NEVER: Final = 1 << 63
_MOST_EVIDENCE: Final = 20


class Union(NamedTuple):
    """The names of one battery.

    Attributes:
        names: every name joined to the one that was asked for, itself included.
        conflicts: `identified` events that touch it and were not followed, in fold order.
        canonical: the name it is answered by.
        crowded: more than `MOST_NAMES` would be one battery, so that the name stays alone.
    """

    names: frozenset[str]
    conflicts: tuple[Event, ...]
    canonical: str
    crowded: bool = False


class _Names:
    """Names in groups, of which no group holds two GB/T 34014 codes."""

    def __init__(self) -> None:
        self._groups: dict[str, frozenset[str]] = {}

    def of(self, name: str) -> frozenset[str]:
        return self._groups.get(name) or frozenset((name,))

    def join(self, one: str, other: str) -> bool:
        """Joins the groups of two names, unless two codes would become one battery."""
        joined = self.of(one) | self.of(other)
        if sum(_is_code(name) for name in joined) > 1:
            return False
        self._groups.update(dict.fromkeys(joined, joined))
        return True


def _is_code(name: str) -> bool:
    """Whether a canonical name is a GB/T 34014 code: only those have no scheme."""
    return ":" not in name


Joins = Mapping[str, Sequence[Event]]
"""`identified` events by both of the names that they join."""


def joins_by_name(joins: Iterable[Event]) -> Joins:
    """The joins of each name."""
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for event in joins:
        for name in pair_of(event):
            found[name].append(event)
    return found


def pair_of(event: Event) -> tuple[str, str]:
    """The two names that an `identified` joins."""
    return event.subject, event.data["name"]


def reachable(name: str, joins: Joins) -> dict[str, Event]:
    """The joins that lead on from a name, by the id of their report."""
    found: dict[str, Event] = {}
    ask, seen = [name], {name}
    while ask:
        for event in joins.get(ask.pop(), ()):
            found[event.event_id] = event
            ask.extend(each for each in pair_of(event) if each not in seen)
            seen.update(pair_of(event))
    return found


def is_crowd(joins: Iterable[Event]) -> bool:
    """Whether these joins, all of one group, name more than one battery may be called."""
    return len({name for event in joins for name in pair_of(event)}) > MOST_NAMES


def apart(name: str, joins: Joins) -> Union:
    """A name that stays alone because it is in a crowd; the joins that touch it are conflicts."""
    touching = {event.event_id: event for event in joins.get(name, ())}
    ordered = sorted(touching.values(), key=lambda event: event.key)
    return Union(frozenset((name,)), tuple(ordered), name, crowded=True)


def union(name: str, joins: Iterable[Event], first_seen: Mapping[str, int]) -> Union:
    """The names that are one battery with `name` (design 4).

    Args:
        name: any of its names, canonical.
        joins: all uncorrected `identified` events that can be reached from it, in any order.
        first_seen: when each name was first reported, UTC microseconds.
    """
    by_name = joins_by_name(joins)
    around = reachable(name, by_name).values()
    if is_crowd(around):
        return apart(name, by_name)
    names = _Names()
    refused: dict[str, Event] = {}
    for event in sorted(around, key=lambda event: event.key):
        if not names.join(event.subject, event.data["name"]):
            refused.setdefault(event.event_id, event)
    group = names.of(name)
    conflicts = tuple(
        event for event in refused.values() if event.subject in group or event.data["name"] in group
    )
    return Union(group, conflicts, _canonical(group, first_seen))


def alone(name: str) -> Union:
    """The union of a name that nothing was joined to."""
    return Union(frozenset((name,)), (), name)


def _canonical(group: frozenset[str], first_seen: Mapping[str, int]) -> str:
    return min(group, key=lambda name: (not _is_code(name), first_seen.get(name, _NEVER), name))


def conflict_findings(joined: Union) -> list[Finding]:
    """What was said to be the same battery and is not: two GB/T 34014 codes, or a crowd of names.

    One `identity_conflict` for each `identified` that would join two codes; one for a crowd.
    """
    if joined.crowded:
        evidence = tuple(event.event_id for event in joined.conflicts[:_MOST_EVIDENCE])
        values = {"what": "names", "name": joined.canonical, "most": MOST_NAMES}
        return [Finding("identity_conflict", evidence, values)]
    return [
        Finding("identity_conflict", (event.event_id,), _pair(event)) for event in joined.conflicts
    ]


def _pair(event: Event) -> dict[str, str]:
    """The names as they were reported, whichever of the two lines was met first."""
    first, second = event.subject, event.data["name"]
    if "mirrored" in event.data:
        first, second = second, first
    return {"first": first, "second": second}
