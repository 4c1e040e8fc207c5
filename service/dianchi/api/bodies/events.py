"""Shapes of reports and of the answers to them."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from dianchi.api.bodies.shared import FindingBody, ProblemBody


class EntryBody(BaseModel):
    """What a report did to one thing: a battery, or the `subject` of another stream."""

    battery: str | None = None
    subject: str | None = None
    version: int
    stage: str | None
    findings: list[FindingBody]


class RecordedBody(BaseModel):
    """The answer to a report; for exactly one battery its entry also stands at the top."""

    event_id: str
    entries: list[EntryBody]
    battery: str | None = None
    version: int | None = None
    stage: str | None = None
    findings: list[FindingBody] | None = None


class RowBody(BaseModel):
    """The answer for one row of a batch."""

    index: int
    event_id: str | None
    outcome: Literal["accepted", "duplicate", "refused", "skipped"]
    entries: list[EntryBody]
    problem: ProblemBody | None


class BatchBody(BaseModel):
    """The answer to a batch."""

    accepted: int
    duplicate: int
    refused: int
    skipped: int
    results: list[RowBody]


class EventBody(BaseModel):
    """One event of a history."""

    event_id: str
    type: str
    occurred_at: str
    recorded_at: str
    organisation: str
    role: str
    agent: str | None = Field(
        default=None, description="who reported it for the organisation, under its mandate"
    )
    version: int
    log_index: int | None = Field(description="its place in the log; null for less than a second")
    reported_as: str
    corrected_by: str | None
    data: dict[str, Any]
    site: str | None = None
    device: dict[str, Any] | None = None
    nonce: str
    report_sha256: str
    v: int
    signature: str | None = Field(
        default=None, description="detached JWS of the reporter over the canonical report"
    )
    assurance: Literal["signed", "device", "unsigned"] = Field(
        description="`signed`: by a key of the reporting organisation; `device`: by a key of one"
        " device (kept for later); `unsigned`: by an API key alone"
    )


class HistoryBody(BaseModel):
    """The events of a life in order of the fold."""

    items: list[EventBody]
    next: str | None
    log_index: int | None
