"""What may stand at each place of a GB/T 34014 code: it can be checked as it is typed."""

from string import ascii_uppercase, digits
from typing import Any, Final

from dianchi.domain import code_tables as tables

_ANY: Final = digits + ascii_uppercase
_YEARS: Final = "".join(tables.YEARS | tables.YEAR_VARIANTS)
_DAYS: Final = "".join(tables.DAYS | tables.DAY_VARIANTS)
_PRODUCTS: Final = "".join(tables.PRODUCTS)
_DESIGN: Final = [_ANY] * 3 + [_PRODUCTS, "".join(tables.FAMILIES)] + [_ANY] * 2
_TRACE: Final = [_ANY] * 7
_PRODUCTION: Final = [_YEARS, "".join(tables.MONTHS), _DAYS] + [digits] * 7
_REUSE: Final = ["R", _PRODUCTS]

FORMS: Final = {
    "full": _DESIGN + _TRACE + _PRODUCTION,
    "reused": _DESIGN + _PRODUCTION + _REUSE,
    "full_reused": _DESIGN + _TRACE + _PRODUCTION + _REUSE,
}
"""The characters of each place, for each form of a code: 24, 19 and 26 places."""


def code_rules() -> dict[str, Any]:
    """The rules as data, for apps that check a code before the service sees it."""
    return {
        "forms": FORMS,
        "years": tables.YEARS | tables.YEAR_VARIANTS,
        "cycle_years": tables.CYCLE_YEARS,
        "months": tables.MONTHS,
        "days": tables.DAYS | tables.DAY_VARIANTS,
        "products": tables.PRODUCTS,
        "families": {letter: sorted(each) for letter, each in tables.FAMILIES.items()},
    }
