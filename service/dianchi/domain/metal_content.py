"""How much metal is in a pack and in a product, as dated rows: editable, never law.

Shares of pack mass are engineering averages (R-l; the real value differs by maker and model);
shares of salts are stoichiometry of the battery-grade hydrate.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from dianchi.domain.dated import ALWAYS
from dianchi.domain.deadlines import Mark


@dataclass(frozen=True, slots=True)
class Content:
    """The share of a metal in the mass of a chemistry's pack or of a material."""

    of: str
    metal: str
    share: Decimal
    valid_from: date
    valid_to: date | None
    mark: Mark


def _rows(text: str, mark: Mark) -> tuple[Content, ...]:
    found = []
    for line in text.strip().splitlines():
        of, *cells = line.split()
        pairs = (cell.split("=") for cell in cells)
        found += [Content(of, metal, Decimal(x), ALWAYS, None, mark) for metal, x in pairs]
    return tuple(found)


IN_PACKS: Final = _rows(
    """
lfp   lithium=0.009 copper=0.08 aluminium=0.15
lmfp  lithium=0.009 manganese=0.06 copper=0.08 aluminium=0.15
lmo   lithium=0.010 manganese=0.13 copper=0.08 aluminium=0.15
lco   lithium=0.015 cobalt=0.13 copper=0.08 aluminium=0.12
nmc   lithium=0.013 nickel=0.065 cobalt=0.022 manganese=0.021 copper=0.09 aluminium=0.15
nca   lithium=0.014 nickel=0.095 cobalt=0.018 copper=0.09 aluminium=0.15
lto   lithium=0.012 aluminium=0.18
nimh  nickel=0.28 cobalt=0.03 manganese=0.01 rare_earth=0.08
""",
    "R-l",
)

IN_MATERIALS: Final = _rows(
    """
lithium_carbonate  lithium=0.1879
lithium_hydroxide  lithium=0.1654
nickel_sulfate     nickel=0.2233
cobalt_sulfate     cobalt=0.2097
manganese_sulfate  manganese=0.3251
copper             copper=1
aluminium          aluminium=1
""",
    "R-h",
)
"""Black mass and powders have no row: their metal is known by assay only."""
