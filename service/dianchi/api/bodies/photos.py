"""Shapes of photos that are sent in parts."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from dianchi.access.photos import MOST_PARTS
from dianchi.api.bodies.shared import Strict


class PhotoJoin(Strict):
    """How many parts make the photo, and what it is."""

    parts: int = Field(ge=1, le=MOST_PARTS)
    type: Literal["image/jpeg", "image/png", "image/webp"]


class PhotoKept(BaseModel):
    """A photo that is whole."""

    sha256: str


class PhotoParts(BaseModel):
    """What of a photo has come."""

    parts: list[int]
    whole: bool


class PhotoErased(BaseModel):
    """A photo that was erased for good."""

    sha256: str
    erased_at: datetime
