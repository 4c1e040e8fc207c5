"""Shapes of work lists: what is planned, how far it is, what was not found."""

from datetime import date as Day  # noqa: N812 - members are called `date`
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from dianchi.api.bodies.registry import Whole
from dianchi.api.bodies.shared import OpenText, OwnNumber, Strict, Told

_PLAIN = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
Line = Annotated[OpenText, Field(min_length=1, max_length=120, pattern=_PLAIN)]
Station = Annotated[OwnNumber, Field(min_length=1, max_length=80, pattern=_PLAIN)]
Report = Literal["removed", "retired"]
State = Literal["open", "late", "done", "closed"]
_LONGEST_TEXT = 300_000


class RowNew(Strict):
    """A set at a station, or so many sets there that nobody named yet.

    A battery alone takes the station where the record has it; a station alone, all that one holds
    there.
    """

    station: Station | None = None
    battery: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    expected: Annotated[int, Field(ge=1, le=1000)] | None = None


class HeldFilter(Strict):
    """Which of the batteries that one holds; what is left out takes any."""

    sites: Annotated[list[Station], Field(max_length=2000)] | None = None
    area: str | None = Field(default=None, max_length=40, description="as `530100`, `530181`")
    stages: Annotated[list[str], Field(min_length=1, max_length=10)] | None = Field(
        default=None, description="in_use, second_life, installed and retired where left out"
    )
    chemistry: str | None = Field(default=None, max_length=40)


class WorkListNew(Strict):
    """A work list to be; its rows are those of `rows`, of `text` and of `filter` together."""

    name: Line
    crew: Line | None = Field(
        default=None,
        description="id, USCC or name of the organisation that does it, under a mandate; one's own"
        " people where left out",
    )
    due: Day = Field(description="the last day (+08:00)")
    report: Report = Field(default="removed", description="what scanning a pack reports")
    reason: Line | None = Field(
        default=None, description="of these reports; end_of_life or capacity_low where left out"
    )
    rows: Annotated[list[RowNew], Field(max_length=2000)] = Field(default_factory=list)
    text: str | None = Field(
        default=None,
        max_length=_LONGEST_TEXT,
        description="pasted lines: station, battery and number, apart by tabs or commas",
    )
    filter: HeldFilter | None = None


class Planned(BaseModel):
    """A row as it would be, and what the planner should look at."""

    place: int
    station: str
    station_name: str | None
    battery: str | None
    expected: int | None
    stage: str | None
    model: str | None
    warnings: list[Told]


class Fault(BaseModel):
    """What keeps the list from being made."""

    code: str
    pointer: str
    value: str | int | None
    message: Told
    way_out: Told


class Preview(BaseModel):
    """What a list would be: nothing was stored."""

    sets: int
    stations: int
    rows: list[Planned]
    faults: list[Fault] = Field(description="empty: it can be made as it is")


class Tallied(BaseModel):
    """Sets, not rows: a row that asks for three counts three."""

    sets: int
    done: int
    gone: int = Field(description="somebody else reported it")
    not_found: int
    left: int


class Tick(BaseModel):
    """A report that settles a row."""

    event_id: str
    type: str
    battery: str
    occurred_at: str
    organisation: str
    organisation_name: str | None
    agent: str | None
    agent_name: str | None
    device: str | None
    device_name: str | None = Field(description="what its organisation calls it")
    log_index: int


class NoteRead(BaseModel):
    """That it was not found, and why."""

    why: str
    at: datetime
    organisation: str
    organisation_name: str | None
    device: str | None
    device_name: str | None


class Host(BaseModel):
    """What a report names as the host."""

    kind: str
    id: str


class RowRead(BaseModel):
    """A row as it stands."""

    place: int
    station: str
    station_name: str | None
    battery: str | None
    expected: int | None
    host: Host
    state: Literal["open", "done", "gone", "not_found"]
    ticks: list[Tick]
    note: NoteRead | None


class WorkListShort(BaseModel):
    """A work list without its rows."""

    id: UUID
    number: str
    name: str
    owner: str
    owner_name: str | None
    crew: str
    crew_name: str | None
    due: Day
    report: Report
    reason: str
    state: State
    covered: bool = Field(description="false: no mandate covers this crew at all stations today")
    tallies: Tallied
    made_at: datetime
    closed_at: datetime | None
    closed_why: str | None


class WorkListRead(WorkListShort):
    """A work list with its rows, and what its crew reported at its stations beside them."""

    rows: list[RowRead]
    beside: list[Tick]
    log_index: int = Field(description="up to where the log is reflected")


class WorkLists(Whole[WorkListShort]):
    """The lists that one gave and those that one works off; open ones first."""


class Close(Strict):
    """Why a list ends."""

    reason: Line


class NoteNew(Strict):
    """What a crew did not find; the same `id` again changes nothing."""

    id: UUID = Field(description="made up by who tells it, the same on a retry")
    place: Annotated[int, Field(ge=1, le=2000)]
    why: Annotated[OpenText, Field(min_length=1, max_length=200, pattern=_PLAIN)]
    at: datetime | None = Field(default=None, description="when; now where left out")


class TableText(BaseModel):
    """A table as lines of cells, to be looked at and sent as `text`."""

    text: str
    rows: int
