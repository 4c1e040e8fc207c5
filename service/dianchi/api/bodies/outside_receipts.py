"""Shapes of answers from receivers without an account."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from dianchi.api.bodies.registry import Whole
from dianchi.api.bodies.shared import Strict


class OutsideLinkNew(Strict):
    """A one-time link for a hand-over that left."""

    event_id: UUID = Field(description="of one's own `dispatched` report")
    expires_on: date | None = Field(
        default=None, description="the last day (+08:00); 30 days ahead by default, at most 90"
    )


class LinkRead(BaseModel):
    """A link without its secret, and what was answered."""

    id: UUID
    event_id: UUID
    claimed: dict[str, Any] = Field(description="what the link says is coming")
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    answered_at: datetime | None
    assurance: Literal["unverified"] = Field(
        default="unverified", description="nobody has checked who opened the link"
    )
    answer: dict[str, Any] | None
    person: str | None = Field(description="who answered, as they wrote it")
    note: str | None


class OutsideLinkMade(LinkRead):
    """A new link."""

    link: str = Field(description="shown once: whoever opens it answers, once")


class Links(Whole[LinkRead]):
    """The links that one made, the newest first."""
