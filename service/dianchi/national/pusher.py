"""Follows the log for every connection, and sends to the platform what its organisation owes."""

from hashlib import sha256
from typing import Any, Final, NamedTuple

import asyncpg
import msgspec
import structlog

from dianchi.access.sealing import Seal
from dianchi.domain.admit import Reporter
from dianchi.domain.rules import Rules
from dianchi.domain.working_days import WorkingCalendar
from dianchi.exchange.national.form import gaps_json, vehicles_json
from dianchi.exchange.national.profiles import PROFILES
from dianchi.exchange.national.wire import Credentials, request_body
from dianchi.national.answers import Heard, hear, judge
from dianchi.national.building import Builder
from dianchi.national.connections import credentials_of
from dianchi.national.items import (
    Outcome,
    Taken,
    note,
    note_asking,
    note_failure,
    note_success,
    one_behind,
    release,
    settle,
    take,
)
from dianchi.national.noting import owed
from dianchi.ports import Clock
from dianchi.store.feed import end_of_log, read_page
from dianchi.store.vault import Vault
from dianchi.webhooks.carrier import Carrier
from dianchi.webhooks.letters import onlooker
from dianchi.webhooks.schedule import next_probe
from dianchi.webhooks.sending import Sender

PAGE: Final = 500
MOST_CONNECTIONS: Final = 16
"""Connections that one worker sends to at the same time."""
# A connection for each call: an answer that comes twice must not pass for the next one's.
_HEADERS: Final = {
    "connection": "close",
    "content-type": "application/json; charset=utf-8",
    "user-agent": "dianchi-national/1",
}
_PASSING: Final = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""The database went away: whoever runs this begins again."""
log: Final = structlog.get_logger()


class Means(NamedTuple):
    """What a pusher is given.

    Attributes:
        seal: of credentials.
        vault: opens VINs.
        sender: sends.
        rules: deadlines, and what lives are folded by.
        calendar: working days, for terms.
        clock: the machine's.
    """

    seal: Seal
    vault: Vault
    sender: Sender
    rules: Rules
    calendar: WorkingCalendar
    clock: Clock


class Pusher(Carrier):
    """Looks through the log for connections, and sends; any number of them may work side by side.

    Args:
        dsn: of the database.
        means: what it works with.
    """

    def __init__(self, dsn: str, means: Means) -> None:
        super().__init__(dsn, means.sender, means.clock, own=2)
        self._means = means
        self._builder = Builder(self._lenders.whole, self._book, means.vault, means.rules)

    async def look_through(self) -> bool:
        """A stretch of the log for one connection; whether there was one that is behind."""
        end = await end_of_log(self._lenders.own)
        async with self._book.acquire() as connection, connection.transaction():
            behind = await one_behind(connection, end)
            if behind is None:
                return False
            looking = onlooker(Reporter(behind["organisation"], behind["role"]))
            lender, whole = self._lenders.of(looking)
            page = await read_page(lender, behind["log_index"], PAGE, whole=whole)
            known = self._means.rules, self._means.calendar
            noted = await owed(self._lenders.whole, behind, page.entries, known)
            await note(connection, behind["id"], noted, page.next, self._now)
        return True

    async def start_sending(self) -> bool:
        """Begins to send what is due at one connection; whether anything was."""
        self._under_way.forget_done()
        if len(self._under_way) >= MOST_CONNECTIONS:
            return False
        async with self._book.acquire() as connection, connection.transaction():
            chosen = await take(connection, self._now, self._under_way.receivers)
        if chosen is None:
            return False
        to, some = chosen
        self._under_way.begin(self._send_all(dict(to), some), to["id"])
        return True

    async def _send_all(self, to: dict[str, Any], some: list[Taken]) -> None:
        """One after another; after a failure the rest is given back."""
        for place, taken in enumerate(some, 1):
            if not await self._guarded(to, taken):
                await release(self._book, some[place:], self._now)
                break
            to = {**to, "failures": 0}

    async def _guarded(self, to: dict[str, Any], taken: Taken) -> bool:
        """A vehicle that this program fails on ends neither the others nor the log's process."""
        try:
            return await self._send_one(to, taken)
        except _PASSING:
            raise
        except Exception:
            log.exception("vehicle not sent", connection=str(to["id"]), vehicle=taken.vehicle)
            await self._note_failure(to, Heard(None, None, "internal"))
            return False

    async def _send_one(self, to: dict[str, Any], taken: Taken) -> bool:
        """Sends a vehicle and notes what became of it; whether the connection works."""
        credentials = credentials_of(self._means.seal, to["id"], to["credentials"])
        if credentials is None:
            await release(self._book, [taken], self._now)
            await self._note_failure(to, Heard(None, None, "no_credentials"))
            return False
        profile = PROFILES[to["profile"]]
        told = {**msgspec.json.decode(to["fixed"]), **taken.given}
        owner = to["organisation"], to["role"]
        sold = "sold" in to["types"]
        vin, form = await self._builder.vehicle(profile, taken.vehicle, owner, told, sold=sold)
        body, gaps = vehicles_json(form), gaps_json(form.gaps)
        digest = sha256(body).digest()
        if form.blocked is not None:
            held = Outcome("withheld", self._now, fault=form.blocked.code, gaps=gaps)
            await settle(self._book, taken, held, self._now)
            return True
        if digest == taken.sent:
            # The platform has just this: nothing is sent for the sake of sending.
            await settle(self._book, taken, Outcome("sent", self._now, gaps=gaps), self._now)
            return True
        await note_asking(self._book, taken, digest)
        heard = await self._ask(to, credentials, body)
        outcome = judge(profile, taken, heard, digest, self._now)
        outcome = outcome._replace(gaps=gaps, said=_without(vin, outcome.said))
        await settle(self._book, taken, outcome, self._now)
        if heard.works(profile):
            await note_success(self._book, to["id"])
            return True
        await self._note_failure(to, heard)
        return False

    async def _ask(self, to: dict[str, Any], credentials: Credentials, vehicles: bytes) -> Heard:
        profile = PROFILES[to["profile"]]
        at_ms = self._means.clock.now_us() // 1000
        body = request_body(vehicles, at_ms, credentials)
        headers = {**_HEADERS, "authorization": f"Bearer {credentials.token}"}
        url = f"{to['url']}{profile.path}"
        return hear(*await self._means.sender.ask(url, headers, body), credentials)

    async def _note_failure(self, to: dict[str, Any], heard: Heard) -> None:
        fault = heard.failure(PROFILES[to["profile"]]) or "unreadable"
        held = heard.holds(PROFILES[to["profile"]], to["failures"] + 1, to["fault"])
        again = next_probe(to["failures"] + 1, self._now, heard.wait_s)
        await note_failure(self._book, to["id"], self._now, again, (fault, held))
        if held is not None:
            log.warning("national push held", organisation=to["organisation"], why=held)


def _without(vin: str | None, said: str | None) -> str | None:
    """What the platform said, without the VIN: that is stored in one place only."""
    if said is None or vin is None:
        return said
    return said.replace(vin, f"…{vin[-4:]}")
