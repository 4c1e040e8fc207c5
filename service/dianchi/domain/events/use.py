"""A battery in use: fitted, sold, measured, repaired, taken out, retired."""

# ruff: noqa: RUF009 - `required` and `optional` declare fields; they are made to be called here

from dataclasses import dataclass
from typing import Final

from dianchi.domain import vocabulary as words
from dianchi.domain.events.catalogue import REPORTING, Part
from dianchi.domain.events.values import DOCUMENT, HOST, MASS, MASS_OR_NONE, NAMES, SAFETY, SOH
from dianchi.domain.fields import (
    BATTERY,
    FLAG,
    PREFECTURE,
    VIN,
    Json,
    choice,
    decimal,
    integer,
    many,
    text,
)
from dianchi.domain.members import PARTY, optional, record, required

PART: Final = Part()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadAcid:
    """Lead-acid sets that a deployment replaced: counted, never traced here (hazardous waste)."""

    count: int = required(integer(1, 100_000))
    mass_kg: str = required(MASS)
    manifest: str = required(DOCUMENT)


@PART.reported(
    "installed",
    "装车/部署",
    ("vehicle_maker", "workshop", "swap_operator", "site_operator", "utilizer"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A battery was fitted into a vehicle, a swap pool or a site."""

    host: dict[str, Json] = required(HOST)
    swap_capable: bool | None = optional(FLAG)
    replaced_lead_acid: dict[str, Json] | None = optional(record(LeadAcid))


@PART.reported("sold", "销售", ("vehicle_maker", "dealer", "utilizer"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """A vehicle with its battery, or a second-life product, was sold to its user."""

    prefecture: str = required(PREFECTURE)
    vin: str | None = optional(VIN, kept_as="vin_ref")
    application: str | None = optional(choice(words.HOSTS))
    buyer_kind: str | None = optional(choice(words.BUYER_KINDS))


@PART.reported("owner_changed", "权属变更", REPORTING, subject="either")
@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChanged:
    """The right to the batteries passed to another party; they stayed where they are."""

    batteries: list[str] | None = optional(NAMES)
    to: Json = required(PARTY)
    basis: str = required(choice(words.OWNERSHIP_BASES))


@PART.reported("inspected", "检测", REPORTING)
@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """Somebody measured the battery."""

    soh_percent: str | None = optional(SOH)
    voltage_v: str | None = optional(MASS_OR_NONE)
    insulation_ohm_per_v: str | None = optional(MASS_OR_NONE)
    temperature_c: str | None = optional(decimal("-60", "1500"))
    cycles: int | None = optional(integer(0, 1_000_000))
    safety_class: str | None = optional(SAFETY)


@PART.reported("repaired", "维修", ("workshop", "maker", "swap_operator", "utilizer"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """Modules of a pack were exchanged."""

    modules_out: list[str] = required(many(BATTERY, 400, least=0))
    modules_in: list[str] = required(many(BATTERY, 400, least=0))
    reason: str = required(text(80, words.REPAIR_REASONS))


@PART.reported(
    "removed", "拆下", ("workshop", "dismantler", "vehicle_maker", "swap_operator", "site_operator")
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A battery was taken out of its vehicle or site."""

    host: dict[str, Json] = required(HOST)
    reason: str = required(text(80, words.REMOVAL_REASONS))
    replaced_by: str | None = optional(BATTERY)
    mileage_km: str | None = optional(MASS_OR_NONE)
    soh_percent: str | None = optional(SOH)


@PART.reported("vehicle_scrapped", "车辆报废", ("dismantler",), subject="either")
@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleScrapped:
    """A vehicle was taken off the road for good; with its battery, or without one."""

    vin: str = required(VIN, kept_as="vin_ref")
    certificate: str = required(DOCUMENT)
    battery_present: bool = required(FLAG)


@PART.reported(
    "retired",
    "退役",
    (
        "workshop",
        "dismantler",
        "vehicle_maker",
        "swap_operator",
        "site_operator",
        "outlet",
        "utilizer",
    ),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """A battery's use ended."""

    reason: str = required(text(80, words.RETIREMENT_REASONS))
    soh_percent: str | None = optional(SOH)
    host: dict[str, Json] | None = optional(HOST)
