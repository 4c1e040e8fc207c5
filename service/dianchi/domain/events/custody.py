"""From hand to hand: taken in, and the two sides of a hand-over."""

# ruff: noqa: RUF009 - `required` and `optional` declare fields; they are made to be called here

from dataclasses import dataclass
from typing import Final

from dianchi.domain import vocabulary as words
from dianchi.domain.events.catalogue import REPORTING, Part
from dianchi.domain.events.values import (
    DOCUMENT,
    MASS,
    MASS_BASIS,
    MATERIAL,
    MOST_BATTERIES,
    NUMBER,
    SAFETY,
)
from dianchi.domain.fields import BATTERY, FLAG, SHA256, VIN, Json, choice, many, text
from dianchi.domain.members import PARTY, optional, record, required

PART: Final = Part()


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What the eye sees at intake."""

    leak: bool | None = optional(FLAG)
    swollen: bool | None = optional(FLAG)
    burnt: bool | None = optional(FLAG)
    wet: bool | None = optional(FLAG)
    opened: bool | None = optional(FLAG)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLine:
    """A lot that moves, enters a batch or leaves it."""

    lot: str = required(NUMBER)
    issuer: str | None = optional(PARTY)
    material: str = required(MATERIAL)
    mass_kg: str = required(MASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryLine:
    """A battery that moves or is taken apart, with its mass."""

    battery: str = required(BATTERY)
    mass_kg: str | None = optional(MASS)


@PART.reported("collected", "回收入库", ("outlet", "dismantler"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """An outlet or a dismantler took a battery in."""

    source: str = required(choice(words.SOURCES))
    safety_class: str = required(SAFETY)
    label_legible: bool = required(FLAG)
    mass_kg: str | None = optional(MASS)
    mass_basis: str | None = optional(MASS_BASIS)
    vin: str | None = optional(VIN, kept_as="vin_ref")
    source_organisation: Json = optional(PARTY)
    condition: dict[str, Json] | None = optional(record(Condition))
    photos: list[str] | None = optional(many(SHA256, 20))


@PART.reported("dispatched", "移交出库", REPORTING, subject="either")
@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatched:
    """The sender's side of a hand-over."""

    handover: str = required(NUMBER)
    receiver: Json = required(PARTY)
    batteries: list[dict[str, Json]] | None = optional(many(record(BatteryLine), MOST_BATTERIES))
    lots: list[dict[str, Json]] | None = optional(many(record(LotLine), 200))
    total_mass_kg: str | None = optional(MASS)
    mass_basis: str | None = optional(MASS_BASIS)
    carrier: Json = optional(PARTY)
    waybill: str | None = optional(DOCUMENT)
    un_number: str | None = optional(choice(words.UN_NUMBERS))
    transfer_filing: str | None = optional(DOCUMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    handover: str = required(NUMBER)
    sender: Json = required(PARTY)
    batteries: list[dict[str, Json]] | None = optional(many(record(BatteryLine), MOST_BATTERIES))
    lots: list[dict[str, Json]] | None = optional(many(record(LotLine), 200))
    total_mass_kg: str | None = optional(MASS)
    mass_basis: str | None = optional(MASS_BASIS)


@PART.reported("received", "接收", REPORTING, subject="either")
@dataclass(frozen=True, slots=True, kw_only=True)
class Received(_Taken):
    """The receiver's side of a hand-over, whole or in part."""


@PART.reported("declined", "拒收", REPORTING, subject="either")
@dataclass(frozen=True, slots=True, kw_only=True)
class Declined(_Taken):
    """The receiver did not take what was sent; it is back with the sender."""

    reason: str = required(text(200, words.DECLINE_REASONS))


@PART.reported("returned", "退回", REPORTING, subject="either")
@dataclass(frozen=True, slots=True, kw_only=True)
class Returned(_Taken):
    """The receiver took it and sent it back under the same hand-over."""

    reason: str = required(text(200, words.DECLINE_REASONS))
