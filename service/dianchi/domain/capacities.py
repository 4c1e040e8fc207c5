"""Capacity of sites to treat batteries, and dated targets of plans with their documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from dianchi.domain.dated import in_force
from dianchi.domain.deadlines import Mark
from dianchi.domain.refusals import Text
from dianchi.domain.vocabulary import PROCESSES

TREATMENTS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        **{row.word: row.label for row in PROCESSES.rows},
        "disassemble": Text("拆解", "disassembly"),
        "repurpose": Text("重组利用", "second-life assembly"),
    }
)
"""What a capacity is for."""
_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a site may treat and can treat in a year by one process, by a document.

    Attributes:
        permitted_t: tonnes a year that it is permitted; None: not told.
        built_t: tonnes a year that are built; None: not told.
    """

    organisation: str
    site: str
    process: str
    permitted_t: Decimal | None
    built_t: Decimal | None
    document: str
    document_on: date
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A number that a plan sets, with the plan.

    Attributes:
        by: the day by which it is to be reached.
    """

    id: str
    name: Text
    value: Decimal
    unit: str
    document: Text
    valid_from: date
    valid_to: date | None
    by: date
    mark: Mark


TARGETS: Final = (
    Target(
        "recycling_capacity",
        Text("电池回收利用能力", "battery recycling capacity"),
        Decimal(200_000),
        "t/a",
        Text(
            "云政发〔2022〕18号《云南省新能源电池产业发展三年行动计划（2022—2024年）》",
            "Yunnan government document 2022 No. 18, three-year plan for the battery industry"
            " 2022-2024",
        ),
        date(2022, 3, 29),
        date(2024, 12, 31),
        date(2024, 12, 31),
        "V",
    ),
)
"""Domain study 10; a plan that has ended stays, as what was to be reached by then."""


def is_current(capacity: Capacity, on: date) -> bool:
    """Whether it holds on a day."""
    return in_force(capacity, on)


def share_used(treated_kg: Decimal, a_year_t: Decimal | None, months: int) -> Decimal | None:
    """How much of a yearly capacity was used in so many months; None where there is none."""
    if not a_year_t:
        return None
    return (treated_kg / 1000 / (a_year_t * months / _YEAR)).quantize(Decimal("0.0001"))
