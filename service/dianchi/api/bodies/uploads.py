"""Shapes of uploads."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from dianchi.api.bodies.shared import OwnNumber, Strict, Told
from dianchi.exchange.sheets.kinds import KINDS, NATIONAL, REPORTS
from dianchi.uploads.files import MOST_BYTES, PART_BYTES
from dianchi.uploads.upload import STATES

UploadType = Literal[
    "retired", "removed", "declared", "transferred_out", "transferred_in", "national_retired",
    "national_out", "sites", "reports", "national",
]  # fmt: skip
assert {*KINDS, REPORTS, NATIONAL} == set(UploadType.__args__)  # type: ignore[attr-defined] # noqa: S101 - of a Literal
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class UploadNew(Strict):
    """A file that is going to be sent."""

    name: Annotated[OwnNumber, Field(min_length=1, max_length=200)]
    size: int = Field(ge=1, le=MOST_BYTES, description="bytes")
    sha256: Sha256 = Field(description="of the whole file")
    type: UploadType = Field(
        description="what its rows report; `sites`: they register sites; `reports`: one JSON a"
        " line; `national`: the nested form of the national interface"
    )


class PlanBody(Strict):
    """How columns are read."""

    columns: dict[str, int] = Field(
        max_length=64, description="the place of the column, from 0, of each target"
    )
    fixed: dict[str, str] = Field(
        default_factory=dict, max_length=64, description="what every row says that has no such cell"
    )


class CommitBody(Strict):
    """Which rows are recorded."""

    mode: Literal["partial", "atomic"] = Field(
        default="partial", description="each good row by itself, or all or none"
    )


class Tallies(BaseModel):
    """What became of rows; `warned` are among the others."""

    accepted: int
    duplicate: int
    refused: int
    skipped: int
    out_of_scope: int
    warned: int


class RowFault(BaseModel):
    """What is wrong with a row, and in which of its cells."""

    code: str
    pointer: str
    value: str | int | None
    message: Told
    way_out: Told
    column: str | None = Field(
        default=None, description="its name; of a nested form the pointer of the pack"
    )
    cell: str | None = Field(default=None, description="as spreadsheets call it: `C17`")


class UploadProblem(BaseModel):
    """Why a whole file or commit failed."""

    errors: list[RowFault]


class Opened(BaseModel):
    """What the file was found to be."""

    format: Literal["xlsx", "xls", "ods", "csv", "ndjson", "national"]
    sheet: str
    columns: list[str]
    others: list[str] = Field(description="further sheets that look like tables and are not read")


class UploadBody(BaseModel):
    """An upload and how far it is."""

    id: str
    state: Literal[STATES]  # type: ignore[valid-type] # the values of a constant
    type: UploadType
    name: str
    size: int
    sha256: str
    family: str | None = Field(description="the upload whose workbook of errors this one mends")
    part_bytes: int = PART_BYTES
    parts: int
    missing: list[int] = Field(description="parts that are still to be sent")
    opened: Opened | None
    plan: PlanBody | None
    plan_from: Literal["guessed", "saved", "given"] | None
    mode: Literal["partial", "atomic"] | None
    rows: int
    done: int = Field(description="rows that the present step has behind it")
    rows_per_second: float | None
    seconds_left: int | None
    checked: Tallies | None
    committed: Tallies | None
    problem: UploadProblem | None
    made_at: datetime
    ended_at: datetime | None


class UploadList(BaseModel):
    """Uploads, the newest first."""

    items: list[UploadBody]
    next: str | None


class RowBody(BaseModel):
    """What became, or would become, of a row."""

    row: int = Field(description="its number in the file, from 1")
    outcome: Literal["accepted", "duplicate", "refused", "skipped", "out_of_scope"]
    event_id: str | None
    battery: str | None
    faults: list[RowFault]
    findings: list[str]
    same_as: int | None = Field(description="the row of the file that makes the same report")


class RowList(BaseModel):
    """Results in the order of the file: of the commit, before it of the dry run."""

    of: Literal["checked", "committed"]
    items: list[RowBody]
    next: str | None


class ColumnBody(BaseModel):
    """A column that is understood."""

    target: str
    title: Told
    needed: bool
    words: dict[str, Told]
    example: str


class TypeBody(BaseModel):
    """A kind of report that tables are read as."""

    type: UploadType
    title: Told
    columns: list[ColumnBody]


class TypeList(BaseModel):
    """The kinds of reports."""

    items: list[TypeBody]


class ReceiptBody(BaseModel):
    """What was sent, what was recorded of it, and where that stands in the log (回执)."""

    number: str = Field(description="`HZ-…`; anybody may check it under `check`")
    check: str
    issued_at: datetime
    upload: str
    organisation: str
    organisation_name: str | None
    role: str
    type: UploadType
    name: str
    size: int
    sha256: Sha256
    rows: int
    tallies: Tallies
    mode: str | None
    sent_at: datetime
    ended_at: datetime | None
    events: int = Field(description="different events that its rows made, now or before")
    events_sha256: Sha256 = Field(
        description="SHA-256 over the ids of recorded events in the order of rows, one per line,"
        " repeats included"
    )
    first_index: int | None = Field(description="lowest log index; null for sites")
    last_index: int | None
    last_event: str | None
    last_leaf: str | None = Field(description="the bytes of that event, as they are in the log")
    proof: str | None = Field(
        description="`tlog-proof` of the last of them; its checkpoint covers all of them"
    )


def told(pair: Any) -> Told:  # noqa: ANN401 - a pair of texts
    """A text in both languages."""
    return Told(zh=pair.zh, en=pair.en)
