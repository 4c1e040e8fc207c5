"""Shapes of webhooks and of what was sent to them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from dianchi.api.bodies.registry import Whole
from dianchi.api.bodies.shared import Strict, Told

State = Literal["active", "failing", "paused", "disabled"]


class WebhookNew(Strict):
    """Where to send what the caller may see."""

    url: str = Field(
        max_length=2_000,
        description="over https, by a name of the Internet; nothing inside is sent to",
        examples=["https://erp.example.com/dianchi"],
    )
    types: list[str] | None = Field(
        default=None, min_length=1, max_length=60, description="of reports; null: all"
    )
    payload: Literal["thin", "whole"] = Field(
        default="thin", description="where to read the event, or the event itself"
    )
    after: int | None = Field(
        default=None,
        ge=-1,
        le=2**53 - 1,
        description="log index behind which to begin; -1: all; null: from now on",
    )


class WebhookReplay(Strict):
    """From where to send again, or which one message."""

    after: int | None = Field(
        default=None, ge=-1, le=2**53 - 1, description="log index behind which to begin; -1: all"
    )
    message: str | None = Field(
        default=None, max_length=120, description="this one alone, as the deliveries name it"
    )


class WebhookRead(BaseModel):
    """A webhook of one's organisation."""

    id: UUID
    url: str
    types: list[str] | None
    payload: Literal["thin", "whole"]
    state: State
    why: Told | None = Field(description="why it is disabled")
    log_index: int = Field(description="up to where the log was looked through for it")
    waiting: int = Field(description="messages that wait to be sent; counted to 10,000")
    failures: int = Field(description="in a row, of the last messages")
    failing_since: datetime | None
    former_secret_until: datetime | None = Field(
        description="until when messages are signed with the former secret, too"
    )
    made_at: datetime
    paused_at: datetime | None
    disabled_at: datetime | None


class WebhookMade(WebhookRead):
    """A webhook with its secret, which is shown this once."""

    secret: str = Field(description="of Standard Webhooks", examples=["whsec_…"])


class WebhookList(Whole[WebhookRead]):
    """The webhooks of one's organisation."""


class TestSent(BaseModel):
    """A message that says nothing is on its way; see the deliveries."""

    message: str


class DeliveryRead(BaseModel):
    """A message to a webhook. What the receiver answered is not kept, but its status."""

    message: str = Field(description="the header `webhook-id`: the same each time that it is sent")
    log_index: int | None = Field(description="null: a test")
    type: str
    state: Literal["waiting", "delivered", "given_up", "withdrawn"]
    tries: int
    made_at: datetime
    tried_at: datetime | None
    next_at: datetime | None = Field(description="when it is tried next; null: never")
    status: int | None = Field(description="of the last answer")
    took_ms: int | None
    fault: str | None
    fault_text: Told | None


class DeliveryPage(BaseModel):
    """A page of deliveries, the newest first."""

    items: list[DeliveryRead]
    next: str | None
