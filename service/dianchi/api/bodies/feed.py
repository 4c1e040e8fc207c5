"""Shapes of the feed: CloudEvents 1.0."""

from datetime import datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, Field


class EventData(BaseModel):
    """The event as histories show it; what its report said is in `data`."""

    event_id: str
    type: str
    reported_as: str = Field(description="the battery, else `lot:…`, `batch:…`, `site:…` and so on")
    occurred_at: str = Field(description="an instant, or a day")
    recorded_at: datetime
    organisation: str
    role: str
    version: int = Field(
        description="its place in the life; what lies between the last one that you know and this"
        " one was not shown to you as it came: read it in the history"
    )
    log_index: int
    assurance: Literal["signed", "unsigned"]
    site: str | None = None
    device: str | None = None
    agent: str | None = None
    data: dict[str, Any]


class CloudEvent(BaseModel):
    """An entry of the log (CloudEvents 1.0, JSON)."""

    specversion: Literal["1.0"]
    id: str = Field(description="the log index", examples=["1289"])
    source: str = Field(description="the log", examples=["https://dianchi.example/log"])
    type: str = Field(examples=["dianchi.collected"])
    subject: str = Field(description="as `reported_as`")
    time: datetime = Field(description="when it was recorded")
    datacontenttype: Literal["application/json"]
    data: EventData


class ThinData(BaseModel):
    """Where to read an event."""

    event_id: str
    log_index: int
    version: int = Field(description="its place in the life")
    href: str = Field(examples=["https://dianchi.example/v1/events/6f1c…"])


class ThinEvent(CloudEvent):
    """An entry of the log that says nothing of what was reported."""

    data: ThinData  # type: ignore[assignment]  # the one member that differs


class TestData(BaseModel):
    """Which webhook is tested."""

    webhook: str


class TestEvent(CloudEvent):
    """A message that says nothing: `POST /v1/webhooks/{id}/test`."""

    data: TestData  # type: ignore[assignment]  # the one member that differs


CLOUD_EVENTS: Final[dict[str, Any]] = {
    "model": list[CloudEvent],
    "description": "A batch of CloudEvents, or a stream of them (each `data:` one CloudEvent)",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
    "headers": {
        "Feed-Next": {
            "description": "up to which log index it was looked through",
            "schema": {"type": "integer"},
        },
        "Feed-End": {
            "description": "the last log index at that moment",
            "schema": {"type": "integer"},
        },
    },
}
