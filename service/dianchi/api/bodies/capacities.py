"""Shapes of the register of capacities."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field

from dianchi.api.bodies.shared import OpenText, OwnNumber, Strict, Told
from dianchi.domain.capacities import TREATMENTS
from dianchi.domain.siting import LONGEST_NAME, LONGEST_NUMBER, MOST_DIGITS, MOST_PLACES, PLAIN

Line = Annotated[OpenText, Field(min_length=1, max_length=LONGEST_NAME, pattern=PLAIN)]
Tonnes = Annotated[Decimal, Field(gt=0, max_digits=MOST_DIGITS, decimal_places=MOST_PLACES)]


class CapacityNew(Strict):
    """What a site may treat and can treat in a year by one process, by which document."""

    organisation: Line = Field(description="id, USCC or name")
    site: Annotated[OwnNumber, Field(min_length=1, max_length=LONGEST_NUMBER, pattern=PLAIN)]
    process: str = Field(max_length=40, description=f"one of {', '.join(TREATMENTS)}")
    permitted_t: Tonnes | None = Field(default=None, description="tonnes a year that it may treat")
    built_t: Tonnes | None = Field(default=None, description="tonnes a year that are built")
    document: Line = Field(description="title and number of the permit or approval")
    document_on: date
    valid_from: date
    valid_to: date | None = None


class CapacityBody(CapacityNew):
    """A capacity as it was noted."""


class NotedBody(BaseModel):
    """What is noted of a site and process."""

    permitted_t: str | None
    built_t: str | None
    document: str
    document_on: str
    valid_from: str
    valid_to: str | None


class CapacityItem(BaseModel):
    """A site and process, with what was treated against its capacity."""

    organisation: str
    organisation_name: str | None
    site: str | None
    site_name: str | None
    prefecture: str | None
    process: str
    noted: NotedBody | None = Field(description="null: no capacity is on record")
    treated_kg: str = Field(description="in the months asked for, batteries and lots")
    used: str | None = Field(description="share of the built capacity of these months")
    used_of_permitted: str | None
    behind: list[str]


class TargetBody(BaseModel):
    """A number that a plan sets, with the plan."""

    target: str
    name: Told
    value: str
    unit: str
    document: Told
    valid_from: str
    valid_to: str | None
    by: str
    mark: str


class CapacitiesBody(BaseModel):
    """Capacities, what was treated against them, and targets."""

    first: str
    last: str
    log_index: int | None
    as_of: str | None
    today: str
    processes: dict[str, Told]
    items: list[CapacityItem]
    targets: list[TargetBody]
