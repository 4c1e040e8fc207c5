"""Systems that ask for tokens: known by a key's id, or by the id of their own public key."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.issue import id_bounds
from dianchi.access.keys import TRUSTED_S, reporter_in
from dianchi.access.people_tables import AssertionRow, ClientRow
from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Malformed, Text
from dianchi.domain.scopes import Scopes
from dianchi.store.readers import Readers

_MOST_REMEMBERED: Final = 20_000
_BY_KEY: Final = """
SELECT organisation, role, prefecture, scopes, area, department, names, expires_at,
       NULL::bytea AS public_key
  FROM api_key
 WHERE digest BETWEEN $1 AND $2 AND revoked_at IS NULL
"""
_BY_PUBLIC_KEY: Final = """
SELECT organisation, role, prefecture, scopes, area, department, NULL::text[] AS names,
       NULL::timestamptz AS expires_at, public_key
  FROM client_key WHERE id = $1 AND revoked_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Client:
    """A system that may have tokens now."""

    id: str
    whole: Reporter
    public_key: bytes | None = None
    until: datetime | None = None

    def reporter(self, scopes: Scopes) -> Reporter:
        """The system as who reports, narrowed by its token as well."""
        return self.whole if scopes is None else replace(self.whole, scopes=scopes)

    @property
    def organisation(self) -> str:
        """Whose it is."""
        return self.whole.organisation

    @property
    def role(self) -> str:
        """What it acts as."""
        return self.whole.role

    @property
    def scopes(self) -> Scopes:
        """What it is narrowed to."""
        return self.whole.scopes


@dataclass(frozen=True, slots=True)
class Registration:
    """What is told of a system when its public key is registered."""

    name: str
    reporter: Reporter
    by: UUID | None


class Clients:
    """Tells which systems are in force; remembers it for a few seconds, as keys are."""

    def __init__(
        self,
        readers: Readers,
        make: async_sessionmaker[AsyncSession],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._readers = readers
        self._make = make
        self._ticks = ticks
        self._believed: dict[str, tuple[Client | None, float]] = {}

    def remembered(self, client_id: str) -> Client | None:
        """The system, when it was asked for within the last seconds."""
        known = self._believed.get(client_id)
        return known[0] if known is not None and known[1] > self._ticks() else None

    async def find(self, client_id: str, *, anew: bool = False) -> Client | None:
        """The system of this id; None when it is unknown or was revoked."""
        asked = self._ticks()
        known = self._believed.get(client_id)
        if not anew and known is not None and known[1] > asked:
            return known[0]
        row = await self._row(client_id)
        client = _client(client_id, row) if row is not None else None
        if len(self._believed) >= _MOST_REMEMBERED:
            self._believed.clear()
        self._believed[client_id] = client, asked + TRUSTED_S
        return client

    async def _row(self, client_id: str) -> asyncpg.Record | None:
        bounds = id_bounds(client_id)
        if bounds is None:
            return await self._readers.fetchrow(_BY_PUBLIC_KEY, client_id)  # type: ignore[no-any-return]
        return await self._readers.fetchrow(_BY_KEY, *bounds)  # type: ignore[no-any-return]

    async def first_use(self, client_id: str, jti: str, until: datetime, now: datetime) -> bool:
        """Whether a signed request is used for the first time; it is noted as used."""
        noted = insert(AssertionRow).values(client=client_id, jti=jti, expires_at=until)
        async with self._make() as session:
            await session.exec(delete(AssertionRow).where(col(AssertionRow.expires_at) < now))
            written = await session.exec(noted.on_conflict_do_nothing())
            await session.commit()
        return written.rowcount == 1


def _client(client_id: str, row: asyncpg.Record) -> Client:
    return Client(client_id, reporter_in(row), row["public_key"], row["expires_at"])


async def register(
    session: AsyncSession, told: Registration, public: OKPKey, now: datetime
) -> ClientRow:
    """Registers the public key of a system of one's own organisation.

    Raises:
        Malformed: this key is registered already, here or elsewhere.
    """
    mine = told.reporter
    client_id = client_id_of(public)
    if await session.get(ClientRow, client_id) is not None:
        raise Malformed(
            "invalid_value",
            Text("这个公钥已登记过", "this public key was registered before"),
            Text("请生成一对新密钥", "make a new pair"),
        )
    row = ClientRow(
        id=client_id,
        public_key=raw_of(public),
        name=told.name,
        organisation=mine.organisation,
        role=mine.role,
        prefecture=mine.prefecture,
        area=mine.area,
        department=mine.department,
        scopes=None if mine.scopes is None else sorted(mine.scopes),
        made_at=now,
        made_by=told.by,
    )
    session.add(row)
    await session.commit()
    return row


async def clients_of(session: AsyncSession, organisation: str) -> list[ClientRow]:
    """The registered systems of an organisation."""
    mine = select(ClientRow).where(ClientRow.organisation == organisation)
    return list((await session.exec(mine.order_by(col(ClientRow.made_at)))).all())


async def revoke_client(
    session: AsyncSession, client_id: str, organisation: str, now: datetime
) -> ClientRow | None:
    """Revokes a system of one's own; None where there is none. Again, the first day stays."""
    row = await session.get(ClientRow, client_id)
    if row is None or row.organisation != organisation:
        return None
    unrevoked = (col(ClientRow.id) == client_id) & col(ClientRow.revoked_at).is_(None)
    await session.exec(update(ClientRow).where(unrevoked).values(revoked_at=now))
    await session.commit()
    await session.refresh(row)
    return row


def parse_public_key(told: dict[str, str]) -> OKPKey:
    """An Ed25519 public key as a JWK.

    Raises:
        Malformed: it is none, or a private one.
    """
    try:
        if told.get("crv") == "Ed25519" and "d" not in told:
            return OKPKey.import_key({name: told[name] for name in ("kty", "crv", "x")})
    except (JoseError, KeyError, ValueError, TypeError):
        pass
    raise Malformed(
        "invalid_value",
        Text("不是 Ed25519 公钥", "this is no public key of Ed25519"),
        Text(
            "请给出 JWK：kty=OKP、crv=Ed25519、x；私钥留在自己手里",
            "give a JWK with kty OKP, crv Ed25519 and x; the private key stays with you",
        ),
    )


def client_id_of(public: OKPKey) -> str:
    """The id of a system: the thumbprint (RFC 7638) of its public key."""
    return public.thumbprint()


def raw_of(public: OKPKey) -> bytes:
    """The 32 bytes of a public key."""
    return public.public_key.public_bytes_raw()
