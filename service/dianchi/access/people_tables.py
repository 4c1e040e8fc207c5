"""The tables of people, made by migration 0009; a test holds them together."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Index, Text
from sqlmodel import Field, SQLModel


def _moment(*, nullable: bool = False) -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=nullable)


class PersonRow(SQLModel, table=True):
    """A person of an organisation; without a login until their link was followed."""

    __tablename__ = "person"
    __table_args__ = (Index("person_of_organisation", "organisation"),)

    id: UUID = Field(primary_key=True)
    organisation: str
    role: str
    prefecture: str | None = None
    manages: bool
    name: str
    login: str | None = Field(default=None, unique=True)
    password: str | None = None
    totp_secret: bytes | None = None
    totp_since: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    totp_step: int | None = Field(default=None, sa_column=Column(BigInteger))
    subject: str | None = Field(default=None, unique=True)
    made_at: datetime = Field(sa_column=_moment())
    made_by: UUID | None = None
    disabled_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    disabled_by: UUID | None = None


class LinkRow(SQLModel, table=True):
    """A link by which a person sets login and password, once; kept as a hash."""

    __tablename__ = "person_link"
    __table_args__ = (Index("link_of_person", "person"),)

    digest: bytes = Field(primary_key=True)
    person: UUID
    clears_codes: bool
    made_at: datetime = Field(sa_column=_moment())
    expires_at: datetime = Field(sa_column=_moment())
    used_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))


class SessionRow(SQLModel, table=True):
    """A person who is signed in at one browser; gone when it ends."""

    __tablename__ = "person_session"
    __table_args__ = (Index("session_of_person", "person"),)

    digest: bytes = Field(primary_key=True)
    person: UUID
    step: str
    tries: int
    made_at: datetime = Field(sa_column=_moment())
    seen_at: datetime = Field(sa_column=_moment())
    expires_at: datetime = Field(sa_column=_moment())
    agent: str | None = None
    address: str | None = None


class RecoveryRow(SQLModel, table=True):
    """A recovery code, good once instead of a code of the phone; kept as a keyed hash."""

    __tablename__ = "recovery_code"

    person: UUID = Field(primary_key=True)
    digest: bytes = Field(primary_key=True)
    used_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))


class ClientRow(SQLModel, table=True):
    """The public key (Ed25519) of a system that signs its own request for a token."""

    __tablename__ = "client_key"
    __table_args__ = (Index("client_key_of_organisation", "organisation"),)

    id: str = Field(primary_key=True)
    public_key: bytes
    name: str
    organisation: str
    role: str
    prefecture: str | None = None
    area: str | None = None
    department: str | None = None
    scopes: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))
    made_at: datetime = Field(sa_column=_moment())
    made_by: UUID | None = None
    revoked_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))


class AssertionRow(SQLModel, table=True):
    """A signed request for a token that was used: it is not taken again while it lasts."""

    __tablename__ = "client_assertion"

    client: str = Field(primary_key=True)
    jti: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_column=_moment())
