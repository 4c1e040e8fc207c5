"""Shapes of exports and saved queries."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from dianchi.api.bodies.shared import Strict, Told
from dianchi.domain.exports import Form

ListName = Literal["batteries", "findings", "obligations", "handovers", "events", "indicators"]
_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
Filters = Annotated[
    dict[str, Annotated[str, Field(max_length=200, pattern=_ONE_LINE)]],
    Field(max_length=10, description="as the list itself takes them"),
]


class ExportNew(Strict):
    """What is asked for."""

    list: ListName
    filters: Filters = Field(default_factory=dict)
    form: Form = "xlsx"


class ExportProblem(BaseModel):
    """Why no file came of an export, and what to do."""

    code: str
    what: Told
    way_out: Told


class ExportBody(BaseModel):
    """A file that was asked for, and how far it is."""

    id: str
    list: str
    title: Told
    filters: dict[str, str] = Field(description="with ids for names")
    query: str
    form: str
    state: str = Field(description="`waiting`, `running`, `done`, `failed`, `cancelled`, `deleted`")
    problem: ExportProblem | None = Field(description="of one that failed")
    rows: int = Field(description="written so far")
    size: int = Field(description="bytes; 0 until it is done")
    log_index: int | None
    rows_sha256: str | None = Field(description="of the rows, whatever the form of the file")
    sha256: str | None = Field(description="of the file")
    file: str | None = Field(description="where the file is, while it is kept")
    file_name: str
    asked_at: datetime
    ended_at: datetime | None
    expires_at: datetime | None = Field(description="when the file is deleted")


class ExportList(BaseModel):
    """A page of exports, the newest first."""

    items: list[ExportBody]
    next: str | None
    forms: list[str] = Field(description="that this installation writes")


class QueryNew(Strict):
    """A query to be saved."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    list: ListName
    filters: Filters = Field(default_factory=dict)
    shared: bool = Field(default=False, description="with one's whole organisation")


class QueryBody(BaseModel):
    """A saved query."""

    id: str
    name: str
    list: str
    title: Told
    filters: dict[str, str]
    shared: bool
    mine: bool = Field(description="whether the caller saved it")
    made_at: datetime


class QueryList(BaseModel):
    """The caller's own, and what its organisation shares."""

    items: list[QueryBody]
