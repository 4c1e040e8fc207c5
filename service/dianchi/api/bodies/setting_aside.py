"""Shapes of what one officer would set aside and a second one decides."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from dianchi.api.bodies.shared import OpenText, OwnNumber, Strict


class AsideWish(Strict):
    """A report that should not count, and why."""

    event_id: UUID
    battery: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="a battery of the report, by which the proposal is found"
    )
    only_this: bool = Field(
        default=False, description="of several batteries in the report, only this one"
    )
    basis: Annotated[OpenText, Field(min_length=1, max_length=200)]
    document: Annotated[OwnNumber, Field(min_length=1, max_length=80)]
    reason: Annotated[OpenText, Field(min_length=1, max_length=400)]


class AsideRead(BaseModel):
    """A proposal; confirmed, it is a `set_aside` in the log."""

    id: UUID
    event_id: UUID
    battery: str
    only_this: bool
    basis: str
    document: str
    reason: str
    organisation: str
    organisation_name: str | None
    made_at: datetime
    own: bool = Field(description="made by the caller, who cannot confirm it")
    state: Literal["waiting", "confirmed", "declined"]


class Asides(BaseModel):
    """What waits for a second officer, the oldest first."""

    items: list[AsideRead]
