"""After use: assessed, taken apart, built into a product, recycled, disposed of."""

# ruff: noqa: RUF009 - `required` and `optional` declare fields; they are made to be called here

from dataclasses import dataclass
from typing import Final

from dianchi.domain import vocabulary as words
from dianchi.domain.events.catalogue import Part
from dianchi.domain.events.custody import BatteryLine
from dianchi.domain.events.values import (
    DOCUMENT,
    MASS,
    MASS_OR_NONE,
    MATERIAL,
    MOST_BATTERIES,
    NUMBER,
    PERCENT,
)
from dianchi.domain.fields import BATTERY, Json, choice, many, text
from dianchi.domain.members import PARTY, optional, record, required

PART: Final = Part()


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOutput:
    """A lot that a batch yields."""

    lot: str = required(NUMBER)
    material: str = required(MATERIAL)
    mass_kg: str = required(MASS)
    purity_percent: str | None = optional(PERCENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchInput:
    """A battery or a lot that enters a recycling batch."""

    battery: str | None = optional(BATTERY)
    lot: str | None = optional(NUMBER)
    issuer: str | None = optional(PARTY)
    mass_kg: str = required(MASS)


@PART.reported("assessed", "余能评估", ("utilizer",))
@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """The residual capacity was measured, and what follows was decided."""

    residual_capacity_ah: str = required(MASS_OR_NONE)
    method: str = required(text(80, words.ASSESSMENT_METHODS))
    decision: str = required(choice(words.DECISIONS))


@PART.reported("disassembled", "拆解", ("utilizer", "recycler"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Disassembled:
    """A pack or module was taken apart; its children live on under their own names."""

    children: list[dict[str, Json]] = required(
        many(record(BatteryLine), MOST_BATTERIES - 1, least=0)
    )
    other_mass_kg: str = required(MASS_OR_NONE)


@PART.reported("repurposed", "重组(综合利用产品)", ("utilizer",))
@dataclass(frozen=True, slots=True, kw_only=True)
class Repurposed:
    """A second-life product was built of parents; it has a new name and they keep theirs."""

    parents: list[str] = required(many(BATTERY, MOST_BATTERIES - 1))
    application: str = required(choice(words.APPLICATIONS))
    rated_capacity_ah: str = required(MASS)
    rated_energy_kwh: str = required(MASS)
    mass_kg: str = required(MASS)
    standard: str | None = optional(text(80))
    conformity: str | None = optional(text(80))


@PART.reported("recycled", "再生利用", ("recycler",), subject="none")
@dataclass(frozen=True, slots=True, kw_only=True)
class Recycled:
    """A batch of batteries or lots became material."""

    batch: str = required(NUMBER)
    process: str = required(choice(words.PROCESSES))
    inputs: list[dict[str, Json]] = required(many(record(BatchInput), MOST_BATTERIES))
    outputs: list[dict[str, Json]] = required(many(record(LotOutput), 200, least=0))
    residue_kg: str = required(MASS_OR_NONE)
    energy_kgce: str | None = optional(MASS_OR_NONE)
    water_reuse_percent: str | None = optional(PERCENT)


@PART.reported("disposed", "残余物处置", ("recycler", "utilizer"), subject="none")
@dataclass(frozen=True, slots=True, kw_only=True)
class Disposed:
    """The residue of a batch left for disposal."""

    batch: str = required(NUMBER)
    mass_kg: str = required(MASS)
    manifest: str = required(DOCUMENT)
    receiver: Json = required(PARTY)
