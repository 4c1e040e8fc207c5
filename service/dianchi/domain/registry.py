"""What the registry knows of organisations, sites and vendors: plain facts the domain can ask.

Facts are read when findings are computed and are never frozen into an event. The id of an
organisation follows from how it first became known, so that a party named before it registered
keeps its id when it does.
"""

from base64 import b32hexencode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from dianchi.domain.vendors import VENDORS, Vendor

_ID_LENGTH = 12


def organisation_id(first_known_as: str) -> str:
    """The id of an organisation first known by this USCC or name: `O` and 11 letters or digits."""
    known = " ".join(first_known_as.split()).upper()
    digest = sha256(f"organisation:{known}".encode()).digest()
    return f"O{b32hexencode(digest).decode()[: _ID_LENGTH - 1]}"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A registered firm or authority; `roles` are those its keys were given."""

    id: str
    name: str
    uscc: str | None = None
    province: str | None = None
    prefecture: str | None = None
    roles: frozenset[str] = frozenset()
    onboarded_on: date | None = None
    permits: tuple["Permit", ...] = ()


@dataclass(frozen=True, slots=True)
class Permit:
    """A permit with its days of validity, both included."""

    kind: str
    valid_from: date
    valid_to: date
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Principal:
    """Whose outlet a place is: the maker's own, commissioned by it, or run by several jointly.

    `organisation` is its id, also where it is not registered; `known_as` what it was called.
    """

    organisation: str
    known_as: str
    relation: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A registered place of an organisation: outlet, base station, data centre, plant.

    Areas in m2 and capacities in kg are decimals as text.
    """

    organisation: str
    number: str
    name: str
    kind: str
    prefecture: str | None = None
    area_m2: str | None = None
    county: str | None = None
    functional: str | None = None
    capacity_kg: str | None = None
    permits: tuple[Permit, ...] = ()
    principals: tuple[Principal, ...] = ()
    opened_on: date | None = None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Mandate:
    """What an organisation lets an agent report for it; without sites and area, anywhere.

    `role` is that of the organisation; both days are included.
    """

    id: str
    organisation: str
    agent: str
    role: str
    types: frozenset[str]
    sites: frozenset[str] | None
    area: str | None
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Registry:
    """One reading of the registry; `vendors` are the rows of every version and those added here.

    `mandates` are those that were not revoked, by the organisation and its agent.
    """

    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    sites: Mapping[tuple[str, str], Site] = field(default_factory=dict)
    names: Mapping[str, str] = field(init=False, repr=False, default_factory=dict)
    """What to call organisations, by id."""
    vendors: Mapping[str, Vendor] = field(default_factory=lambda: VENDORS)
    mandates: Mapping[tuple[str, str], tuple[Mandate, ...]] = field(default_factory=dict)
    site_permits: Mapping[str, Sequence[Permit]] = field(
        init=False, repr=False, default_factory=dict
    )
    """The permits of the sites of each organisation that has such."""
    _ids: Mapping[str, str] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        ids: dict[str, str] = {}
        for organisation in self.organisations.values():
            ids[organisation.name] = ids[_squeezed(organisation.name)] = organisation.id
            ids[organisation.id] = organisation.id
            if organisation.uscc:
                ids[organisation.uscc] = organisation.id
        object.__setattr__(self, "_ids", ids)
        names = {each.id: each.name for each in self.organisations.values()}
        object.__setattr__(self, "names", names)
        permits: dict[str, list[Permit]] = {}
        for site in self.sites.values():
            if site.permits:
                permits.setdefault(site.organisation, []).extend(site.permits)
        object.__setattr__(self, "site_permits", permits)

    def __reduce__(self) -> tuple[Any, ...]:
        """For another process: the facts; what is worked out from them is worked out there."""
        facts = self.organisations, self.sites, self.vendors, self.mandates
        return Registry, tuple(dict(each) for each in facts)

    def id_of(self, known_as: str) -> str | None:
        """The id of a registered organisation by id, USCC or name; None when not registered."""
        # Nearly always written as registered; squeezing each name costs more than finding it.
        return self._ids.get(known_as) or self._ids.get(_squeezed(known_as))

    def resolve(self, party: Any) -> str:  # noqa: ANN401 - a canonical JSON party
        """The id of any party, registered or not; an external one is known by USCC, else name."""
        if isinstance(party, dict):
            party = party.get("uscc") or party["name"]
        return self.id_of(party) or organisation_id(party)

    def organisation(self, party: Any) -> Organisation | None:  # noqa: ANN401 - as above
        """The registered organisation behind a canonical party, if there is one."""
        if isinstance(party, dict):
            party = party.get("uscc") or party["name"]
        found = self.id_of(party)
        return self.organisations[found] if found else None

    def prefecture(self, organisation: str, site: str | None) -> str | None:
        """The prefecture of a site of an organisation, else the organisation's own."""
        known = self.sites.get((organisation, site)) if site else None
        if known is not None and known.prefecture:
            return known.prefecture
        firm = self.organisations.get(organisation)
        return firm.prefecture if firm else None

    def areas(self, organisation: str, site: str | None) -> frozenset[str]:
        """The areas that a site of an organisation lies in: what an officer's area is asked for."""
        place = self.sites.get((organisation, site)) if site else None
        prefecture = self.prefecture(organisation, site)
        if place is None:
            return frozenset((prefecture,)) if prefecture else _NOWHERE
        told = prefecture, place.county, place.functional
        return frozenset(code for code in told if code is not None)


_NOWHERE: frozenset[str] = frozenset()


def _squeezed(known_as: str) -> str:
    return " ".join(known_as.split()).upper()


NOBODY = Registry()
