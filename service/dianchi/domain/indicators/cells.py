"""What one life or batch adds to a count: a cell, and how much of it, in whole units.

Whole grams, watt-hours and seconds: sums are exact, and what is taken back is exactly what was
added, in any order.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

from dianchi.domain.life_event import Event
from dianchi.domain.measures import business_day
from dianchi.domain.places import YUNNAN
from dianchi.domain.registry import Registry

_THOUSAND: Final = Decimal(1000)
_CACHED: Final = 65_536
_BETWEEN: Final = "\x1f"
_PREFECTURES: Final = frozenset(prefecture.code for prefecture in YUNNAN)
_ID_BYTES: Final = 8


class Place(NamedTuple):
    """Where something happened; empty where nobody knows.

    `prefecture` is a code of Yunnan, else the two digits of another province.
    """

    prefecture: str = ""
    county: str = ""
    functional: str = ""


class Cell(NamedTuple):
    """What is counted together: a measure in a month at a place, by chemistry and firm.

    Attributes:
        month: of the business date in China, as 202611.
        firm: who reported it.
        partner: of a flow, its other end; else empty.
    """

    measure: str
    month: int
    prefecture: str
    county: str
    functional: str
    chemistry: str
    firm: str
    partner: str


class Amount(NamedTuple):
    """How much: things, their mass, their rated energy, their time in store."""

    things: int = 0
    mass_g: int = 0
    energy_wh: int = 0
    stay_s: int = 0

    def plus(self, other: "Amount") -> "Amount":
        """The sum."""
        return Amount(*[a + b for a, b in zip(self, other, strict=True)])


NOTHING: Final = Amount()
Contributions = Mapping[Cell, Amount]


@lru_cache(maxsize=_CACHED)
def cell_id(cell: Cell) -> int:
    """The number of a cell: 64 bits of a hash, the same whoever makes it and whenever."""
    digest = blake2b(_BETWEEN.join(map(str, cell)).encode(), digest_size=_ID_BYTES)
    return int.from_bytes(digest.digest(), "big", signed=True)


@lru_cache(maxsize=_CACHED)
def thousandths(told: str | None) -> int:
    """Kilograms as grams, kilowatt-hours as watt-hours; half a gram is rounded up, none is 0."""
    if told is None:
        return 0
    return int((Decimal(told) * _THOUSAND).to_integral_value(ROUND_HALF_UP))


def month_of(event: Event) -> int:
    """The month in which an event happened, by its day in China."""
    day = business_day(event)
    return day.year * 100 + day.month


def place_of(registry: Registry, organisation: str, site: str | None) -> Place:
    """Where a site of an organisation is, else the organisation."""
    known = registry.sites.get((organisation, site)) if site else None
    prefecture = registry.prefecture(organisation, site)
    if prefecture:
        county, functional = (known.county, known.functional) if known else (None, None)
        return Place(prefecture, county or "", functional or "")
    firm = registry.organisations.get(organisation)
    return Place((firm.province if firm else None) or "")


def is_outside(place: str) -> bool:
    """Whether the code of a place is that of another province."""
    return bool(place) and place not in _PREFECTURES
