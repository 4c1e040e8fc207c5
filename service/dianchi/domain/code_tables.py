"""Tables of GB/T 34014-2017: date symbols, product types, battery types.

The marks are those of the domain study: V seen, V2 second hand, R recalled, D derived.
"""

from typing import Final

FIRST_YEAR: Final = 2011
CYCLE_YEARS: Final = 30
"""Year symbols run from 2011 to 2040, then repeat (R-h)."""

_SYMBOLS: Final = "123456789ABCDEFGHJKLMNPRSTVWXY"

YEARS: Final = {symbol: FIRST_YEAR + i for i, symbol in enumerate(_SYMBOLS)}
"""X15, the year of the first cycle (R-h, cross-checked on real codes)."""

MONTHS: Final = {symbol: 1 + i for i, symbol in enumerate("123456789ABC")}
"""X16 (V2)."""

DAYS: Final = {symbol: 1 + i for i, symbol in enumerate(_SYMBOLS + "0")}
"""X17; the 31st is written `0` (R-h; 27, 28 and 31 differ between published tables)."""

YEAR_VARIANTS: Final = {"U": 2037}
DAY_VARIANTS: Final = {"U": 27, "Z": 31, "O": 31}
"""What other published tables and factories write; read, and noted as `date_code_variant` (D)."""

PRODUCTS: Final = {"P": "pack", "M": "module", "C": "cell"}
"""X4 产品类型代码 (V)."""

FAMILIES: Final[dict[str, frozenset[str]]] = {
    "A": frozenset({"nimh"}),
    "B": frozenset({"lfp", "lmfp"}),
    "C": frozenset({"lmo"}),
    "D": frozenset({"lco"}),
    "E": frozenset({"nmc", "nca"}),
    "F": frozenset({"supercapacitor"}),
    "G": frozenset({"lto"}),
    "Z": frozenset({"sodium_ion", "solid_state", "semi_solid", "metal_air", "other"}),
}
"""X5 电池类型代码 and the chemistries it covers (B, E: V; others V2; lmfp and Z: D)."""

ELECTROLYTE_ONLY: Final = frozenset({"solid_state", "semi_solid"})
"""Chemistries that name the electrolyte, not the cathode: any lithium letter goes with them (D)."""

LITHIUM_LETTERS: Final = frozenset("BCDEGZ")
