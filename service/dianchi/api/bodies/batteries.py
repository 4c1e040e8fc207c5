"""Shapes of answers about batteries."""

from typing import Literal

from pydantic import BaseModel, Field

from dianchi.api.bodies.shared import FindingBody


class HostBody(BaseModel):
    """What a battery sits in; an `id` that is a VIN is shown to whoever may see it."""

    kind: str
    id: str | None = None
    vin_ref: str | None = None
    erased: bool | None = Field(
        default=None, description="true: the VIN was erased; only its reference is left"
    )


class RecallShown(BaseModel):
    """An open recall that concerns a battery, and what to do about it."""

    recall: str
    issuer: str
    issuer_name: str | None
    advice: dict[str, str] = Field(description="zh, and en where it was told")
    reason: str | None
    document: str | None
    opened_at: str


class BatteryBody(BaseModel):
    """A battery as it stands; all but the findings is null for who sees its own reports only."""

    battery: str
    names: list[str]
    sees: Literal["whole", "own_reports"] = Field(
        description="`own_reports`: the caller neither made, holds, held nor is being sent it"
    )
    stage: str | None
    stage_text: dict[str, str] | None
    holder: str | None
    holder_name: str | None
    owner: str | None
    site: str | None
    host: HostBody | None
    prefecture: str | None
    model: str | None
    chemistry: str | None
    rated_capacity_ah: str | None
    rated_energy_kwh: str | None
    nominal_voltage_v: str | None
    mass_kg: str | None
    soh_percent: str | None
    application: str | None
    maker: str | None
    quarantined: bool | None
    held: bool | None = Field(
        description="an officer placed a hold; reports are taken all the same"
    )
    recalls: list[RecallShown] = Field(description="open ones whose remedy it has not had")
    revision: int | None
    findings: list[FindingBody]
    version: int
    log_index: int | None


class BatteryRow(BaseModel):
    """One row of the list of batteries."""

    battery: str
    stage: str
    prefecture: str | None
    chemistry: str | None
    holder: str | None
    site: str | None
    model: str | None
    rated_energy_kwh: str | None
    quarantined: bool
    held: bool
    last_event_at: str


class BatteryPage(BaseModel):
    """A page of batteries."""

    items: list[BatteryRow]
    next: str | None
    log_index: int | None


class FindingPage(BaseModel):
    """A page of findings."""

    items: list[FindingBody]
    next: str | None
    log_index: int | None


class LeftBody(BaseModel):
    """How one event left the battery."""

    event_id: str
    reported_as: str
    stage: str = Field(description="from then on")
    stage_text: dict[str, str]
    holder: str | None
    counts: bool = Field(description="false: a correction, or what one withdrew")


class CourseBody(BaseModel):
    """The course of a life, in the order of its history."""

    items: list[LeftBody]
    truncated: bool


class NodeBody(BaseModel):
    """A battery, lot or batch in a genealogy; of a `hidden` one only the kind is told."""

    id: str
    kind: str
    name: str | None
    stage: str | None
    mass_kg: str | None = Field(description="as last told; null of a batch")
    cells: int | None = Field(description="how many cells its birth told")
    hidden: bool


class EdgeBody(BaseModel):
    """What went into what."""

    from_: str
    to: str
    kind: str
    mass_kg: str | None

    model_config = {"populate_by_name": True, "alias_generator": lambda name: name.rstrip("_")}


class GraphBody(BaseModel):
    """A genealogy."""

    nodes: list[NodeBody]
    edges: list[EdgeBody]
    truncated: bool
    tolerance: str = Field(
        description="by which share more may come out than went in, of weighed masses"
    )
