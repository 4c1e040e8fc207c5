"""Whose outlets the outlets of the synthetic province are, and what its plants may treat."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from dianchi.demo.firms import JOINED, Place, Province
from dianchi.domain.capacities import Capacity
from dianchi.domain.layout import OUTLET_KINDS

_PROXY: Final = "代办"
"""In the name of an outlet that takes nothing in by itself."""
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
