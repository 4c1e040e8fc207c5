"""Sessions of people: opened at sign-in, found by their cookie, ended."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.keys import now_of, reporter_in
from dianchi.access.named import ADMIN_NAME
from dianchi.access.people_tables import PersonRow, SessionRow
from dianchi.domain.admit import Reporter
from dianchi.domain.people import ADMIN_SCOPES, PLATFORM_ADMIN, Place
from dianchi.ports import Clock
from dianchi.store.readers import Readers
from dianchi.store.vault import Locked, Vault

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
LONGEST_OF: Final = {"regulator": timedelta(hours=8), PLATFORM_ADMIN: timedelta(hours=8)}
Step = Literal["code", "enrol", "whole"]
"""What is open: the question for a code, the enrolment of a phone, or everything."""
_SEEN_AGAIN: Final = timedelta(minutes=1)
_LONGEST_AGENT: Final = 200
_FIND: Final = """
SELECT s.digest, s.step, s.tries, s.seen_at, s.person, p.organisation, p.role, p.prefecture,
       p.area, p.department, p.names, p.manages, p.login, p.totp_since,
       p.expires_at AS until, least(s.expires_at, p.expires_at) AS expires_at, NULL AS scopes,
       n.reference, n.kek, n.wrapped, n.sealed
  FROM person_session s JOIN person p ON p.id = s.person
  LEFT JOIN personal n ON n.reference = 'name:' || p.id AND n.erased_at IS NULL
 WHERE s.digest = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND p.disabled_at IS NULL
   AND (p.expires_at IS NULL OR p.expires_at > $2)
"""


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in: their address, and what the browser calls itself."""

    address: str
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """A person who is signed in, and the session that says so."""

    person: UUID
    locked: Locked | None = field(repr=False)
    """The name as it is stored; `Sessions.name_of` opens it."""
    login: str
    place: Place
    step: Step
    tries: int
    has_codes: bool
    digest: bytes
    expires_at: datetime
    reporter: Reporter
    """The person as whoever asks or reports; an administrator reads nothing."""


class Sessions:
    """The sessions of this service."""

    def __init__(
        self,
        readers: Readers,
        make: async_sessionmaker[AsyncSession],
        vault: Vault,
        clock: Clock,
    ) -> None:
        self._readers = readers
        self._vault = vault
        self._make = make
        self._clock = clock

    async def find(self, token: str) -> Signed | None:
        """Who is signed in with this cookie; None when it ended. Asked anew each time."""
        now = now_of(self._clock)
        row = await self._readers.fetchrow(_FIND, digest_of(token), now, now - IDLE)
        if row is None:
            return None
        if now - row["seen_at"] > _SEEN_AGAIN:
            async with self._make() as session:
                mine = col(SessionRow.digest) == row["digest"]
                await session.exec(update(SessionRow).where(mine).values(seen_at=now))
                await session.commit()
        return _signed(row)

    def name_of(self, signed: Signed) -> str:
        """What somebody who is signed in is called."""
        return self._vault.open(signed.locked) if signed.locked else ADMIN_NAME

    async def open(
        self, session: AsyncSession, person: PersonRow, step: Step, browser: Browser
    ) -> str:
        """Opens a session within a transaction; the answer is its cookie."""
        now, token = now_of(self._clock), secrets.token_urlsafe(32)
        await session.exec(delete(SessionRow).where(col(SessionRow.expires_at) <= now))
        session.add(
            SessionRow(
                digest=digest_of(token),
                person=person.id,
                step=step,
                tries=0,
                made_at=now,
                seen_at=now,
                expires_at=now + LONGEST_OF.get(person.role, LONGEST),
                agent=browser.agent[:_LONGEST_AGENT],
                address=browser.address,
            )
        )
        return token

    async def of(self, person: UUID) -> list[SessionRow]:
        """The sessions of a person that are still good, newest first."""
        now = now_of(self._clock)
        mine = col(SessionRow.person) == person
        good = (col(SessionRow.expires_at) > now) & (col(SessionRow.seen_at) > now - IDLE)
        async with self._make() as session:
            found = select(SessionRow).where(mine, good).order_by(col(SessionRow.made_at).desc())
            return list((await session.exec(found)).all())

    async def end(self, person: UUID, session_id: str | None = None) -> int:
        """Ends the session of this id, or all of a person's; how many there were."""
        async with self._make() as session:
            ended = await end_of_person(session, person, session_id)
            await session.commit()
        return ended


async def end_of_person(
    session: AsyncSession, person: UUID, session_id: str | None = None, but: bytes | None = None
) -> int:
    """Ends sessions of a person within a transaction: one, all, or all but one."""
    mine = select(SessionRow).where(SessionRow.person == person)
    ended = [
        row
        for row in (await session.exec(mine)).all()
        if row.digest != but and session_id in (None, session_id_of(row.digest))
    ]
    for row in ended:
        await session.delete(row)
    return len(ended)


def digest_of(token: str) -> bytes:
    """Under what a cookie or a link is stored: of 256 random bits a plain hash tells nothing."""
    return sha256(token.encode()).digest()


def session_id_of(digest: bytes) -> str:
    """The id of a session: half of its hash, which opens nothing."""
    return digest[:16].hex()


def _signed(row: asyncpg.Record | Any) -> Signed:  # noqa: ANN401 - asyncpg has no types
    scopes = ADMIN_SCOPES if row["role"] == PLATFORM_ADMIN else None
    # As a key of the same powers, so that people see what keys see.
    reporter = replace(reporter_in(row), scopes=scopes, person=str(row["person"]))
    return Signed(
        row["person"],
        Locked(*(row[name] for name in Locked._fields)) if row["kek"] else None,
        row["login"] or "",
        _place(reporter, manages=row["manages"], until=row["until"]),
        row["step"],
        row["tries"],
        row["totp_since"] is not None,
        row["digest"],
        row["expires_at"],
        reporter,
    )


def _place(told: Reporter, *, manages: bool, until: datetime | None) -> Place:
    return Place(
        told.organisation, told.role, told.area, manages, told.department, told.names, until
    )
