"""People as they meet the service: a browser each, links handed over, a phone for codes."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pyotp

from dianchi.access.enrol import Enrolment, enrol
from dianchi.access.keys import now_of
from dianchi.access.people import Guest, add_person, admin_link, invite
from dianchi.access.proposals import Act, Wish, propose
from dianchi.cli.enrolling import session_over
from dianchi.domain.people import Place
from dianchi.ports import SystemClock
from dianchi.store.vault import Vault
from support.api import ENROLLED, Api

PASSWORD = "plum otter 37 granite"
HOST = "https://trace.example.cn"
SCRIPT = {"origin": HOST, "x-dianchi-request": "1"}


@dataclass(slots=True)
class Browser:
    """One browser: cookies, forms as they stand on the page, redirects followed by hand."""

    api: Api
    http: httpx.AsyncClient
    page: httpx.Response = field(default_factory=lambda: httpx.Response(200))

    async def open(self, path: str) -> httpx.Response:
        """Opens a page."""
        self.page = await self.http.get(path)
        return self.page

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """Sends the form of the open page that leads to this path, and follows where it leads."""
        action = re.search(rf'action="({re.escape(path)}[?"][^"]*)', self.page.text)
        assert action, (path, self.page.text)
        mark = re.search(r'name="mark" value="([0-9a-f]+)"', self.page.text)
        assert mark
        headers = {"origin": "null", "sec-fetch-site": "same-origin"}
        form = {"mark": mark[1]} | fields
        self.page = await self.http.post(path, data=form, headers=headers)
        if self.page.is_redirect:
            await self.open(self.page.headers["location"])
        return self.page

    @property
    def at(self) -> str:
        """The path of the open page."""
        return self.page.url.path

    async def sign_in(self, login: str, password: str = PASSWORD) -> httpx.Response:
        """Signs in by the page."""
        await self.open("/sign-in")
        return await self.send("/sign-in", login=login, password=password)

    async def follow(self, token: str, login: str, password: str = PASSWORD) -> httpx.Response:
        """Follows a one-time link."""
        await self.open(f"/welcome/{token}")
        return await self.send(f"/welcome/{token}", login=login, password=password, again=password)

    async def add_phone(self) -> tuple[pyotp.TOTP, list[str]]:
        """Adds a phone as the page asks; the phone, and the recovery codes."""
        await self.open("/account/phone")
        await self.send("/account/phone")
        secret = re.search(r"<span>([A-Z2-7]{32})</span>", self.page.text)
        assert secret, self.page.text
        phone = pyotp.TOTP(secret[1])
        code = phone.at(now_of(self.api.services.clock))
        await self.send("/account/phone/confirm", code=code)
        codes = re.findall(r"<li>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</li>", self.page.text)
        assert len(codes) == 10, self.page.text
        return phone, codes

    async def json(self, method: str, path: str, **told: object) -> httpx.Response:
        """Asks as a page with scripts does."""
        body = {"json": told} if told or method == "POST" else {}
        return await self.http.request(method, path, headers=SCRIPT, **body)  # type: ignore[arg-type]


@asynccontextmanager
async def browser_at(api: Api, host: str = HOST) -> AsyncIterator[Browser]:
    """A browser without cookies."""
    # The same service: a client closes nothing of it.
    async with httpx.AsyncClient(transport=api.http._transport, base_url=host) as http:
        yield Browser(api, http)


async def link_for(api: Api, role: str, name: str = "李静", **place: object) -> str:
    """The token of a link for a new person of an organisation named after their role."""
    now = now_of(api.services.clock)
    async with api.services.make_session() as session:
        told = Enrolment(str(place.pop("organisation", f"示范{role}")), prefecture="530100")
        row = await enrol(session, told, ENROLLED)
        guest = Guest(Place(row.id, role, **place), name)  # type: ignore[arg-type]
        link = await invite(session, api.services.vault, guest, now)
    await api.services.registry.refresh()
    return link.token


async def admin_token(api: Api) -> str:
    """The token of the first administrator's link."""
    async with api.services.make_session() as session:
        link = await admin_link(session, now_of(api.services.clock))
    assert link is not None
    return link.token


async def stored(api: Api, sql: str, *parameters: object) -> list[dict[str, object]]:
    """Rows of the database."""
    return [dict(row) for row in await api.database.fetch(sql, *parameters)]


async def clerk(api: Api, browser: Browser, login: str = "li.jing") -> None:
    """A clerk of an outlet, signed in at this browser."""
    await browser.follow(await link_for(api, "outlet"), login)
    assert browser.at == "/account", browser.page.text


async def proposed(dsn: str) -> str:
    """Proposes a regulator, as where nobody is left who could confirm; the proposal's id."""
    async with session_over(dsn) as session:
        now, place = now_of(SystemClock()), Place("gov", "regulator", "530181")
        person = await add_person(session, Vault([bytes(32)]), Guest(place, "王芳"), now)
        made = propose(session, person, Wish(Act.INVITE, place, person.id), now)
        await session.commit()
        return str(made.asked.id)
