"""Shapes of 利旧调拨: the form, what it would report, what was moved."""

from datetime import date as Day  # noqa: N812 - members are called `date`
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from dianchi.api.bodies.registry import Whole
from dianchi.api.bodies.shared import FindingBody, Strict
from dianchi.api.bodies.work_lists import Fault, Line, Station

_Soh = Annotated[Decimal, Field(gt=0, le=150, max_digits=6, decimal_places=3)]


class SetNew(Strict):
    """A set to move, with its state of health where somebody tested it."""

    battery: Annotated[str, Field(min_length=1, max_length=200)]
    soh_percent: _Soh | None = None
    tested_on: Day | None = Field(default=None, description="the day of the transfer by default")


class TransferNew(Strict):
    """Sets of one's own, from one of one's sites to another."""

    source: Station
    target: Station
    date: Day = Field(description="the day on which they are fitted at the target (+08:00)")
    removed_on: Day | None = Field(
        default=None, description="the day on which they came out of the source; `date` by default"
    )
    reason: Line = "internal_reuse"
    sets: Annotated[list[SetNew], Field(max_length=500)] = Field(
        default_factory=list, description="in a preview left out: all that stand at the source"
    )


class Step(BaseModel):
    """A report that a transfer makes."""

    event_id: str
    type: str
    occurred_at: str


class SetRead(BaseModel):
    """A set, the reports that move it, and what does not fit then."""

    battery: str
    soh_percent: str | None
    stage_before: str | None
    stage_after: str | None
    model: str | None
    steps: list[Step]
    findings: list[FindingBody]
    quarantined: bool


class TransferPreview(BaseModel):
    """What a transfer would be: nothing was stored."""

    sets: list[SetRead]
    faults: list[Fault] = Field(description="empty: it can be recorded as it is")


class TransferShort(BaseModel):
    """A transfer that is in the record."""

    id: UUID
    number: str
    source: str
    source_name: str | None
    target: str
    target_name: str | None
    date: Day
    reason: str
    count: int
    made_at: datetime


class TransferRead(TransferShort):
    """A transfer with its sets and their reports."""

    sets: list[SetRead]


class Transfers(Whole[TransferShort]):
    """The transfers of one's organisation, the newest first."""
