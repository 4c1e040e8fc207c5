"""The catalogue: every kind of report of version 1, who may make it, and what it must say.

Each dataclass declares the members of a report's `data`; its decorator gives the wire name, the
Chinese term, the roles that may report it and the streams it touches. The order of the classes is
the precedence of the fold: of two events at the same microsecond, the one declared first counts
first. JSON Schemas, the OpenAPI document and the reference pages are generated from here.
"""

# ruff: noqa: RUF009 - `required` and `optional` declare fields; they are made to be called here

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dianchi.domain import vocabulary as words
from dianchi.domain.fields import (
    BATTERY,
    FLAG,
    INSTANT,
    PREFECTURE,
    PROVINCE,
    SHA256,
    UUID,
    VIN,
    Json,
    Member,
    Reading,
    choice,
    decimal,
    integer,
    many,
    text,
)
from dianchi.domain.members import (
    PARTY,
    host,
    members_of,
    object_schema,
    optional,
    reader,
    record,
    required,
)

MOST_BATTERIES: Final = 1000
REPORTING: Final = (
    "maker",
    "importer",
    "vehicle_maker",
    "dealer",
    "workshop",
    "swap_operator",
    "dismantler",
    "outlet",
    "site_operator",
    "utilizer",
    "recycler",
)
ROLES: Final = (*REPORTING, "regulator", "auditor")

_MASS = decimal(above=True)
_MASS_OR_NONE = decimal()
_PERCENT = decimal(most="100")
_SOH = decimal(most="150")
_NUMBER = text(80)
_HOST = host(words.HOSTS)
_MASS_BASIS = choice(words.MASS_BASES)
_SAFETY = choice(words.SAFETY_CLASSES)
_MATERIAL = choice(words.MATERIALS)
_NAMES = many(BATTERY, MOST_BATTERIES)


@dataclass(frozen=True, slots=True)
class EventType:
    """One row of the catalogue.

    Attributes:
        name: the wire name, for example `produced`.
        zh: the Chinese term.
        roles: who may report it.
        subject: how the top-level `battery` is used: `battery` (required), `either` (may be left
            out where the data says what it is about) or `none` (the data alone says it).
        precedence: the place in the catalogue.
        members: what its `data` holds.
        summary: the class docstring, for the reference pages.
    """

    name: str
    zh: str
    roles: frozenset[str]
    subject: str
    precedence: int
    members: tuple[Member, ...]
    summary: str
    read: Callable[[Json, Reading], dict[str, Json]]

    def schema(self) -> dict[str, Json]:
        """The JSON Schema of `data`."""
        return object_schema(self.members)


CATALOGUE: Final[dict[str, EventType]] = {}


def _reported(
    name: str, zh: str, roles: tuple[str, ...], *, subject: str = "battery"
) -> Callable[[type], type]:
    def register(declared: type) -> type:
        members = members_of(declared)
        CATALOGUE[name] = EventType(
            name,
            zh,
            frozenset(roles),
            subject,
            len(CATALOGUE),
            members,
            (declared.__doc__ or "").strip(),
            reader(members),
        )
        return declared

    return register


