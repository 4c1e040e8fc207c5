"""Shapes of recalls."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from dianchi.api.bodies.shared import Strict


class RecallRead(BaseModel):
    """A recall, whom it concerns and how many were seen to."""

    recall: str
    issuer: str
    issuer_name: str | None
    subject: str = Field(description="the name of its stream")
    event_id: str
    selector: dict[str, Any] = Field(description="as it was told; days as dates")
    advice: dict[str, str]
    reason: str | None
    document: str | None
    opened_at: str
    closed_at: str | None
    closing: str | None = Field(description="why it was closed")
    concerned: int = Field(
        description="batteries that it concerns and the caller sees, remedied or not"
    )
    remedied: int


class Recalls(BaseModel):
    """Recalls, the latest first, at most 200."""

    items: list[RecallRead]
    next: None = None
    log_index: int | None


class SelectorWish(Strict):
    """Which batteries a recall would concern."""

    selector: Annotated[dict[str, Any], Field(description="as in `recall_opened`")]


class Previewed(BaseModel):
    """How many batteries on record a recall would concern."""

    count: int
    stages: dict[str, int]
    names: list[str] = Field(description="the first of them by name")
    log_index: int | None
