"""Shapes of answers about counts: indicators, flows, and what stands behind a number."""

from typing import Literal

from pydantic import BaseModel, Field

from dianchi.api.bodies.shared import Told


class SumBody(BaseModel):
    """A sum, and the address of the list of batteries or batches behind it."""

    measure: str = Field(description="of `schemas/indicators.json`")
    value: str
    unit: Literal["packs", "kg", "kWh", "days", "duties"]
    behind: str = Field(
        description="the list behind the number: `/v1/statistics/contributions`, of duties"
        " `/v1/obligations`"
    )


class FloorBody(BaseModel):
    """The least share of a metal that a process must recover, as a dated rule."""

    process: str
    share: str
    valid_from: str
    valid_to: str | None
    mark: str


class IndicatorRow(BaseModel):
    """An indicator of one group."""

    group: str | None = Field(
        description="the month, prefecture or chemistry; `unknown` where nobody knows; null: all"
    )
    value: str | None = Field(description="null where nothing stands below the line")
    numerator: SumBody
    denominator: SumBody | None


class IndicatorBody(BaseModel):
    """An indicator with its definition and its numbers."""

    indicator: str
    name: Told
    definition: Told
    unit: Literal["share", "days", "kg", "packs"]
    source: str
    mark: str = Field(description="D: decided here; no official formula was found")
    floors: list[FloorBody]
    rows: list[IndicatorRow]


class IndicatorsBody(BaseModel):
    """Indicators, and what of the log they reflect."""

    first: str
    last: str
    by: Literal["month", "prefecture", "chemistry"] | None
    log_index: int | None = Field(description="of the last entry that is counted")
    as_of: str | None = Field(description="when that entry was logged")
    indicators: list[IndicatorBody]


class FlowBody(BaseModel):
    """How much went from one place or stage to another."""

    direction: Literal["in", "out"] | None = Field(
        description="of places: counted where it arrived (`in`) or where it left (`out`)"
    )
    origin: str = Field(description="a prefecture, a province, a stage, or `unknown`")
    target: str
    things: int
    mass_kg: str
    behind: str


class FlowsBody(BaseModel):
    """Flows, and what of the log they reflect."""

    first: str
    last: str
    between: Literal["places", "stages"]
    log_index: int | None
    as_of: str | None
    flows: list[FlowBody]


class BehindBody(BaseModel):
    """What one battery or batch adds to a number.

    The subject is null where the caller reported something of it but is not shown its life.
    """

    battery: str | None
    subject: str | None
    month: str
    prefecture: str
    chemistry: str
    organisation: str
    organisation_name: str | None
    partner: str | None
    things: int
    mass_kg: str
    energy_kwh: str
    days: str


class BehindPage(BaseModel):
    """A page of what stands behind a number."""

    items: list[BehindBody]
    next: str | None
    log_index: int | None
    as_of: str | None
