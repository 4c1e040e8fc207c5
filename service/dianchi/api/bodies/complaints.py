"""Shapes of complaints of the public."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from dianchi.api.bodies.shared import OpenText, Strict


class ComplaintRead(BaseModel):
    """A complaint as an authority reads it."""

    number: str
    about: Literal["wrong_label", "refused"] = Field(
        description="a label that does not fit, or a battery that was not taken back (拒收)"
    )
    battery: str | None
    prefecture: str
    told: str | None = Field(description="what was written; null once erased")
    contact: str | None = Field(description="how to reach who wrote it; erased on closing")
    made_at: datetime
    closed_at: datetime | None
    closed_by: str | None = Field(description="organisation of the officer")
    reason: str | None


class Complaints(BaseModel):
    """Complaints of one's area: open ones the oldest first, closed ones the newest."""

    items: list[ComplaintRead]


class Closing(Strict):
    """How a complaint ended."""

    reason: Annotated[OpenText, Field(min_length=1, max_length=500)]
    erase: Literal["contact", "all"] = Field(
        default="contact", description="`all`: what was written, too"
    )
