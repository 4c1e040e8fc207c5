"""Shapes of dated limits: numbers, floors, prohibitions, outlet limits, tolerances, windows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from dianchi.domain.deadlines import Binding, Mark
from dianchi.domain.refusals import Text

WindowKind = Literal["wh_per_kg", "volt_per_cell"]
Severity = Literal["info", "low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Number:
    """A threshold with its unit."""

    id: str
    value: Decimal
    unit: str
    valid_from: date
    valid_to: date | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Floor:
    """The least share of a metal that a process must recover (综合利用行业规范条件).

    Judged per firm and process over 12 months; a single batch gives an info finding only.
    """

    metal: str
    process: str
    share: Decimal
    valid_from: date
    valid_to: date | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Prohibition:
    """A use that is banned; recorded when it happens, with a finding.

    Attributes:
        chemistries: only these; empty means any.
    """

    application: str
    chemistries: frozenset[str]
    text: Text
    article: str
    severity: Severity
    valid_from: date
    valid_to: date | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class OutletLimit:
    """What an outlet of a kind may hold (收集型 collection, 集中贮存型 central)."""

    kind: Literal["collection", "central"]
    most_stock_kg: Decimal | None
    least_area_m2: Decimal | None
    least_capacity_kg: Decimal | None
    binding: Binding
    valid_from: date
    valid_to: date | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two masses may differ, by how they were found; `worst` caps the finding."""

    basis: str
    share: Decimal
    kg: Decimal
    worst: Severity
    valid_from: date
    valid_to: date | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Window:
    """What a ratio plausibly is for a chemistry."""

    kind: WindowKind
    chemistry: str
    product: str
    low: Decimal
    high: Decimal
    valid_from: date
    valid_to: date | None
    mark: Mark

    def holds(self, value: Decimal) -> bool:
        """Whether the value is plausible."""
        return self.low <= value <= self.high
