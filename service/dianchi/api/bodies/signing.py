"""Shapes of signing keys and of what an organisation asks of its own reports."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from dianchi.api.bodies.registry import Whole
from dianchi.api.bodies.shared import Strict


class SigningKeyNew(Strict):
    """A public key that signs reports from now on."""

    jwk: dict[str, Any] = Field(
        max_length=12,
        description="public key: `{kty: OKP, crv: Ed25519, x}` or `{kty: EC, crv: P-256, x, y}`",
    )
    possession: str = Field(
        max_length=1000,
        description='detached JWS by this key, with `iat`, over `{"signing_key":"<kid>"}`',
    )
    endorsement: str | None = Field(
        default=None,
        max_length=1000,
        description='detached JWS by a valid key, with `iat`, over `{"endorsed":"<kid>"}`;'
        " needed for every key but the first, unless a regulator adds it",
    )
    organisation: str | None = Field(
        default=None, max_length=120, description="whose key; a regulator may name another's"
    )


class SigningKeyRead(BaseModel):
    """A signing key with its entries in the log."""

    kid: str = Field(description="`<organisation>/<thumbprint by RFC 7638>`")
    jwk: dict[str, str]
    event_id: str = Field(description="the entry of the log that added it")
    added_at: datetime
    log_index: int | None = Field(description="it signs once it has a place in the log")
    revoked_at: datetime | None
    revoked_by: str | None = Field(description="organisation")
    revoked_why: str | None
    revocation: str | None = Field(description="the entry of the log that revoked it")


class SigningKeys(Whole[SigningKeyRead]):
    """The signing keys of one organisation, in their order."""


class SigningPolicyNew(Strict):
    """Whether unsigned reports of an organisation are refused."""

    required: bool
    release: str | None = Field(
        default=None,
        max_length=1000,
        description="to end it: detached JWS by a valid key, with `iat`, over"
        ' `{"organisation":"<id>","signing_required":false}`, unless a regulator ends it',
    )
    organisation: str | None = Field(
        default=None, max_length=120, description="whose; a regulator may name another's"
    )


class SigningPolicy(BaseModel):
    """Whether unsigned reports of an organisation are refused."""

    organisation: str
    required: bool
    since: datetime | None = Field(description="null where it never said anything")
    event_id: str | None = Field(description="the entry of the log that says so")
