"""Shapes of monthly reports and evaluations."""

from pydantic import BaseModel, Field

from dianchi.api.bodies.circle import ContentBody, SavingsBody
from dianchi.api.bodies.shared import Told


class RateBody(BaseModel):
    """An indicator with both sides of its line and its definition."""

    indicator: str
    name: Told
    definition: Told
    unit: str
    value: str | None = Field(description="null where nothing stands below the line")
    numerator: str
    denominator: str | None


class WayBody(BaseModel):
    """How much went from one place or stage to another."""

    origin: str
    origin_name: Told
    target: str
    target_name: Told
    packs: int
    mass_kg: str


class FlowBody(WayBody):
    """How much went from one place to another: within Yunnan, in, or out."""

    way: Told


class OwedBody(BaseModel):
    """How the statutory duties that were due stand."""

    duty: str
    duty_text: Told
    met: int
    late: int
    overdue: int
    running: int
    unchecked: int
    lapsed: int


class FoundBody(BaseModel):
    """Findings of a code and severity."""

    code: str
    title: Told
    severity: str
    severity_text: Told
    opened: int
    closed: int
    open: int = Field(description="at the end of the period")


class NumberBody(BaseModel):
    """How many of something."""

    name: Told
    number: int


class TakenBody(BaseModel):
    """How much an organisation took in."""

    organisation: str
    name: str
    packs: int
    mass_kg: str


class _AsOf(BaseModel):
    log_index: int | None
    as_of: str | None = Field(description="when the last entry was logged that is counted")
    as_of_text: str
    sha256: str = Field(description="of the canonical JSON of all other members")


class MonthlyBody(_AsOf):
    """The monthly report of an area."""

    month: str
    area: str
    area_name: Told
    indicators: list[RateBody]
    flows: list[FlowBody]
    stages: list[WayBody]
    obligations: list[OwedBody]
    findings: list[FoundBody]
    outlets: list[NumberBody]
    taken_in: list[TakenBody]
    recycled_content: ContentBody
    savings: SavingsBody | None = Field(description="an estimate; null: no table of factors holds")


class ComparedBody(BaseModel):
    """A floor that holds at the end of the period; whether it is kept is judged elsewhere."""

    process: str
    process_name: Told
    share: str
    kept: bool = Field(description="whether the rate is not below it, for comparison")


class RecoveryBody(BaseModel):
    """How much of a metal came back out of rated batches."""

    metal: str
    metal_name: Told
    value: str
    out_kg: str
    in_kg: str
    floors: list[ComparedBody]


class CriterionBody(BaseModel):
    """A definition."""

    criterion: str
    name: Told
    definition: Told


class PermitHeld(BaseModel):
    """A permit of the organisation, or of one of its sites."""

    kind: str
    number: str | None
    site: str | None = Field(description="null: of the organisation")
    valid_from: str
    valid_to: str


class EvaluationBody(_AsOf):
    """The third-party evaluation of an organisation."""

    organisation: str
    name: str
    role_names: list[Told]
    first: str
    last: str
    scope_name: Told = Field(description="of what it was worked out: officers see their area")
    holds: int = Field(description="batteries that it holds now")
    permits: list[PermitHeld]
    rates: list[RateBody]
    obligations: list[OwedBody]
    findings: list[FoundBody]
    recovery: list[RecoveryBody]
    criteria: list[CriterionBody]
