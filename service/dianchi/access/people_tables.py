"""The tables of people, of migrations 0009 and 0015; a test holds them together."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from dianchi.access.powers import Powers, Scoped, moment


class PersonRow(Powers, table=True):
    """A person of an organisation; without a login until their link was followed."""

    __tablename__ = "person"
    __table_args__ = (Index("person_of_organisation", "organisation"),)

    id: UUID = Field(primary_key=True)
    expires_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    manages: bool
    login: str | None = Field(default=None, unique=True)
    password: str | None = None
    totp_secret: bytes | None = None
    totp_since: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    totp_step: int | None = Field(default=None, sa_column=Column(BigInteger))
    subject: str | None = Field(default=None, unique=True)
    made_at: datetime = Field(sa_column=moment())
    made_by: UUID | None = None
    disabled_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    disabled_by: UUID | None = None


class LinkRow(SQLModel, table=True):
    """A link by which a person sets login and password, once; kept as a hash."""

    __tablename__ = "person_link"
    __table_args__ = (Index("link_of_person", "person"),)

    digest: bytes = Field(primary_key=True)
    person: UUID
    clears_codes: bool
    made_at: datetime = Field(sa_column=moment())
    expires_at: datetime = Field(sa_column=moment())
    used_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))


class SessionRow(SQLModel, table=True):
    """A person who is signed in at one browser; gone when it ends."""

    __tablename__ = "person_session"
    __table_args__ = (Index("session_of_person", "person"),)

    digest: bytes = Field(primary_key=True)
    person: UUID
    step: str
    tries: int
    made_at: datetime = Field(sa_column=moment())
    seen_at: datetime = Field(sa_column=moment())
    expires_at: datetime = Field(sa_column=moment())
    agent: str | None = None
    address: str | None = None


class RecoveryRow(SQLModel, table=True):
    """A recovery code, good once instead of a code of the phone; kept as a keyed hash."""

    __tablename__ = "recovery_code"

    person: UUID = Field(primary_key=True)
    digest: bytes = Field(primary_key=True)
    used_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))


class ClientRow(Scoped, table=True):
    """The public key (Ed25519) of a system that signs its own request for a token."""

    __tablename__ = "client_key"
    __table_args__ = (Index("client_key_of_organisation", "organisation"),)

    id: str = Field(primary_key=True)
    public_key: bytes
    name: str
    made_at: datetime = Field(sa_column=moment())
    made_by: UUID | None = None
    revoked_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))


class AssertionRow(SQLModel, table=True):
    """A signed request for a token that was used: it is not taken again while it lasts."""

    __tablename__ = "client_assertion"

    client: str = Field(primary_key=True)
    jti: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_column=moment())


class ProposalRow(Powers, table=True):
    """What somebody would give a person, who waits for a second one; added, never changed."""

    __tablename__ = "power_proposal"
    __table_args__ = (Index("proposal_of_person", "person"),)

    id: UUID = Field(primary_key=True)
    person: UUID
    act: str
    expires_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    manages: bool
    clears_codes: bool
    made_at: datetime = Field(sa_column=moment())
    made_by: UUID


class VoteRow(SQLModel, table=True):
    """The one decision on a proposal; by nobody: by hand, at the machine."""

    __tablename__ = "power_decision"

    proposal: UUID = Field(primary_key=True)
    decision: str
    decided_at: datetime = Field(sa_column=moment())
    decided_by: UUID | None = None


class FirstRow(SQLModel, table=True):
    """The one regulator for whom no second person was there yet."""

    __tablename__ = "first_regulator"

    alone: bool = Field(default=True, primary_key=True)
    person: UUID
    made_at: datetime = Field(sa_column=moment())