@dataclass(frozen=True, slots=True, kw_only=True)
class LotShare:
    """What one lot gave to a new battery."""

    lot: str = required(_NUMBER)
    issuer: str | None = optional(PARTY)
    material: str = required(_MATERIAL)
    mass_kg: str = required(_MASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLine:
    """A lot that moves, enters a batch or leaves it."""

    lot: str = required(_NUMBER)
    issuer: str | None = optional(PARTY)
    material: str = required(_MATERIAL)
    mass_kg: str = required(_MASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOutput:
    """A lot that a batch yields."""

    lot: str = required(_NUMBER)
    material: str = required(_MATERIAL)
    mass_kg: str = required(_MASS)
    purity_percent: str | None = optional(_PERCENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryLine:
    """A battery that moves or is taken apart, with its mass."""

    battery: str = required(BATTERY)
    mass_kg: str | None = optional(_MASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchInput:
    """A battery or a lot that enters a recycling batch."""

    battery: str | None = optional(BATTERY)
    lot: str | None = optional(_NUMBER)
    issuer: str | None = optional(PARTY)
    mass_kg: str = required(_MASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The cells of a pack."""

    count: int = required(integer(1, 100_000))
    lot: str = required(_NUMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadAcid:
    """Lead-acid sets that a deployment replaced: counted, never traced here (hazardous waste)."""

    count: int = required(integer(1, 100_000))
    mass_kg: str = required(_MASS)
    manifest: str = required(_NUMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What the eye sees at intake."""

    leak: bool | None = optional(FLAG)
    swollen: bool | None = optional(FLAG)
    burnt: bool | None = optional(FLAG)
    wet: bool | None = optional(FLAG)
    opened: bool | None = optional(FLAG)


@_reported("lot_declared", "物料登记", ("maker", "recycler", "utilizer"), subject="none")
@dataclass(frozen=True, slots=True, kw_only=True)
class LotDeclared:
    """A material lot enters the record from outside it."""

    lot: str = required(_NUMBER)
    material: str = required(_MATERIAL)
    mass_kg: str = required(_MASS)
    origin: str = required(choice(words.LOT_ORIGINS))
    supplier: str | None = optional(PARTY)


@_reported("produced", "生产", ("maker",))
@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """A battery left the production line."""

    model: str = required(text(80))
    chemistry: str = required(choice(words.CHEMISTRIES))
    rated_capacity_ah: str = required(_MASS)
    rated_energy_kwh: str = required(_MASS)
    nominal_voltage_v: str = required(_MASS)
    mass_kg: str = required(_MASS)
    modules: list[str] | None = optional(many(BATTERY, 400))
    cells: dict[str, Json] | None = optional(record(Cells))
    lots: list[dict[str, Json]] | None = optional(many(record(LotShare), 100))


@_reported("imported", "进口", ("importer",))
@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A battery made abroad entered the country."""

    model: str = required(text(80))
    chemistry: str = required(choice(words.CHEMISTRIES))
    rated_capacity_ah: str = required(_MASS)
    rated_energy_kwh: str = required(_MASS)
    nominal_voltage_v: str = required(_MASS)
    mass_kg: str = required(_MASS)
    modules: list[str] | None = optional(many(BATTERY, 400))
    cells: dict[str, Json] | None = optional(record(Cells))
    lots: list[dict[str, Json]] | None = optional(many(record(LotShare), 100))


@_reported("declared", "存量登记", (*REPORTING, "regulator"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A battery whose earlier life is not in this record enters it in the middle."""

    stage: str = required(choice(words.DECLARED_STAGES))
    basis: str = required(choice(words.DECLARED_BASES))
    since: str | None = optional(INSTANT)
    model: str | None = optional(text(80))
    chemistry: str | None = optional(choice(words.CHEMISTRIES))
    rated_capacity_ah: str | None = optional(_MASS)
    rated_energy_kwh: str | None = optional(_MASS)
    nominal_voltage_v: str | None = optional(_MASS)
    mass_kg: str | None = optional(_MASS)
    host: dict[str, Json] | None = optional(_HOST)
    owner: Json = optional(PARTY)


@_reported(
    "installed",
    "装车/部署",
    ("vehicle_maker", "workshop", "swap_operator", "site_operator", "utilizer"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A battery was fitted into a vehicle, a swap pool or a site."""

    host: dict[str, Json] = required(_HOST)
    swap_capable: bool | None = optional(FLAG)
    replaced_lead_acid: dict[str, Json] | None = optional(record(LeadAcid))


@_reported("sold", "销售", ("vehicle_maker", "dealer", "utilizer"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """A vehicle with its battery, or a second-life product, was sold to its user."""

    prefecture: str = required(PREFECTURE)
    vin: str | None = optional(VIN, kept_as="vin_ref")
    application: str | None = optional(choice(words.HOSTS))
    buyer_kind: str | None = optional(choice(words.BUYER_KINDS))


@_reported("owner_changed", "权属变更", REPORTING, subject="either")
@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChanged:
    """The right to the batteries passed to another party; they stayed where they are."""

    batteries: list[str] | None = optional(_NAMES)
    to: Json = required(PARTY)
    basis: str = required(choice(words.OWNERSHIP_BASES))


@_reported("inspected", "检测", REPORTING)
@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """Somebody measured the battery."""

    soh_percent: str | None = optional(_SOH)
    voltage_v: str | None = optional(_MASS_OR_NONE)
    insulation_ohm_per_v: str | None = optional(_MASS_OR_NONE)
    temperature_c: str | None = optional(decimal("-60", "1500"))
    cycles: int | None = optional(integer(0, 1_000_000))
    safety_class: str | None = optional(_SAFETY)


@_reported("repaired", "维修", ("workshop", "maker", "swap_operator", "utilizer"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """Modules of a pack were exchanged."""

    modules_out: list[str] = required(many(BATTERY, 400, least=0))
    modules_in: list[str] = required(many(BATTERY, 400, least=0))
    reason: str = required(text(80, words.REPAIR_REASONS))


@_reported(
    "removed", "拆下", ("workshop", "dismantler", "vehicle_maker", "swap_operator", "site_operator")
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A battery was taken out of its vehicle or site."""

    host: dict[str, Json] = required(_HOST)
    reason: str = required(text(80, words.REMOVAL_REASONS))
    replaced_by: str | None = optional(BATTERY)
    mileage_km: str | None = optional(_MASS_OR_NONE)
    soh_percent: str | None = optional(_SOH)


@_reported("vehicle_scrapped", "车辆报废", ("dismantler",), subject="either")
@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleScrapped:
    """A vehicle was taken off the road for good; with its battery, or without one."""

    vin: str = required(VIN, kept_as="vin_ref")
    certificate: str = required(_NUMBER)
    battery_present: bool = required(FLAG)


@_reported(
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
    soh_percent: str | None = optional(_SOH)
    host: dict[str, Json] | None = optional(_HOST)


@_reported("collected", "回收入库", ("outlet", "dismantler"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """An outlet or a dismantler took a battery in."""

    source: str = required(choice(words.SOURCES))
    safety_class: str = required(_SAFETY)
    label_legible: bool = required(FLAG)
    mass_kg: str | None = optional(_MASS)
    mass_basis: str | None = optional(_MASS_BASIS)
    vin: str | None = optional(VIN, kept_as="vin_ref")
    source_organisation: Json = optional(PARTY)
    condition: dict[str, Json] | None = optional(record(Condition))
    photos: list[str] | None = optional(many(SHA256, 20))


@_reported("dispatched", "移交出库", REPORTING, subject="either")
@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatched:
    """The sender's side of a hand-over."""

    handover: str = required(_NUMBER)
    receiver: Json = required(PARTY)
    batteries: list[dict[str, Json]] | None = optional(many(record(BatteryLine), MOST_BATTERIES))
    lots: list[dict[str, Json]] | None = optional(many(record(LotLine), 200))
    total_mass_kg: str | None = optional(_MASS)
    mass_basis: str | None = optional(_MASS_BASIS)
    carrier: Json = optional(PARTY)
    waybill: str | None = optional(_NUMBER)
    un_number: str | None = optional(choice(words.UN_NUMBERS))
    transfer_filing: str | None = optional(_NUMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    handover: str = required(_NUMBER)
    sender: Json = required(PARTY)
    batteries: list[dict[str, Json]] | None = optional(many(record(BatteryLine), MOST_BATTERIES))
    lots: list[dict[str, Json]] | None = optional(many(record(LotLine), 200))
    total_mass_kg: str | None = optional(_MASS)
    mass_basis: str | None = optional(_MASS_BASIS)


@_reported("received", "接收", REPORTING, subject="either")
@dataclass(frozen=True, slots=True, kw_only=True)
class Received(_Taken):
    """The receiver's side of a hand-over, whole or in part."""


@_reported("declined", "拒收", REPORTING, subject="either")
@dataclass(frozen=True, slots=True, kw_only=True)
class Declined(_Taken):
    """The receiver did not take what was sent; it is back with the sender."""

    reason: str = required(text(200, words.DECLINE_REASONS))


@_reported("returned", "退回", REPORTING, subject="either")
@dataclass(frozen=True, slots=True, kw_only=True)
class Returned(_Taken):
    """The receiver took it and sent it back under the same hand-over."""

    reason: str = required(text(200, words.DECLINE_REASONS))


@_reported("assessed", "余能评估", ("utilizer",))
@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """The residual capacity was measured, and what follows was decided."""

    residual_capacity_ah: str = required(_MASS_OR_NONE)
    method: str = required(text(80, words.ASSESSMENT_METHODS))
    decision: str = required(choice(words.DECISIONS))


@_reported("disassembled", "拆解", ("utilizer", "recycler"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Disassembled:
    """A pack or module was taken apart; its children live on under their own names."""

    children: list[dict[str, Json]] = required(
        many(record(BatteryLine), MOST_BATTERIES - 1, least=0)
    )
    other_mass_kg: str = required(_MASS_OR_NONE)


@_reported("repurposed", "重组(综合利用产品)", ("utilizer",))
@dataclass(frozen=True, slots=True, kw_only=True)
class Repurposed:
    """A second-life product was built of parents; it has a new name and they keep theirs."""

    parents: list[str] = required(many(BATTERY, MOST_BATTERIES - 1))
    application: str = required(choice(words.APPLICATIONS))
    rated_capacity_ah: str = required(_MASS)
    rated_energy_kwh: str = required(_MASS)
    mass_kg: str = required(_MASS)
    standard: str | None = optional(text(80))
    conformity: str | None = optional(text(80))


@_reported("recycled", "再生利用", ("recycler",), subject="none")
@dataclass(frozen=True, slots=True, kw_only=True)
class Recycled:
    """A batch of batteries or lots became material."""

    batch: str = required(_NUMBER)
    process: str = required(choice(words.PROCESSES))
    inputs: list[dict[str, Json]] = required(many(record(BatchInput), MOST_BATTERIES))
    outputs: list[dict[str, Json]] = required(many(record(LotOutput), 200, least=0))
    residue_kg: str = required(_MASS_OR_NONE)
    energy_kgce: str | None = optional(_MASS_OR_NONE)
    water_reuse_percent: str | None = optional(_PERCENT)


@_reported("disposed", "残余物处置", ("recycler", "utilizer"), subject="none")
@dataclass(frozen=True, slots=True, kw_only=True)
class Disposed:
    """The residue of a batch left for disposal."""

    batch: str = required(_NUMBER)
    mass_kg: str = required(_MASS)
    manifest: str = required(_NUMBER)
    receiver: Json = required(PARTY)


@_reported("relabelled", "换标", ("outlet", "maker", "utilizer"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Relabelled:
    """A new label was put on; older revisions are void."""

    revision: int = required(integer(1, 999))
    reason: str = required(text(80, words.RELABEL_REASONS))


@_reported("identified", "认定", ("outlet", "site_operator", "utilizer"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """Two names turned out to be one battery."""

    name: str = required(BATTERY)


@_reported("incident", "安全事件", REPORTING)
@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something dangerous happened; the battery is quarantined until released."""

    kind: str = required(text(80, words.INCIDENT_KINDS))


@_reported("released", "解除隔离", ("utilizer", "outlet"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """The danger of an incident was treated."""

    incident: str = required(UUID)
    treatment: str = required(text(200))
    safety_class: str = required(_SAFETY)


@_reported("counted", "盘点", (*REPORTING, "regulator"), subject="none")
@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Somebody counted what stands at a site."""

    site: str = required(_NUMBER)
    batteries: list[str] = required(many(BATTERY, MOST_BATTERIES, least=0))
    complete: bool = required(FLAG)
    basis: str = required(choice(words.COUNT_BASES))


@_reported("lost", "去向不明", REPORTING)
@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Nobody knows where the battery is."""

    since: str = required(INSTANT)


@_reported("exported", "出口", REPORTING)
@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The battery left the country."""

    destination: str = required(text(80))


@_reported("left_province", "出省", REPORTING)
@dataclass(frozen=True, slots=True, kw_only=True)
class LeftProvince:
    """The battery left Yunnan for another province."""

    province: str = required(PROVINCE)


@_reported("entered", "入省", REPORTING)
@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """The battery came into Yunnan from another province."""

    province: str = required(PROVINCE)


@_reported("voided", "作废", ("maker", "importer"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Voided:
    """The name was never used, or its battery was scrapped before it left the maker."""

    reason: str = required(text(200))


@_reported("corrected", "更正", ROLES[:-1], subject="none")
@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """An earlier report of the same organisation was wrong: the life is as if it had not been."""

    event_id: str = required(UUID)
    reason: str = required(text(200))
    battery: str | None = optional(BATTERY)
    replacement: str | None = optional(UUID)
