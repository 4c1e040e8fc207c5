"""Shapes of sites."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from dianchi.api.bodies.registry import PermitBody
from dianchi.api.bodies.shared import OpenText, OwnNumber, Strict
from dianchi.domain.siting import LONGEST_NAME, LONGEST_NUMBER, MOST_DIGITS, MOST_PLACES, PLAIN
from dianchi.domain.vocabulary import SITE_KINDS

Line = Annotated[OpenText, Field(min_length=1, max_length=LONGEST_NAME, pattern=PLAIN)]
Quantity = Annotated[Decimal, Field(gt=0, max_digits=MOST_DIGITS, decimal_places=MOST_PLACES)]


class PrincipalBody(Strict):
    """Whose outlet a site is, and since when."""

    organisation: Line = Field(description="id, USCC or name; also of one that is not registered")
    relation: Literal["own", "commissioned", "joint"]
    valid_from: date
    valid_to: date | None = None


class SiteBody(Strict):
    """A site, whole: what is left out is no longer told of it."""

    number: Annotated[OwnNumber, Field(min_length=1, max_length=LONGEST_NUMBER, pattern=PLAIN)]
    name: Line
    kind: str = Field(max_length=40, description=f"one of {', '.join(SITE_KINDS)}")
    prefecture: str | None = Field(default=None, max_length=40)
    county: str | None = Field(
        default=None, max_length=6, description="six digits (GB/T 2260)", examples=["530181"]
    )
    functional: str | None = Field(
        default=None, max_length=40, description="a functional area: `dianzhong` (滇中新区)"
    )
    area_m2: Quantity | None = None
    capacity_kg: Quantity | None = Field(default=None, description="how much it has room for")
    permits: list[PermitBody] = Field(default_factory=list, max_length=50)
    principals: list[PrincipalBody] = Field(default_factory=list, max_length=50)
    opened_on: date | None = None
    closed_on: date | None = None


class PrincipalRead(BaseModel):
    """Whose outlet a site is; `known_as` is what it was called."""

    organisation: str
    known_as: str
    relation: str
    valid_from: date
    valid_to: date | None


class SiteRead(BaseModel):
    """A site as read back."""

    organisation: str
    number: str
    name: str
    kind: str
    prefecture: str | None
    county: str | None
    functional: str | None
    area_m2: str | None
    capacity_kg: str | None
    permits: list[PermitBody]
    principals: list[PrincipalRead]
    opened_on: date | None
    closed_on: date | None


class Sites(BaseModel):
    """A page of the sites of one organisation, by number."""

    items: list[SiteRead]
    next: str | None = Field(default=None, description="null: these are the last")
    log_index: None = Field(
        default=None,
        description="null: the registry is not in the log; the list is that of now",
    )
