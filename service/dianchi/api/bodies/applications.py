"""Shapes of applications."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from dianchi.api.bodies.registry import Whole
from dianchi.api.bodies.shared import OpenText, Strict
from dianchi.domain.events import REPORTING

_LINE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"


class ApplicationNew(Strict):
    """Who asks to be enrolled."""

    name: OpenText = Field(
        min_length=1, max_length=120, pattern=_LINE, description="registered name"
    )
    uscc: str = Field(max_length=40, description="统一社会信用代码")
    roles: list[Annotated[str, Field(max_length=40)]] = Field(
        min_length=1,
        max_length=len(REPORTING),
        description=f"what it wants to report as: {', '.join(REPORTING)}",
        examples=[["outlet"]],
    )
    province: str | None = Field(default=None, max_length=40)
    prefecture: str | None = Field(
        default=None, max_length=40, description="in Yunnan; its officer decides"
    )
    county: str | None = Field(
        default=None,
        max_length=6,
        description="six digits (GB/T 2260); then officers of the county, or of a functional area"
        " that holds it, may decide as well",
        examples=["530181"],
    )
    contact: str = Field(
        min_length=1,
        max_length=200,
        pattern=_LINE,
        description="whom the officer may ask; personal, seen by officers only, can be erased",
    )


class ApplicationMade(BaseModel):
    """The number of an application, and the secret that tells its state; keep both."""

    number: str
    secret: str | None = Field(description="null in a repeat after the decision")


class ApplicationSecret(Strict):
    """The secret that came with the number."""

    secret: str = Field(min_length=1, max_length=100)


class FirstKey(BaseModel):
    """A key for one role."""

    role: str
    key: str


class ApplicationState(BaseModel):
    """What became of one's application."""

    number: str
    state: Literal["open", "approved", "declined"]
    reason: str | None
    organisation: str | None = Field(description="id, once approved")
    keys: list[FirstKey] = Field(description="shown for 30 minutes from the first time on")


class KnownOrganisation(BaseModel):
    """An organisation that is enrolled under this name or code already."""

    id: str
    name: str
    uscc: str | None


class ApplicationRead(BaseModel):
    """An application as an officer sees it; never its secret or keys."""

    number: str
    name: str
    uscc: str | None
    roles: list[str]
    province: str | None
    prefecture: str | None
    county: str | None
    contact: str | None = Field(description="null: erased")
    made_at: datetime
    decision: Literal["approved", "declined"] | None
    decided_at: datetime | None
    decided_by: str | None = Field(description="organisation of the officer")
    reason: str | None
    organisation: str | None
    known: KnownOrganisation | None = Field(
        description="enrolled before under this name or code: approving gives it more keys"
    )


class Applications(Whole[ApplicationRead]):
    """Applications of one's area: open ones the oldest first, decided ones the newest."""


class Refusal(Strict):
    """Why an application is declined; the applicant reads it."""

    reason: OpenText = Field(min_length=1, max_length=500, pattern=_LINE)
