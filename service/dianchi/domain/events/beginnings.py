"""How things enter the record: lots, births, imports, declarations."""

# ruff: noqa: RUF009 - `required` and `optional` declare fields; they are made to be called here

from dataclasses import dataclass
from typing import Final

from dianchi.domain import vocabulary as words
from dianchi.domain.events.catalogue import REPORTING, Part
from dianchi.domain.events.values import HOST, MASS, MATERIAL, NUMBER
from dianchi.domain.fields import BATTERY, INSTANT, Json, choice, integer, many, text
from dianchi.domain.members import PARTY, optional, record, required

PART: Final = Part()


@dataclass(frozen=True, slots=True, kw_only=True)
class LotShare:
    """What one lot gave to a new battery."""

    lot: str = required(NUMBER)
    issuer: str | None = optional(PARTY)
    material: str = required(MATERIAL)
    mass_kg: str = required(MASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The cells of a pack."""

    count: int = required(integer(1, 100_000))
    lot: str = required(NUMBER)


@PART.reported("lot_declared", "物料登记", ("maker", "recycler", "utilizer"), subject="none")
@dataclass(frozen=True, slots=True, kw_only=True)
class LotDeclared:
    """A material lot enters the record from outside it."""

    lot: str = required(NUMBER)
    material: str = required(MATERIAL)
    mass_kg: str = required(MASS)
    origin: str = required(choice(words.LOT_ORIGINS))
    supplier: str | None = optional(PARTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Born:
    model: str = required(text(80, number=True))
    chemistry: str = required(choice(words.CHEMISTRIES))
    rated_capacity_ah: str = required(MASS)
    rated_energy_kwh: str = required(MASS)
    nominal_voltage_v: str = required(MASS)
    mass_kg: str = required(MASS)
    modules: list[str] | None = optional(many(BATTERY, 400))
    cells: dict[str, Json] | None = optional(record(Cells))
    lots: list[dict[str, Json]] | None = optional(many(record(LotShare), 100))


@PART.reported("produced", "生产", ("maker",))
@dataclass(frozen=True, slots=True, kw_only=True)
class Produced(_Born):
    """A battery left the production line."""


@PART.reported("imported", "进口", ("importer",))
@dataclass(frozen=True, slots=True, kw_only=True)
class Imported(_Born):
    """A battery made abroad entered the country."""


@PART.reported("declared", "存量登记", (*REPORTING, "regulator"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A battery whose earlier life is not in this record enters it in the middle."""

    stage: str = required(choice(words.DECLARED_STAGES))
    basis: str = required(choice(words.DECLARED_BASES))
    since: str | None = optional(INSTANT)
    model: str | None = optional(text(80, number=True))
    chemistry: str | None = optional(choice(words.CHEMISTRIES))
    rated_capacity_ah: str | None = optional(MASS)
    rated_energy_kwh: str | None = optional(MASS)
    nominal_voltage_v: str | None = optional(MASS)
    mass_kg: str | None = optional(MASS)
    host: dict[str, Json] | None = optional(HOST)
    owner: Json = optional(PARTY)
