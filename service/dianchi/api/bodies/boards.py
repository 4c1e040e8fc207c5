"""Shapes of the answers that a dashboard and the layout of outlets are drawn from."""

from typing import Literal

from pydantic import BaseModel, Field

from dianchi.api.bodies.circle import ContentBody, SavingsBody
from dianchi.api.bodies.shared import Told
from dianchi.api.bodies.statistics import FloorBody, FlowBody

Values = dict[str, str | None]


class LagBody(BaseModel):
    """How far the counts are behind the log."""

    entries: int = Field(description="of the log that are not counted yet")
    seconds: int | None = Field(description="for which the first of them waits")


class SideBody(BaseModel):
    """What stands above or below the line."""

    measure: str
    unit: str


class BoardIndicator(BaseModel):
    """An indicator of all, and of each month, prefecture and chemistry."""

    indicator: str
    name: Told
    definition: Told
    unit: Literal["share", "days", "kg", "packs"]
    source: str
    mark: str
    numerator: SideBody
    denominator: SideBody | None
    floors: list[FloorBody]
    value: str | None = Field(description="null where nothing stands below the line")
    month: Values
    prefecture: Values
    chemistry: Values


class AmountBody(BaseModel):
    """How many, and their mass."""

    things: int
    mass_kg: str


class BoardMeasure(BaseModel):
    """A count of all, and of each month, prefecture and chemistry."""

    measure: str
    name: Told
    definition: Told
    unit: Literal["packs", "duties"]
    all: AmountBody
    behind: str
    month: dict[str, AmountBody]
    prefecture: dict[str, AmountBody]
    chemistry: dict[str, AmountBody] | None = None


class OutletBody(BaseModel):
    """How much an outlet took in."""

    organisation: str
    organisation_name: str | None
    site: str | None
    site_name: str | None
    prefecture: str | None
    things: int
    mass_kg: str
    behind: str


class BoardBody(BaseModel):
    """All that a dashboard shows; groups of which nobody reported anything are left out."""

    first: str
    last: str
    log_index: int | None
    as_of: str | None
    lag: LagBody
    indicators: list[BoardIndicator]
    measures: list[BoardMeasure]
    flows: list[FlowBody]
    outlets: list[OutletBody]
    recycled_content: ContentBody
    savings: SavingsBody | None = Field(
        description="an estimate; null: no table of factors holds in these months"
    )


class SiteHere(BaseModel):
    """An outlet by name."""

    organisation: str
    organisation_name: str | None
    number: str
    name: str


class CoverBody(BaseModel):
    """How a vehicle maker is served in a prefecture."""

    prefecture: str
    state: Literal["unsold", "served", "paper", "missing"]
    sold: int = Field(description="packs sold in its vehicles there, in 20 years")
    outlets: list[SiteHere] = Field(description="its outlets there that are valid today")
    taken_in: int = Field(description="packs that these took in within the months asked for")
    behind: str = Field(description="the packs sold")


class MakerCover(BaseModel):
    """A vehicle maker, and how it is served in each prefecture."""

    maker: str | None = Field(description="null: sold by a dealer, the vehicle maker is not known")
    name: str | None
    sold: int
    cells: list[CoverBody]


class MadePart(BaseModel):
    """Packs of a maker, by how it is known that they are."""

    by: Literal["report", "code", "nothing"]
    packs: int
    behind: str


class BatteryMaker(BaseModel):
    """A battery maker, and how many of its packs were seen."""

    maker: str | None = Field(description="an organisation, or `vendor:` and a code; null: unknown")
    name: str | None
    province: str | None
    packs: int
    parts: list[MadePart]


class CoverageBody(BaseModel):
    """The coverage matrix, and battery makers by province."""

    first: str
    last: str
    log_index: int | None
    as_of: str | None
    today: str
    states: dict[str, Told]
    prefectures: list[str] = Field(description="those that the caller counts in")
    makers: list[MakerCover]
    battery_makers: list[BatteryMaker]


class OutletHere(SiteHere):
    """An outlet with its room, its stock and what it took in."""

    kind: str
    prefecture: str | None
    open: bool
    area_m2: str | None
    most_kg: str | None = Field(description="the less of its lawful limit and its own room")
    stock_packs: int
    stock_kg: str
    fill: Literal["unlimited", "room", "full", "over"]
    taken_in: int
    taken_in_kg: str
    behind: str


class NearestBody(BaseModel):
    """The nearest prefecture with an outlet, as the crow flies between seats."""

    prefecture: str
    km: int


class PlaceBody(BaseModel):
    """Outlets and demand of a prefecture."""

    prefecture: str
    outlets: int = Field(description="open today")
    most_kg: str | None = Field(description="of those with a limit; null where none has one")
    stock_kg: str
    fill: Literal["unlimited", "room", "full", "over"] | None = Field(
        description="the fullest of its outlets; null where there is none"
    )
    sold: int = Field(description="packs in 20 years")
    retired: int = Field(description="packs in the months asked for")
    taken_in: int
    nearest: NearestBody | None = Field(description="where it has none: the nearest outlet")
    behind: dict[str, str]


class LayoutBody(BaseModel):
    """Outlets with their stock, and demand by prefecture."""

    first: str
    last: str
    log_index: int | None
    as_of: str | None
    today: str
    fills: dict[str, Told]
    places: list[PlaceBody]
    outlets: list[OutletHere]


class MapBody(BaseModel):
    """A map that may be shown, with the number of its approval; both null where there is none."""

    approval: str | None
    geojson: dict[str, object] | None
