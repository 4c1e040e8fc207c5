"""Vendor codes of GB/T 34014 (厂商代码, X1-X3): who may have made a battery, as far as known.

There is no public official list (domain study 2.3): these rows are a beginning, the registry adds
what a regulator learns. A code that is in neither is a finding, never a reason to refuse.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from dianchi.domain.codes import BatteryName, decode
from dianchi.domain.dated import ALWAYS, in_force
from dianchi.domain.deadlines import Mark


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor code and whose it is, with the days of production for which that holds."""

    code: str
    name: str
    valid_from: date = ALWAYS
    valid_to: date | None = None
    mark: Mark = "D"


VENDORS: Final[Mapping[str, Vendor]] = MappingProxyType(
    {
        code: Vendor(code, name, mark="V2")
        for code, name in (
            ("001", "宁德时代 CATL"),
            ("04Q", "亿纬锂能 EVE"),
            ("02Y", "亿纬动力 EVE"),
            ("081", "瑞浦兰钧 REPT"),
            ("00P", "欣旺达 Sunwoda"),
            ("0HB", "Battero"),
        )
    }
)
"""Seen in third-party tables."""


def is_known(code: str, by: date, vendors: Mapping[str, Vendor]) -> bool:
    """Whether the vendor of a GB/T 34014 code is known for a day on which it may have been made.

    Args:
        code: canonical.
        by: when it was first reported; it was made before, where the code can mean two years.
        vendors: by code.
    """
    vendor = vendors.get(code[:3])
    if vendor is None:
        return False
    if vendor.valid_from == ALWAYS and vendor.valid_to is None:
        return True
    facts = decode(BatteryName("gbt34014", code))
    if facts is None:
        return False
    possible = [made for made in facts.made if made <= by] or facts.made[:1]
    return any(in_force(vendor, made) for made in possible)
