"""Which names are one battery: the union of names joined by `identified` (认定)."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from dianchi.domain.findings import Finding
from dianchi.domain.life import Event

_NEVER: Final = 1 << 63


class Union(NamedTuple):
    """The names of one battery.

    Attributes:
        names: every name joined to the one that was asked for, itself included.
        conflicts: `identified` events that touch it and were not followed, in fold order.
        canonical: the name it is answered by.
    """

    names: frozenset[str]
    conflicts: tuple[Event, ...]
    canonical: str


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


def union(name: str, joins: Iterable[Event], first_seen: Mapping[str, int]) -> Union:
    """The names that are one battery with `name` (design 4).

    Args:
        name: any of its names, canonical.
        joins: all uncorrected `identified` events that can be reached from it, in any order.
        first_seen: when each name was first reported, UTC microseconds.
    """
    names = _Names()
    refused: dict[str, Event] = {}
    for event in sorted(joins, key=lambda event: event.key):
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
    """One `identity_conflict` for each `identified` that would join two GB/T 34014 codes."""
    return [
        Finding("identity_conflict", (event.event_id,), _pair(event)) for event in joined.conflicts
    ]


def _pair(event: Event) -> dict[str, str]:
    """The names as they were reported, whichever of the two lines was met first."""
    first, second = event.subject, event.data["name"]
    if "mirrored" in event.data:
        first, second = second, first
    return {"first": first, "second": second}
