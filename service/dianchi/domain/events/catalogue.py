"""One row of the catalogue, and how its parts become the whole."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from dianchi.domain.fields import Json, Member, Reading
from dianchi.domain.members import members_of, object_schema, reader

REPORTING: Final = (
    "maker",
    "importer",
    "vehicle_maker",
    "dealer",
    "workshop",
    "swap_operator",
    "dismantler",
    "outlet",
    "site_operator",
    "utilizer",
    "recycler",
)
ROLES: Final = (*REPORTING, "regulator", "auditor")


@dataclass(frozen=True, slots=True)
class EventType:
    """One row of the catalogue.

    Attributes:
        name: the wire name, for example `produced`.
        zh: the Chinese term.
        roles: who may report it.
        subject: how the top-level `battery` is used: `battery` (required), `either` (may be left
            out where the data says what it is about) or `none` (the data alone says it).
        precedence: the place in the catalogue.
        members: what its `data` holds.
        summary: the class docstring, for the reference pages.
    """

    name: str
    zh: str
    roles: frozenset[str]
    subject: str
    precedence: int
    members: tuple[Member, ...]
    summary: str
    read: Callable[[Json, Reading], dict[str, Json]]

    def schema(self) -> dict[str, Json]:
        """The JSON Schema of `data`."""
        return object_schema(self.members)


@dataclass(frozen=True, slots=True)
class Part:
    """The types of events that one module declares, in their order."""

    kinds: list[EventType] = field(default_factory=list)

    def reported(
        self, name: str, zh: str, roles: tuple[str, ...], *, subject: str = "battery"
    ) -> Callable[[type], type]:
        """Makes the decorated dataclass the next type of this part."""

        def register(declared: type) -> type:
            members = members_of(declared)
            kind = EventType(
                name,
                zh,
                frozenset(roles),
                subject,
                len(self.kinds),
                members,
                (declared.__doc__ or "").strip(),
                reader(members),
            )
            self.kinds.append(kind)
            return declared

        return register


def in_order(parts: Iterable[Part]) -> dict[str, EventType]:
    """The whole catalogue: part after part, each type with its place in it as precedence."""
    kinds = [kind for part in parts for kind in part.kinds]
    return {kind.name: replace(kind, precedence=place) for place, kind in enumerate(kinds)}
