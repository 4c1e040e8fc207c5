"""Shapes of recycled content, savings, factor tables and demonstration projects."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from dianchi.api.bodies.capacities import Line
from dianchi.api.bodies.shared import OwnNumber, Strict, Told
from dianchi.domain.demonstrations import MOST_SITES, PURPOSES
from dianchi.domain.savings import SOURCES
from dianchi.domain.siting import LONGEST_NUMBER, MOST_PLACES, PLAIN

Number = Annotated[OwnNumber, Field(min_length=1, max_length=LONGEST_NUMBER, pattern=PLAIN)]
Rate = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2 * MOST_PLACES)]


class HeldBody(BaseModel):
    """How much new packs hold of something, and where it comes from."""

    held_kg: str = Field(description="in packs, by the average of their chemistry")
    recycled_kg: str
    known_kg: str = Field(description="of known origin, recycled or not")
    unknown_kg: str
    share: str | None = Field(description="recycled, at least; null: nothing is known of it")
    unknown_share: str | None = Field(description="null: packs hold nothing of it")


class HeldBehind(HeldBody):
    """The same, with the lists of lots behind it."""

    behind: dict[str, str]


class ContentMetal(HeldBehind):
    """A metal, or all material, in all new packs and by month."""

    metal: str
    name: Told
    month: dict[str, HeldBody]


class ContentMaker(BaseModel):
    """The packs of a maker."""

    organisation: str
    organisation_name: str | None
    packs: int
    packs_told: int
    behind: dict[str, str]
    metals: dict[str, HeldBehind]


class ContentTargetBody(BaseModel):
    """A least share that a law elsewhere sets, for reference."""

    metal: str
    share: str
    valid_from: str
    document: Told
    mark: str


class ContentBody(BaseModel):
    """The recycled content of new packs."""

    name: Told
    definition: Told
    mark: str
    packs: int = Field(description="new packs")
    packs_told: int = Field(description="of which lots are told")
    behind: dict[str, str]
    targets: list[ContentTargetBody]
    metals: list[ContentMetal]
    makers: list[ContentMaker]


class SavedSum(BaseModel):
    """Sums of estimates; null where no table tells a factor."""

    material_kg: str | None
    co2e_kg: str | None


class SavedRow(SavedSum):
    """What one source saves by one table."""

    of: str
    name: Told
    amount: str
    unit: Literal["kg", "kWh"]
    table: str
    behind: str


class FactorBody(BaseModel):
    """A factor of a table."""

    of: str
    name: Told
    unit: Literal["kg", "kWh"] = Field(description="the factors are kg for one of these")
    material_kg: str | None
    co2e_kg: str | None


class FactorTableBody(BaseModel):
    """A table of factors as it was registered."""

    name: str
    version: str
    source: str
    valid_from: str
    factors: list[FactorBody]


class SavingsBody(SavedSum):
    """Material and CO2 saved, as an estimate."""

    name: Told
    estimate: Told
    definition: Told
    tables: list[FactorTableBody]
    without_table: list[str] = Field(description="months that are not estimated")
    rows: list[SavedRow]
    month: dict[str, SavedSum]


class FactorNew(Strict):
    """What one kilogram or kilowatt-hour saves."""

    of: str = Field(max_length=40, description=f"one of {', '.join(SOURCES)}")
    material_kg: Rate | None = Field(default=None, description="kg of primary material")
    co2e_kg: Rate | None = Field(default=None, description="kg of CO2 equivalent")


class FactorTableNew(Strict):
    """A named, versioned table of factors, by which savings are estimated from a month on."""

    name: Line
    version: Line
    source: Line = Field(description="the document that the factors are taken from")
    valid_from: date = Field(description="the first day of a month")
    factors: list[FactorNew] = Field(min_length=1, max_length=len(SOURCES))


class FactorTablesBody(BaseModel):
    """All tables, by the day from which they hold."""

    estimate: Told
    definition: Told
    sources: dict[str, Told]
    items: list[FactorTableBody]


class DemonstrationNew(Strict):
    """A demonstration project, by which document."""

    name: Line
    purpose: str = Field(max_length=40, description=f"one of {', '.join(PURPOSES)}")
    organisation: Line = Field(description="id, USCC or name")
    sites: list[Number] = Field(min_length=1, max_length=MOST_SITES)
    document: Line = Field(description="title and number of what makes it one")
    document_on: date
    valid_from: date
    valid_to: date | None = None


class DemonstrationBody(DemonstrationNew):
    """A project as it was noted."""


class DemonstrationSite(BaseModel):
    """A site of a project."""

    number: str
    name: str | None
    prefecture: str | None
    packs: int = Field(description="in use there today")
    mass_kg: str
    energy_kwh: str
    behind: str


class TreatedBody(BaseModel):
    """What was treated by one process: batteries, or lots of material."""

    process: str
    name: Told
    measure: str = Field(description="`treated` or `treated_lots`")
    things: int
    mass_kg: str
    behind: str


class DemonstrationItem(BaseModel):
    """A project with what is in use there and what was treated there."""

    name: str
    purpose: str
    organisation: str
    organisation_name: str | None
    document: str
    document_on: str
    valid_from: str
    valid_to: str | None
    running: bool = Field(description="today")
    packs: int = Field(description="in use at its sites today")
    mass_kg: str
    energy_kwh: str
    sites: list[DemonstrationSite]
    treated: list[TreatedBody]


class DemonstrationsBody(BaseModel):
    """Demonstration projects."""

    first: str
    last: str
    log_index: int | None
    as_of: str | None
    today: str
    definition: Told
    purposes: dict[str, Told]
    items: list[DemonstrationItem]
