"""Signing in: by login and password, then by a code where the role or the person asks for one."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.codes import Codes
from dianchi.access.flood import Buckets
from dianchi.access.keys import now_of
from dianchi.access.oidc import Identity
from dianchi.access.passwords import Hasher
from dianchi.access.people import in_force, name_login, name_subject, use_link
from dianchi.access.people_tables import PersonRow, SessionRow
from dianchi.access.sessions import Browser, Sessions, Signed, Step, end_of_person
from dianchi.domain.people import needs_second_factor, parse_login
from dianchi.domain.refusals import Malformed
from dianchi.ports import Clock

TRIES: Final = 5
"""Wrong codes that a session takes before it ends."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was just opened: its cookie, and what comes next."""

    token: str
    step: Step
    person: UUID


class SignIn:
    """Lets people in."""

    def __init__(
        self,
        make: async_sessionmaker[AsyncSession],
        hasher: Hasher,
        codes: Codes,
        sessions: Sessions,
        clock: Clock,
    ) -> None:
        self.make = make
        self.hasher = hasher
        self.codes = codes
        self.sessions = sessions
        self.clock = clock
        # An office of fifty behind one address may start its day; a list of passwords may not.
        self._addresses = Buckets(30, 1.0)
        self._accounts = Buckets(10, 30.0)
        self._second = Buckets(10, 60.0)

    def let_in(self, address: str) -> None:
        """Counts one try of an address, before anything is read of it.

        Raises:
            TooMany: it tried too often, or too many wait already.
        """
        self.hasher.check_room()
        self._addresses.take(address)

    async def by_password(
        self, told: str, password: str, code: str | None, browser: Browser
    ) -> Opened | None:
        """Opens a session; None where login, password or code is wrong, never saying which.

        Raises:
            TooMany: too many tries, told before anything was hashed.
        """
        try:
            login = parse_login(told)
        except Malformed:
            login = ""
        self._accounts.take(login)
        person = await self._of(login)
        if not await self.hasher.fits(person.password if person else None, password):
            return None
        assert person is not None  # noqa: S101 - nobody's password fits
        self._accounts.give_back(login)
        if self.hasher.grew(person.password or ""):
            await self._keep_hash(person, await self.hasher.hash(password))
        return await self._enter(person, code, browser)

    async def _of(self, login: str) -> PersonRow | None:
        known = select(PersonRow).where(PersonRow.login == login, in_force(now_of(self.clock)))
        async with self.make() as session:
            return (await session.exec(known)).one_or_none()

    async def _keep_hash(self, person: PersonRow, hashed: str) -> None:
        unchanged = (col(PersonRow.id) == person.id) & (col(PersonRow.password) == person.password)
        async with self.make() as session:
            await session.exec(update(PersonRow).where(unchanged).values(password=hashed))
            await session.commit()

    async def _enter(self, person: PersonRow, code: str | None, browser: Browser) -> Opened | None:
        step = first_step(person)
        async with self.make() as session:
            if step == "code" and code is not None:
                self._second.take(str(person.id))
                if not await self.codes.good(session, person, code):
                    return None
                step = "whole"
            token = await self.sessions.open(session, person, step, browser)
            await session.commit()
        return Opened(token, step, person.id)

    async def by_code(self, signed: Signed, code: str, browser: Browser) -> Opened | None:
        """Goes on with a code: a new session instead of the old one; None where it is wrong.

        Raises:
            TooMany: too many tries.
        """
        self._second.take(str(signed.person))
        async with self.make() as session:
            person = await session.get_one(PersonRow, signed.person)
            if not await self.codes.good(session, person, code):
                await _count_try(session, signed)
                return None
            return await self._rotated(session, person, signed, browser)

    async def begin_phone(self, signed: Signed, code: str) -> str | None:
        """A new secret for a phone; None where there is a phone and this is no code of it.

        Raises:
            TooMany: too many tries.
        """
        async with self.make() as session:
            person = await session.get_one(PersonRow, signed.person)
            if person.totp_since is not None:
                self._second.take(str(signed.person))
                if not await self.codes.good(session, person, code):
                    return None
            secret = await self.codes.begin(session, person)
            await session.commit()
        return secret

    async def confirm_phone(
        self, signed: Signed, code: str, browser: Browser
    ) -> tuple[Opened, list[str]] | None:
        """Takes a phone into use: a new session, and the recovery codes; None for a wrong code.

        Raises:
            TooMany: too many tries.
        """
        self._second.take(str(signed.person))
        async with self.make() as session:
            person = await session.get_one(PersonRow, signed.person)
            codes = await self.codes.confirm(session, person, code)
            if not codes:
                return None
            await end_of_person(session, person.id, but=signed.digest)
            return await self._rotated(session, person, signed, browser), codes

    async def by_link(
        self, token: str, told: str, password: str, browser: Browser
    ) -> Opened | None:
        """Gives an invited person login and password and opens a session; None: no such link.

        Raises:
            Malformed: the login or the password will not do; the link stays good.
            TooMany: too many tries.
        """
        login = parse_login(told)
        await self.hasher.judge(password, login)
        hashed = await self.hasher.hash(password)
        async with self.make() as session:
            person = await use_link(session, token, now_of(self.clock))
            if person is None:
                return None
            await name_login(session, person, login, hashed)
            step = first_step(person)
            token = await self.sessions.open(session, person, step, browser)
            await session.commit()
        return Opened(token, step, person.id)

    async def by_provider(
        self, identity: Identity, link: str | None, browser: Browser
    ) -> Opened | None:
        """Opens a session for who proved themselves elsewhere, by their link the first time.

        None where nobody was invited with this identity. The provider's second factor counts.

        Raises:
            Malformed: somebody else has this identity; the link stays good.
        """
        async with self.make() as session:
            if link is None:
                mine = select(PersonRow).where(
                    PersonRow.subject == identity.subject, in_force(now_of(self.clock))
                )
                person = (await session.exec(mine)).one_or_none()
            else:
                person = await use_link(session, link, now_of(self.clock))
                if person is not None:
                    await name_subject(session, person, identity.subject)
            if person is None:
                return None
            step: Step = "whole" if identity.multi_factor else first_step(person)
            token = await self.sessions.open(session, person, step, browser)
            await session.commit()
        return Opened(token, step, person.id)

    async def change_password(
        self, signed: Signed, old: str, new: str, browser: Browser
    ) -> Opened | None:
        """Changes a password: every session ends, a new one opens; None where the old is wrong.

        Raises:
            Malformed: the new one will not do.
            TooMany: too many tries.
        """
        self._accounts.take(signed.login)
        await self.hasher.judge(new, signed.login, self.sessions.name_of(signed))
        stored = await self._password_of(signed.person)
        if not await self.hasher.fits(stored, old):
            return None
        hashed = await self.hasher.hash(new)
        async with self.make() as session:
            person = await session.get_one(PersonRow, signed.person)
            person.password = hashed
            session.add(person)
            await end_of_person(session, person.id)
            token = await self.sessions.open(session, person, signed.step, browser)
            await session.commit()
        return Opened(token, signed.step, person.id)

    async def _password_of(self, person: UUID) -> str | None:
        async with self.make() as session:
            return (await session.get_one(PersonRow, person)).password

    async def _rotated(
        self, session: AsyncSession, person: PersonRow, signed: Signed, browser: Browser
    ) -> Opened:
        """The session that goes on, under a new cookie."""
        old = await session.get(SessionRow, signed.digest)
        if old is not None:
            await session.delete(old)
        token = await self.sessions.open(session, person, "whole", browser)
        await session.commit()
        return Opened(token, "whole", person.id)


def first_step(person: PersonRow) -> Step:
    """What follows a right password."""
    if person.totp_since is not None:
        return "code"
    return "enrol" if needs_second_factor(person.role) else "whole"


async def _count_try(session: AsyncSession, signed: Signed) -> None:
    """Notes a wrong code; after some the session ends, and the password is asked again."""
    row = await session.get(SessionRow, signed.digest)
    if row is None:
        return
    row.tries += 1
    if row.tries >= TRIES:
        await session.delete(row)
    await session.commit()
