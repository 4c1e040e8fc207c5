"""Recycled content of new packs (再生料含量): how much of a metal in them came out of used ones.

What packs hold is estimated by chemistry (`metal_content`, R-l); what was put in is told by the
lots that births name. The rest is not known: the share is what is proven, at least.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from dianchi.domain.deadlines import Mark
from dianchi.domain.indicators.lots import MATERIAL
from dianchi.domain.indicators.measure_rows import METALS
from dianchi.domain.materials import ZERO, contained
from dianchi.domain.months import first_day
from dianchi.domain.refusals import Text

_PLACES: Final = Decimal("0.0001")
CONTENTS: Final[Mapping[str, Text]] = {
    **{metal: Text(zh, en) for metal, zh, en in METALS},
    MATERIAL: Text("全部物料", "all material"),
}
NAME: Final = Text("再生料含量", "Recycled content of new packs")
DEFINITION: Final = Text(
    "新电池中可追溯为再生的量 ÷ 新电池所含的量，按生产月份和企业。分子：出生登记写明的物料批次，"
    "沿批次追溯到投入再生批次的用过的电池，或登记为消费后废料的；未用过的电池按生产废料，不算再生；"
    "按化学计量折算金属。分母：电池质量按化学体系的平均含量（R-l）；“全部物料”的分母是电池质量，分子是物料质量。没有写明物料、"
    "外购或期初存量的部分为未知，不按零计；所以比率是“至少”，一点来源都不知道时显示“未知”。",
    "What in new packs is traced as recycled over what they hold, by month of production and"
    " maker. Above: lots that births name, traced through their batches to used packs, or declared"
    " as consumer waste, as metal by their formula. Packs that were never in use are production"
    " scrap and count as none. Below: the mass of packs by the average of their kind (R-l); of all"
    " material, the mass of packs, and above it the mass of lots. What"
    " names no lot, was bought or in stock is not known, and no zero: the share is a least one,"
    " and `unknown` where no origin is known at all.",
)


@dataclass(frozen=True, slots=True)
class ContentTarget:
    """The least recycled share that a law elsewhere sets, for reference."""

    metal: str
    share: Decimal
    valid_from: date
    document: Text
    mark: Mark


_EU: Final = Text("欧盟电池法规 (EU) 2023/1542 第 8 条", "Regulation (EU) 2023/1542, Article 8")
_STEPS: Final[tuple[tuple[date, Mark, Mapping[str, str]], ...]] = (
    (date(2031, 8, 18), "V", {"cobalt": "0.16", "lithium": "0.06", "nickel": "0.06"}),
    (date(2036, 8, 18), "R-h", {"cobalt": "0.26", "lithium": "0.12", "nickel": "0.15"}),
)
TARGETS: Final = tuple(
    ContentTarget(metal, Decimal(share), day, _EU, mark)
    for day, mark, shares in _STEPS
    for metal, share in shares.items()
)
"""Standards study 3.4; for reference only: no Chinese document was found that sets one."""


class Made(NamedTuple):
    """Packs of a month, chemistry and maker: their number and mass."""

    month: int
    chemistry: str
    maker: str
    packs: int
    mass_kg: Decimal


class Traced(NamedTuple):
    """Of a metal put into packs of a month by a maker, how much is recycled, or known to be."""

    month: int
    maker: str
    what: str
    recycled_kg: Decimal
    known_kg: Decimal


@dataclass(frozen=True, slots=True)
class Held:
    """How much of something new packs hold, and what of it is recycled and of known origin."""

    held_kg: Decimal = ZERO
    recycled_kg: Decimal = ZERO
    known_kg: Decimal = ZERO

    def plus(self, held: Decimal, recycled: Decimal, known: Decimal) -> "Held":
        """The sum."""
        return Held(self.held_kg + held, self.recycled_kg + recycled, self.known_kg + known)

    @property
    def whole_kg(self) -> Decimal:
        """What they hold; at least what is known to be in them: the content is an average."""
        return max(self.held_kg, self.known_kg)

    @property
    def unknown_kg(self) -> Decimal:
        """What nobody told the origin of."""
        return self.whole_kg - self.known_kg

    @property
    def share(self) -> Decimal | None:
        """The share that is proven recycled; None where no origin is known."""
        return (self.recycled_kg / self.whole_kg).quantize(_PLACES) if self.known_kg else None

    @property
    def unknown_share(self) -> Decimal | None:
        """The share of unknown origin; None where packs hold nothing of it."""
        return (self.unknown_kg / self.whole_kg).quantize(_PLACES) if self.whole_kg else None


NOTHING_HELD: Final = Held()
Group = tuple[str, int | str]
"""Of what, in a month or by a maker; the month 0 is all together."""


def content(made: Iterable[Made], traced: Iterable[Traced]) -> dict[Group, Held]:
    """The content of new packs: of each metal and of all material, in all, by month, by maker."""
    found: dict[Group, Held] = {}
    for packs in made:
        on = first_day(packs.month)
        held = {MATERIAL: packs.mass_kg} | contained(packs.chemistry, packs.mass_kg, on)
        for what in CONTENTS:
            if what in held:
                _add(found, what, packs.month, packs.maker, (held[what], ZERO, ZERO))
    for each in traced:
        more = ZERO, each.recycled_kg, each.known_kg
        _add(found, each.what, each.month, each.maker, more)
    return found


def _add(
    found: dict[Group, Held],
    what: str,
    month: int,
    maker: str,
    more: tuple[Decimal, Decimal, Decimal],
) -> None:
    for group in ((what, 0), (what, month), (what, maker)):
        found[group] = found.get(group, NOTHING_HELD).plus(*more)
