"""Shapes of systems that sign their own requests for tokens."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from dianchi.api.bodies.registry import Whole
from dianchi.api.bodies.shared import Strict


class ClientNew(Strict):
    """A system of one's own organisation, by its public key."""

    name: str = Field(
        min_length=1,
        max_length=80,
        pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$",
    )
    public_key: dict[str, str] = Field(
        description="a JWK of Ed25519",
        examples=[
            {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
        ],
        max_length=10,
    )
    scopes: list[str] | None = Field(default=None, min_length=1, max_length=50)


class ClientRead(BaseModel):
    """A registered system."""

    id: str = Field(description="its `client_id`: the thumbprint of its key (RFC 7638)")
    name: str
    organisation: str
    role: str
    scopes: list[str] | None = Field(description="null: everything the role may do")
    made_at: datetime
    made_by: UUID | None
    revoked_at: datetime | None


class ClientList(Whole[ClientRead]):
    """The registered systems of one's organisation."""
