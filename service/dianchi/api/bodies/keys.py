"""Shapes of keys."""

from datetime import datetime

from pydantic import BaseModel, Field

from dianchi.api.bodies.bounds import Bounds
from dianchi.api.bodies.registry import Whole
from dianchi.api.bodies.shared import OpenText, Strict


class KeyNew(Bounds):
    """A key to make for an organisation."""

    organisation: str = Field(min_length=1, max_length=120)
    role: str = Field(max_length=40)
    scopes: list[str] | None = Field(
        default=None,
        min_length=1,
        max_length=50,
        description="`read`, `report`, `report:<type>`; left out: everything the role may do",
        examples=[["read", "report:inspected"]],
    )


class KeyMade(BaseModel):
    """A key, shown this once."""

    id: str
    key: str
    organisation: str
    role: str


class KeyRead(BaseModel):
    """A key as read back: its id and beginning, never the whole."""

    id: str = Field(description="names the key, opens nothing")
    prefix: str
    organisation: str
    role: str
    prefecture: str | None
    area: str | None = Field(description="of a regulator; null: see `prefecture`")
    department: str | None
    names: list[str] | None = Field(description="ids of the organisations an auditor is bound to")
    scopes: list[str] | None = Field(description="null: everything the role may do")
    made_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="up to about a minute behind")
    revoked_at: datetime | None
    revoked_by: str | None = Field(description="organisation; null also for the command line")
    revoked_why: str | None


class Keys(Whole[KeyRead]):
    """The keys of one organisation."""


class RevocationNew(Strict):
    """Why a key is revoked."""

    reason: OpenText = Field(
        min_length=1,
        max_length=500,
        pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$",
    )


class KeyRevoked(BaseModel):
    """A revoked key; when and why it was revoked first."""

    id: str
    revoked_at: datetime
    revoked_by: str | None
    revoked_why: str
