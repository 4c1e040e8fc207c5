"""Where outlets are: whose they are today, how full they are, and where one is missing."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from dianchi.domain.firms import most_stock
from dianchi.domain.places import YUNNAN, distance_km
from dianchi.domain.refusals import Text
from dianchi.domain.registry import Site
from dianchi.domain.rules import Rules

OUTLET_KINDS: Final = frozenset(("collection", "central"))
_SEATS: Final = {each.code: each for each in YUNNAN}


class Cover(StrEnum):
    """How a vehicle maker is served in a prefecture (domain 7: an outlet wherever it sells)."""

    UNSOLD = "unsold"
    SERVED = "served"
    PAPER = "paper"
    MISSING = "missing"


COVERS: Final[Mapping[Cover, Text]] = MappingProxyType(
    {
        Cover.UNSOLD: Text("未见销售", "no sale known"),
        Cover.SERVED: Text("有网点，有收货", "an outlet that takes packs in"),
        Cover.PAPER: Text("网点仅在册", "an outlet on paper only"),
        Cover.MISSING: Text("有销售，无网点", "sold there, no outlet"),
    }
)


class Fill(StrEnum):
    """How full an outlet is."""

    UNLIMITED = "unlimited"
    ROOM = "room"
    FULL = "full"
    OVER = "over"


FILLS: Final[Mapping[Fill, Text]] = MappingProxyType(
    {
        Fill.UNLIMITED: Text("容量未登记", "no capacity on record"),
        Fill.ROOM: Text("有余量", "has room"),
        Fill.FULL: Text("接近满库", "nearly full"),
        Fill.OVER: Text("超量", "over its limit"),
    }
)


class Stock(NamedTuple):
    """What a site holds against the most that it may hold, in kg; None: no limit is known."""

    fill: Fill
    most_kg: Decimal | None


def cover(sold: int, outlets: int, taken_in: int) -> Cover:
    """How a vehicle maker is served where it sold so many packs.

    Args:
        sold: packs sold in its vehicles there.
        outlets: of its outlets there, how many are valid today.
        taken_in: packs that these took in within the time looked at.
    """
    if outlets:
        return Cover.SERVED if taken_in else Cover.PAPER
    return Cover.MISSING if sold else Cover.UNSOLD


def is_outlet(site: Site, on: date) -> bool:
    """Whether a site is an outlet that is open on a day."""
    opened = site.opened_on is None or site.opened_on <= on
    return site.kind in OUTLET_KINDS and opened and (site.closed_on is None or on <= site.closed_on)


def principals_on(site: Site, on: date) -> frozenset[str]:
    """The ids of the makers whose outlet a site is on a day."""
    return frozenset(
        each.organisation
        for each in site.principals
        if each.valid_from <= on and (each.valid_to is None or on <= each.valid_to)
    )


def stock_of(site: Site, stock_kg: Decimal, on: date, rules: Rules) -> Stock:
    """How full a site is on a day, by its lawful limit and its own room."""
    most = most_stock(site.kind, on, rules, site.capacity_kg)
    if most is None:
        return Stock(Fill.UNLIMITED, None)
    if stock_kg > most:
        return Stock(Fill.OVER, most)
    is_full = stock_kg >= most * rules.number("full_stock_share", on)
    return Stock(Fill.FULL if is_full else Fill.ROOM, most)


def nearest(prefecture: str, among: Iterable[str]) -> tuple[str, int] | None:
    """The nearest of other prefectures and its distance in km between seats, as the crow flies."""
    here = _SEATS.get(prefecture)
    if here is None:
        return None
    far = [
        (round(distance_km(here, there)), code)
        for code in among
        if code != prefecture and (there := _SEATS.get(code)) is not None
    ]
    return (min(far)[1], min(far)[0]) if far else None
