"""Whose outlets there are, what plants may treat, projects and factors: all of it made up."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from dianchi.demo.firms import JOINED, Place, Province
from dianchi.domain.capacities import Capacity
from dianchi.domain.demonstrations import Demonstration
from dianchi.domain.layout import OUTLET_KINDS
from dianchi.domain.savings import Factor, FactorTable

_PROXY: Final = "代办"
"""In the name of an outlet that takes nothing in by itself."""
_STATIONS_SHOWN: Final = 24
_FACTORS_FROM: Final = (("演示-1", date(2024, 1, 1)), ("演示-2", date(2026, 7, 1)))
# what is saved | kg of primary material and of CO2 for each unit; round numbers of no source
_FACTORS: Final = {
    "recovered_lithium": ("100", "15"),
    "recovered_nickel": ("50", "10"),
    "recovered_cobalt": ("60", "12"),
    "recovered_manganese": ("5", "3"),
    "second_life": ("6", "60"),
}
_PERMITTED_ON: Final = date(2024, 3, 1)
# role | process, permitted and built tonnes a year
_CAPACITIES: Final = {
    "recycler": (("crush", 20_000, 15_000), ("hydro", 10_000, 6_000)),
    "utilizer": (("disassemble", 8_000, 5_000), ("repurpose", 6_000, 3_000)),
}


def principals(province: Province) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """By organisation and number of an outlet, the vehicle makers that commission it.

    Two makers share each outlet, so that one of them is missing where there is only one; outside
    the capital the first maker has none but outlets that stand on paper only, where there are such.
    """
    makers = [post.firm for post in province.posts["vehicle_maker"]]
    outlets = [place for place in province.places if place.kind in OUTLET_KINDS]
    proxies = {place.prefecture for place in outlets if _is_proxy(place)} - {"530100"}
    found = {}
    for n, place in enumerate(outlets):
        whose = [makers[0]] if _is_proxy(place) else [makers[n % 3], makers[(n + 1) % 3]]
        if place.prefecture in proxies and not _is_proxy(place):
            whose = makers[1:]
        found[place.firm.id, place.number] = [
            {
                "organisation": maker.id, "known_as": maker.name, "relation": "commissioned",
                "valid_from": str(JOINED), "valid_to": None,
            }
            for maker in whose
        ]  # fmt: skip
    return found


def _is_proxy(place: Place) -> bool:
    return _PROXY in place.name


def capacities(province: Province) -> Iterator[Capacity]:
    """What recyclers and utilizers may and can treat, by documents that are clearly made up."""
    for n, place in enumerate(province.places, 1):
        for process, permitted, built in _CAPACITIES.get(place.firm.role, ()):
            document = f"环评批复 示范〔2024〕{n}号"
            tonnes = Decimal(permitted), Decimal(built)
            yield Capacity(
                place.firm.id,
                place.number,
                process,
                *tonnes,
                document,
                _PERMITTED_ON,
                _PERMITTED_ON,
            )


def demonstrations(province: Province) -> Iterator[Demonstration]:
    """Projects of second life and of recycling, by documents that are clearly made up."""
    tower, centre = province.posts["site_operator"]
    recycler = province.posts["recycler"][0]
    stations = [place.number for place in province.stations if place.prefecture == "530100"]
    halls = [place.number for place in province.halls]
    for n, (name, purpose, post, sites) in enumerate(
        (
            ("昆明基站梯次备电示范", "second_life", tower, stations[:_STATIONS_SHOWN]),
            ("数据机房梯次备电示范", "second_life", centre, halls),
            ("玉溪整包湿法再生示范", "recycling", recycler, [recycler.site or ""]),
        ),
        1,
    ):
        yield Demonstration(
            name,
            purpose,
            post.firm.id,
            tuple(sites),
            f"示范项目批复 示范〔2024〕{n}号",
            _PERMITTED_ON,
            _PERMITTED_ON,
        )


def factor_tables() -> Iterator[FactorTable]:
    """Two versions of a table of factors that nobody may quote."""
    for version, day in _FACTORS_FROM:
        factors = tuple(
            Factor(of, Decimal(material), Decimal(co2)) for of, (material, co2) in _FACTORS.items()
        )
        source = "合成数值，没有出处，仅供演示，不得引用"
        yield FactorTable("示范因子表", version, source, day, factors)
