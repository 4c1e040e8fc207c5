"""Shapes of mandates."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from dianchi.api.bodies.registry import Whole
from dianchi.api.bodies.shared import OpenText, Strict

_Line = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]
_Number = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]


class MandateNew(Strict):
    """What one lets another organisation report; without `sites` and `area`: anywhere."""

    agent: _Line = Field(description="who may report: id, USCC or registered name")
    types: list[Annotated[str, Field(max_length=40)]] = Field(
        min_length=1, max_length=50, examples=[["removed", "retired"]]
    )
    sites: list[_Number] | None = Field(
        default=None, min_length=1, max_length=1000, description="numbers of one's own sites"
    )
    area: str | None = Field(
        default=None,
        max_length=40,
        description="all of one's registered sites in a prefecture, county (six digits) or"
        " functional area; beside `sites`: these, too",
    )
    role: str | None = Field(
        default=None, max_length=40, description="a role of one's own; left out: that of the key"
    )
    valid_from: date | None = Field(default=None, description="left out: today (+08:00)")
    valid_to: date = Field(description="the last day (+08:00) on which reports are taken")


class MandateRead(BaseModel):
    """A mandate as read back."""

    id: str
    organisation: str
    organisation_name: str | None
    agent: str
    agent_name: str | None
    role: str
    types: list[str]
    sites: list[str] | None = Field(description="null: see `area`; both null: anywhere")
    area: str | None
    valid_from: date
    valid_to: date
    made_at: datetime
    revoked_at: datetime | None
    revoked_why: str | None


class Mandates(Whole[MandateRead]):
    """The mandates that one gave and holds, the newest first."""


class MandateEnd(Strict):
    """Why a mandate is revoked; need not be said."""

    reason: OpenText | None = Field(default=None, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")
