"""Shapes of answers about pickups."""

from typing import Literal

from pydantic import BaseModel, Field


class PickupSide(BaseModel):
    """One of the two organisations; `id` is null for one that is not registered here."""

    id: str | None
    name: str


class PickupSite(BaseModel):
    """Where the batteries stand; all but the number is null where the site is not registered."""

    number: str
    name: str | None
    prefecture: str | None
    county: str | None
    county_text: dict[str, str] | None = Field(description="what the county is called, zh and en")


class PickupBody(BaseModel):
    """A request to fetch batteries (收运申请), and what came of it."""

    pickup: str = Field(description="its number, unique per requester")
    event_id: str = Field(description="of the request")
    requester: PickupSide
    addressee: PickupSide
    site: PickupSite | None
    batteries: list[str]
    asked_at: str
    answer_by: str = Field(description="the last day of the term to answer: YYYY-MM-DD, +08:00")
    state: Literal["open", "silent", "answered"] = Field(
        description="`silent`: the term is over and nobody answered"
    )
    answer: Literal["accept", "refuse"] | None
    reason: str | None
    answered_at: str | None


class PickupPage(BaseModel):
    """A page of pickups."""

    items: list[PickupBody]
    next: str | None
    log_index: int | None
