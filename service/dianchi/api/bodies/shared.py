"""Shapes that many answers share."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from dianchi.domain.kinds import without_vin
from dianchi.domain.personal import without_personal


class Told(BaseModel):
    """A sentence in both languages."""

    zh: str
    en: str


class CaseMark(BaseModel):
    """In which case something is or was worked: the officer's state, apart from its own."""

    id: str
    number: str
    state: str
    state_text: Told
    outcome: str | None = Field(
        description="what was decided of this very thing; `false_alarm` and `dismissed` among them"
    )


class FindingBody(BaseModel):
    """Something that does not fit (发现)."""

    id: str | None = Field(
        default=None, description="by which a case takes it up; null where the list has it not yet"
    )
    code: str
    kind: Literal["life", "link", "clock"]
    severity: Literal["info", "low", "medium", "high"]
    text: Told
    evidence: list[str] = Field(description="ids of the events that show it")
    battery: str | None
    subject: str | None = Field(
        description="what it is about: the battery, else `lot:…`, `batch:…`, `site:…` or"
        " `organisation:…`"
    )
    opened_at: str | None = Field(
        description="since when the list of findings has it; null where it has not, as in the"
        " answer to a report"
    )
    closed_at: str | None
    closes_when: Told
    case: CaseMark | None = Field(default=None, description="told by the list of findings only")
    organisation: str | None = Field(
        default=None, description="who made the report that shows it; told to officers, by the list"
    )


class ErrorBody(BaseModel):
    """One fault of a request."""

    code: str
    pointer: str = Field(description="RFC 6901 pointer to the member; empty for the whole")
    value: str | int | float | bool | None
    message: Told
    way_out: Told


class ProblemBody(BaseModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[ErrorBody]


def impersonal(told: str) -> str:
    """Text that names nobody by a number.

    Raises:
        Malformed: it does.
    """
    return without_personal(without_vin(told))


def _number(told: str) -> str:
    return without_personal(without_vin(told, number=True), number=True)


OpenText = Annotated[str, AfterValidator(impersonal)]
"""Text of a reader's own; what names a person by a number is refused, as in reports."""
OwnNumber = Annotated[str, AfterValidator(_number)]
"""A number of somebody's own making, or of a document."""


class Strict(BaseModel):
    """A request body: unknown members are refused."""

    model_config = ConfigDict(extra="forbid")


# By its name: FastAPI would build a model of each of more than a thousand answers.
PROBLEM: dict[str, Any] = {
    "content": {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}
    },
    "description": "A problem; `code` says which",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem answers of a route, for its declaration."""
    return dict.fromkeys((*statuses, 500, 503), PROBLEM)
