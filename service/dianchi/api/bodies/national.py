"""Shapes of the national platform: profiles, connection, vehicles, forms."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr

from dianchi.api.bodies.registry import Whole
from dianchi.api.bodies.shared import OpenText, Strict, Told
from dianchi.exchange.national.profiles import NEWEST

PushType = Literal["installed", "sold", "removed", "owner_changed"]
ItemState = Literal["waiting", "sent", "refused", "withheld", "set_aside"]
ConnectionState = Literal["active", "failing", "paused", "held"]
Value = Annotated[OpenText, Field(min_length=1, max_length=120)]
Values = Annotated[dict[str, Value], Field(max_length=20)]


class CodeBody(BaseModel):
    """A code of an answer of the platform."""

    code: int
    verdict: Literal["taken", "exists", "again", "credentials", "refused"]
    text: Told
    mark: Literal["V", "A"]


class MarkBody(BaseModel):
    """What of a profile was seen (`V`), and what is assumed (`A`)."""

    what: str
    mark: Literal["V", "A"]
    text: Told


class ProfileBody(BaseModel):
    """A form of the national interface."""

    name: str
    title: Told
    since: date
    path: str
    vehicle: list[str] = Field(description="members of a vehicle that are given by hand")
    codes: list[CodeBody]
    marks: list[MarkBody]


class ProfileList(Whole[ProfileBody]):
    """The forms of the interface that are known."""


class CredentialsNew(Strict):
    """What the platform issued; kept encrypted, and never shown again."""

    token: SecretStr = Field(min_length=1, max_length=400)
    key: SecretStr = Field(min_length=1, max_length=200)


class ConnectionNew(Strict):
    """How vehicles are pushed to the platform."""

    url: str = Field(
        max_length=500,
        description="base address; https, or a host that the operator allows over http",
        examples=["https://national.example.com"],
    )
    profile: str = NEWEST
    types: list[PushType] = Field(
        default=["installed", "removed"],
        min_length=1,
        max_length=4,
        description="with `sold`, forms tell day, prefecture and kind of owner of a sale;"
        " `owner_changed` has no place in the form and is listed as withheld",
    )
    fixed: Values = Field(
        default_factory=dict, description="members of a vehicle that all vehicles share"
    )
    per_minute: int = Field(default=60, ge=1, le=60_000, description="vehicles a minute, at most")
    after: int | None = Field(
        default=None,
        ge=-1,
        le=2**53 - 1,
        description="log index behind which to begin, where it is new; -1: all; null: from now on",
    )
    credentials: CredentialsNew | None = Field(
        default=None, description="null: those given before stay"
    )


class Counts(BaseModel):
    """Vehicles by what became of them; counted to 100,000."""

    waiting: int
    sent: int
    refused: int
    withheld: int
    set_aside: int
    late: int = Field(description="not sent though their term is over")


class ConnectionRead(BaseModel):
    """The connection of one's organisation. Credentials are not shown."""

    url: str
    profile: str
    types: list[PushType]
    fixed: dict[str, str]
    per_minute: int
    state: ConnectionState
    why: Told | None = Field(description="why it is held, or fails")
    log_index: int = Field(description="up to where the log was looked through for it")
    log_end: int
    failures: int = Field(description="in a row, of the last calls")
    failing_since: datetime | None
    credentials_at: datetime
    next_at: datetime | None
    made_at: datetime
    counts: Counts


class GapBody(BaseModel):
    """What the form lacks, and what can be done."""

    pointer: str
    code: str
    blocks: bool = Field(description="nothing is sent because of it")
    message: Told
    way_out: Told


class ItemRead(BaseModel):
    """A vehicle that is owed to the platform."""

    id: UUID
    vehicle: str = Field(
        description="its `vin_ref`; `battery:` or `owner:` and a name where the form has no place"
    )
    battery: str = Field(description="of the report that came last")
    type: str
    log_index: int
    state: ItemState
    late: bool
    due_on: date | None = Field(description="the last day of the term; null: none is known")
    tries: int
    made_at: datetime
    tried_at: datetime | None
    next_at: datetime | None = Field(description="when it is tried next; null: not by itself")
    sent_at: datetime | None
    unheard: bool = Field(description="it was sent and no answer was heard: it is asked again")
    code: int | None = Field(description="of the platform's last answer")
    said: str | None = Field(description="what the platform said, without the VIN")
    why: Told | None
    way_out: Told | None
    gaps: list[GapBody] | None = Field(description="null: not yet looked at")
    given: dict[str, str]
    reason: str | None = Field(description="why it was set aside")


class ItemPage(BaseModel):
    """A page of vehicles, what was told of last first."""

    items: list[ItemRead]
    next: str | None


class Resend(Strict):
    """Has a vehicle sent again."""

    values: Values = Field(
        default_factory=dict, description="members of the vehicle that were missing"
    )


class ResendMany(Strict):
    """Has vehicles sent again."""

    state: Literal["refused", "withheld"] = "refused"
    code: int | None = Field(default=None, description="only those with this code")


class Resent(BaseModel):
    """How many vehicles are sent again."""

    count: int


class SetAside(Strict):
    """Closes a vehicle that is settled elsewhere."""

    reason: Annotated[OpenText, Field(min_length=1, max_length=300)]


class FormBody(BaseModel):
    """The nested form of a battery, or of a vehicle with its packs."""

    profile: str
    log_index: int | None = Field(default=None, description="of the report that it was found by")
    models: dict[str, dict[str, str]] = Field(description="ratings by model; not sent on")
    vehicles: list[dict[str, Any]]
    packs: list[dict[str, Any]] = Field(description="such as are in no vehicle")
    gaps: list[GapBody]
