"""Shapes of people and their sessions."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from dianchi.api.bodies.bounds import Bounds
from dianchi.api.bodies.registry import Whole
from dianchi.api.bodies.shared import Strict
from dianchi.domain.people import LONGEST_PASSWORD

_LINE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"


class SignInTold(Strict):
    """Login and password, and the code where one is asked for."""

    login: str = Field(max_length=64)
    password: str = Field(max_length=LONGEST_PASSWORD)
    code: str | None = Field(
        default=None, max_length=40, description="of the phone, or a recovery code"
    )


class SignedIn(BaseModel):
    """A session was opened; its cookie is in the header."""

    person: UUID
    step: Literal["code", "enrol", "whole"] = Field(
        description="`code`: sign in again with a code; `enrol`: add a phone at /account/phone"
    )


class SessionRead(BaseModel):
    """A browser where one is signed in."""

    id: str = Field(description="names the session, opens nothing")
    here: bool = Field(description="the one that asks")
    made_at: datetime
    seen_at: datetime = Field(description="up to a minute behind")
    expires_at: datetime
    agent: str | None
    address: str | None


class SessionList(Whole[SessionRead]):
    """One's own sessions."""


class SessionsEnded(BaseModel):
    """How many sessions ended."""

    ended: int


class PowersNew(Bounds):
    """What a person may from now on; the role stays."""

    manages: bool = Field(default=False, description="may invite people of the same kind")


class PersonNew(PowersNew):
    """A person to invite."""

    organisation: str = Field(min_length=1, max_length=120)
    role: str = Field(max_length=40)
    name: str = Field(min_length=1, max_length=80, pattern=_LINE)


class LinkNew(Strict):
    """A new link for a person who lost the first, the password or the phone."""

    clears_codes: bool = Field(
        default=False, description="the phone and its recovery codes are forgotten, too"
    )


class LinkMade(BaseModel):
    """A link to hand over, shown this once; good for one use until it expires."""

    id: UUID = Field(description="of the person")
    link: str
    expires_at: datetime


class PowersRead(BaseModel):
    """Whose somebody is, and what they may."""

    organisation: str
    role: str
    prefecture: str | None
    area: str | None = Field(description="of a regulator; null: see `prefecture`")
    department: str | None
    names: list[str] | None = Field(description="ids of the organisations an auditor is bound to")
    expires_at: datetime | None
    manages: bool


class PersonRead(PowersRead):
    """A person."""

    id: UUID
    name: str | None = Field(description="null: erased")
    login: str | None = Field(description="null: the link was not followed yet, or erased")
    codes: bool = Field(description="signs in with a second factor")
    made_at: datetime
    made_by: UUID | None
    disabled_at: datetime | None
    disabled_by: UUID | None


class People(Whole[PersonRead]):
    """People that one looks after."""


class ProposalRead(PowersRead):
    """What waits for a second person, or what they decided."""

    id: UUID
    act: Literal["invite", "link", "powers"]
    person: UUID
    name: str | None = Field(description="of the person; null: erased")
    clears_codes: bool
    made_at: datetime
    made_by: UUID
    expires_at: datetime | None = Field(description="until when the person would be let in")
    state: Literal["open", "confirmed", "declined", "expired"]
    decided_at: datetime | None
    decided_by: UUID | None = Field(description="null also where it was done at the machine")


class Proposals(Whole[ProposalRead]):
    """What waits for a second person."""


class ProposalConfirmed(ProposalRead):
    """What was confirmed, and the link that it makes."""

    link: LinkMade | None = Field(description="to hand over; null where only powers changed")
