"""Shapes of asset packs."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from dianchi.api.bodies.registry import Whole
from dianchi.api.bodies.shared import OpenText, OwnNumber, Strict

_Line = Annotated[OpenText, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]
_Number = Annotated[OwnNumber, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
_Soh = Annotated[Decimal, Field(ge=0, le=200, max_digits=6, decimal_places=3)]


class PackFilter(Strict):
    """Which of the batteries that one holds; what is left out takes any."""

    stage: str | None = Field(default=None, max_length=40)
    chemistry: str | None = Field(default=None, max_length=40)
    prefecture: str | None = Field(
        default=None, pattern=r"^53\d{4}$", description="where it stands, by its six digits"
    )
    site: _Number | None = None
    soh_least: _Soh | None = Field(default=None, description="per cent; untested ones fall out")
    soh_most: _Soh | None = None
    retired_since: date | None = None


class PackPreview(Strict):
    """A filter to try."""

    filter: PackFilter = Field(default_factory=PackFilter)


class SohClass(BaseModel):
    """How many batteries have a state of health, by how it was found."""

    soh_percent: str | None = Field(description="null: not tested", examples=["80-90"])
    method: str
    count: int


class PackFigures(BaseModel):
    """The figures of a sheet."""

    count: int
    energy_kwh: str
    without_energy: int = Field(description="batteries whose rated energy is not on record")
    stages: dict[str, int]
    chemistries: dict[str, int]
    soh: list[SohClass]
    recorded_share: str | None = Field(
        description="of the days since they were made, those on record here; the mean"
    )
    unknown_age: int = Field(description="batteries of which nobody knows when they were made")
    incidents: int
    with_incidents: int
    quarantined: int


class PackNew(Strict):
    """An asset pack to freeze."""

    title: _Line
    filter: PackFilter = Field(default_factory=PackFilter)
    named: Annotated[list[_Line], Field(min_length=1, max_length=50)] = Field(
        description="who may open it: ids, USCCs or names of registered organisations"
    )
    expires_on: date | None = Field(
        default=None, description="the last day (+08:00); 30 days ahead by default, at most 365"
    )


class Opening(BaseModel):
    """That somebody opened the sheet."""

    organisation: str
    name: str | None
    form: Literal["json", "xlsx", "pdf"]
    at: datetime


class PackShort(BaseModel):
    """An asset pack without its sheet."""

    id: UUID
    owner: str
    owner_name: str | None
    title: str
    count: int
    energy_kwh: str
    sha256: str = Field(description="of the sheet as canonical JSON")
    link: str = Field(description="opened with a key of the owner or of a named organisation")
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    named: list[str] | None = Field(description="told to the owner only")


class PackRead(PackShort):
    """An asset pack with its sheet."""

    sheet: dict[str, Any]
    openings: list[Opening] | None = Field(description="told to the owner only; the latest first")


class Packs(Whole[PackShort]):
    """The asset packs that one offers or is offered, the newest first."""
