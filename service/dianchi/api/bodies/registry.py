"""Shapes of the registry."""

from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

from dianchi.api.bodies.shared import OpenText, OwnNumber, Strict

Item = TypeVar("Item")


class Whole(BaseModel, Generic[Item]):
    """A whole list, in one page."""

    items: list[Item]
    next: str | None = Field(default=None, description="null: all are in this answer")
    log_index: None = Field(
        default=None,
        description="null: the registry is not in the log; the list is that of now",
    )


class PermitBody(Strict):
    """A permit and its days, both included."""

    kind: OpenText = Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")
    number: OwnNumber | None = Field(default=None, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")
    valid_from: date
    valid_to: date


class OrganisationBody(BaseModel):
    """A registered organisation."""

    id: str
    name: str
    uscc: str | None
    province: str | None
    prefecture: str | None
    roles: list[str]
    onboarded_on: date | None


class OrganisationNew(Strict):
    """An organisation to enrol."""

    name: OpenText = Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")
    uscc: str | None = Field(default=None, min_length=18, max_length=18)
    province: str | None = Field(default=None, max_length=40)
    prefecture: str | None = Field(default=None, max_length=40)
    permits: list[PermitBody] = Field(default_factory=list, max_length=50)


class VendorBody(Strict):
    """A vendor code (X1-X3 of GB/T 34014), whose it is, and for which days of production."""

    code: str = Field(pattern=r"^[0-9A-Za-z]{3}$", examples=["001"])
    name: str = Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")
    valid_from: date | None = None
    valid_to: date | None = None


class Vendors(Whole[VendorBody]):
    """All known vendor codes."""


class PersonHere(BaseModel):
    """The person who is signed in."""

    id: UUID
    name: str
    login: str
    manages: bool = Field(description="may invite people")
    session_until: datetime


class MeBody(BaseModel):
    """Who one is by key, token or session, and what that may report."""

    organisation: str
    name: str | None
    role: str
    prefecture: str | None
    area: str | None = Field(description="of a regulator; null: the province")
    department: str | None
    names: list[str] | None = Field(description="ids of the organisations an auditor is bound to")
    may_report: list[str]
    scopes: list[str] | None = Field(description="what the key is narrowed to; null: nothing")
    person: PersonHere | None = Field(description="who is signed in; null for a key or a token")


class Organisations(Whole[OrganisationBody]):
    """All organisations."""
