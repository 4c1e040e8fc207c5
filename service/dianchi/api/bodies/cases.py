"""Shapes of cases: what is worked, step by step, and what became of it."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from dianchi.api.bodies.shared import OpenText, OwnNumber, Strict, Told

State = Literal[
    "opened", "asked", "replied", "accepted", "ordered", "referred", "set_aside", "dismissed",
    "rechecked", "closed",
]  # fmt: skip
OfficersStep = Literal[
    "assign", "note", "ask", "accept", "order", "refer", "set_aside", "dismiss", "hold", "recheck",
    "close", "reopen",
]  # fmt: skip
Outcome = Literal["accepted", "ordered", "referred", "set_aside", "dismissed", "false_alarm"]
_LINE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
_TEXT = r"^[^\x00-\x08\x0b-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x08\x0b-\x1f\x7f]*$"
Line = Annotated[OpenText, Field(min_length=1, max_length=200, pattern=_LINE)]
Words = Annotated[OpenText, Field(min_length=1, max_length=2000, pattern=_TEXT)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class ItemNew(Strict):
    """What is to be worked: the `id` of a finding, or of an obligation."""

    finding: UUID | None = None
    obligation: UUID | None = None


class CaseNew(Strict):
    """A case to be, of one firm; the same `id` again answers the same case."""

    id: UUID | None = Field(default=None, description="made by the sender; a UUID")
    items: list[ItemNew] = Field(min_length=1, max_length=200)
    firm: str | None = Field(
        default=None,
        max_length=120,
        description="id, USCC or name, where findings do not name who is to answer",
    )
    assignee: UUID | None = Field(default=None, description="an officer; the caller where left out")
    note: Words | None = Field(default=None, description="internal")


class ItemsAdded(Strict):
    """Further items of a case that is not decided yet; what is in it already stays as it is.

    A firm that was asked is asked about these as well, by a letter of their own: `note` and
    `due_on` say what and by when.
    """

    id: UUID | None = Field(default=None, description="the same again changes nothing")
    version: int = Field(ge=1, description="of the case that was looked at")
    items: list[ItemNew] = Field(min_length=1, max_length=200)
    note: Words | None = None
    due_on: date | None = None


class AttachmentNamed(Strict):
    """An attachment that was sent, and what it is called."""

    sha256: Digest
    name: Annotated[OpenText, Field(min_length=1, max_length=120, pattern=_LINE)]


class _StepNew(Strict):
    id: UUID | None = Field(default=None, description="the same again changes nothing")
    version: int = Field(ge=1, description="of the case that was looked at")
    attachments: list[AttachmentNamed] | None = Field(default=None, max_length=20)


class StepNew(_StepNew):
    """A step of an officer; `/docs` and the guide say what each takes."""

    step: OfficersStep
    note: Words | None = None
    due_on: date | None = Field(default=None, description="of `ask` and `order`: by when")
    recheck_on: date | None = Field(default=None, description="when to look again (回头看)")
    basis: Line | None = Field(default=None, description="the rule and where it stands")
    document: Annotated[OwnNumber, Field(max_length=80, pattern=_LINE)] | None = Field(
        default=None, description="its number (文号); that of the letter where left out"
    )
    to: Annotated[OpenText, Field(max_length=120, pattern=_LINE)] | None = Field(
        default=None, description="of `refer`: the authority"
    )
    assignee: UUID | None = Field(default=None, description="of `assign`; nobody where left out")
    items: list[int] | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="of `dismiss`: the places, else all; of `order`: the statutory duties that are"
        " named as violations, what was 待核 among them, else those known to be broken",
    )
    false_alarm: bool | None = Field(default=None, description="of `dismiss`")
    settled: bool | None = Field(default=None, description="of `recheck`: put right")
    events: list[UUID] | None = Field(
        default=None, min_length=1, max_length=50, description="of `set_aside`: the decisions"
    )


class ReplyNew(_StepNew):
    """What the firm says (陈述申辩)."""

    note: Words


class Person(BaseModel):
    """An officer; the name is null once erased."""

    id: UUID
    name: str | None


class Officer(Person):
    """An officer who may be given cases."""

    organisation: str
    organisation_name: str | None


class Officers(BaseModel):
    """Who may be given a case."""

    items: list[Officer]


class StepBody(BaseModel):
    """A step that may be taken."""

    step: str
    text: Told
    needs: list[str] = Field(description="members that it must have")
    takes: list[str] = Field(description="members that it may have beside")


class CaseRead(BaseModel):
    """A case in a list."""

    id: UUID
    number: str
    firm: str
    firm_name: str | None
    prefecture: str | None
    items: int
    state: State
    state_text: Told
    version: int
    assignee: Person | None = Field(description="of officers only")
    due_on: date | None
    overdue: bool
    recheck_on: date | None
    to_recheck: bool
    opened_at: datetime
    opened_by: str
    opened_by_name: str | None
    asked_at: datetime | None
    closed_at: datetime | None
    age_days: int = Field(description="since it was opened, until it was closed")


class ItemNow(BaseModel):
    """How a finding or an obligation stands by itself now."""

    state: str = Field(description="`open`, `closed`, `gone`; or the state of the obligation")
    text: Told
    settled: bool = Field(description="it needs nothing any more")
    on: str | None = Field(description="since when")


class ItemRead(BaseModel):
    """What is worked in a case."""

    place: int
    kind: Literal["finding", "obligation"]
    ref: UUID
    code: str
    title: Told
    battery: str | None
    statutory: bool = Field(description="whether it may be named as a violation")
    told: dict[str, Any] = Field(description="as it was when the case was opened")
    now: ItemNow
    outcome: Outcome | None


class AttachmentRead(BaseModel):
    """An attachment of a step."""

    sha256: str
    name: str | None = Field(description="null once it is erased")
    type: str
    size: int
    erased_at: datetime | None


class LetterRead(BaseModel):
    """A letter, on paper at `/v1/cases/{id}/letters/{number}.pdf`."""

    number: str
    kind: Literal["inquiry", "order"]
    title: Told
    sha256: str
    made_at: datetime


class StepRead(BaseModel):
    """A step that was taken."""

    version: int
    step: str
    text: Told
    state: State
    state_text: Told
    organisation: str
    organisation_name: str | None
    person: Person | None
    at: datetime
    internal: bool
    told: dict[str, Any] = Field(description="what the step said")
    assignee: Person | None = Field(description="whom it gave the case to; for officers only")
    attachments: list[AttachmentRead]
    letter: LetterRead | None
    events: list[str] = Field(description="ids of the events that it is in the log")


class CaseWhole(CaseRead):
    """A case with all that the caller is shown of it."""

    things: list[ItemRead]
    steps: list[StepRead]
    next: list[StepBody] = Field(description="what the caller may do now")


class CasePage(BaseModel):
    """A page of cases, the newest first."""

    items: list[CaseRead]
    today: date
    next: str | None


class CaseCounts(BaseModel):
    """How many cases there are."""

    states: dict[str, int]
    going_on: int
    overdue: int = Field(description="the firm let its day pass")
    to_recheck: int = Field(description="the day to look again has come")
    mine: int
    unassigned: int
    today: date


class CodeOutcomes(BaseModel):
    """What became of the findings or obligations of one code that were worked."""

    kind: Literal["finding", "obligation"]
    code: str
    title: Told
    outcomes: dict[str, int] = Field(description="`open`: not decided yet")
    worked: int
    false_alarms: int


class Outcomes(BaseModel):
    """What became of all that was worked, by code."""

    items: list[CodeOutcomes]


class AttachmentKept(BaseModel):
    """An attachment that is kept; a step may name it now."""

    sha256: str
    type: str
    size: int
