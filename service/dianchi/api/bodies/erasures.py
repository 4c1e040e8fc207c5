"""Shapes of erasures."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from dianchi.api.bodies.shared import OpenText, OwnNumber, Strict, Told
from dianchi.domain.erasing import BASES

_PLAIN = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"


class AttachmentTarget(Strict):
    """An attachment of a case."""

    case: UUID
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class ErasureNew(Strict):
    """What is to be erased: a VIN by its reference or itself, which is not kept; an attachment."""

    vin_ref: str | None = Field(default=None, max_length=64)
    vin: str | None = Field(default=None, max_length=40)
    attachment: AttachmentTarget | None = None
    basis: str = Field(max_length=40, description=f"one of: {', '.join(BASES)}")
    document: OwnNumber = Field(
        min_length=1,
        max_length=80,
        pattern=_PLAIN,
        description="number of the letter or file that asks for it",
        examples=["云工信函〔2026〕15号"],
    )


class DeclineNew(Strict):
    """Why a request is declined."""

    why: OpenText = Field(min_length=1, max_length=200, pattern=_PLAIN)


class ErasureBody(BaseModel):
    """A request to erase, and what became of it."""

    id: UUID
    vin_ref: str | None
    attachment: AttachmentTarget | None
    basis: str
    basis_text: Told
    document: str
    state: Literal["open", "approved", "declined", "expired"]
    asked_by: str
    asked_hand: str = Field(description="`key:` and the id of the key; another has to approve")
    asked_at: datetime
    expires_at: datetime
    decided_by: str | None
    decided_hand: str | None
    decided_at: datetime | None
    why: str | None


class Erasures(BaseModel):
    """A page of requests, the newest first."""

    items: list[ErasureBody]
    next: str | None
    log_index: None = Field(default=None, description="null: requests are not in the log")
