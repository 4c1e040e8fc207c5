"""Keeps the sandboxes: prepares, opens, closes, empties, and deletes what nobody uses."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from dianchi.access.conformity import Runs
from dianchi.access.enrol import settle_in
from dianchi.access.keys import now_of
from dianchi.access.sandboxes import Sandbox, Sandboxes
from dianchi.api.conformity import MARK, no_sandbox
from dianchi.api.practice import Entered, Progress
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.refusals import Refused
from dianchi.domain.registry import Organisation
from dianchi.domain.working_days import business_date
from dianchi.sandbox.guest import Guest, StartWorker
from dianchi.sandbox.places import PREFIX, TEMPLATE, Place
from dianchi.sandbox.template import template_of
from dianchi.settings import Settings
from dianchi.store.databases import databases, drop_database, make_database
from dianchi.store.migrate import migrate

log = structlog.get_logger()
MOST_OPEN: Final = 3
"""Sandboxes open at a time: each has a worker and some twenty connections."""
IDLE_S: Final = 600.0
"""How long an open one waits for the next request."""
SWEEP_S: Final = 60.0
_NOTED_S: Final = 3600.0


@dataclass(slots=True)
class _Preparing:
    task: asyncio.Task[None]
    progress: Progress


class Hosting:
    """Fulfils `api.practice.Host` for one process.

    Args:
        settings: of the true service.
        place: where databases of sandboxes are made.
        services: of the true service, whose registry says who has one.
        start: makes workers.
    """

    def __init__(
        self, settings: Settings, place: Place, services: Services, start: StartWorker
    ) -> None:
        self._settings = settings
        self._place = place
        self._true = services
        self._start = start
        self._kept = Sandboxes(services.registrar)
        self._runs = Runs(services.registrar)
        self._preparing: dict[str, _Preparing] = {}
        self._open: dict[str, Guest] = {}
        self._opening = asyncio.Lock()
        self._making = asyncio.Lock()
        self._noted: dict[str, float] = {}

    def prepare(self, sandbox: Sandbox, firm: Organisation) -> None:
        """Begins to prepare a sandbox, unless that is under way."""
        known = self._preparing.get(sandbox.id)
        if known is None or known.task.done():
            task = asyncio.create_task(self._prepare(sandbox, firm), name="sandbox preparing")
            self._preparing[sandbox.id] = _Preparing(task, Progress(0, 0))

    def progress(self, sandbox: Sandbox) -> Progress:
        """How far it is."""
        known = self._preparing.get(sandbox.id)
        return known.progress if known else Progress(0, 0)

    async def _prepare(self, sandbox: Sandbox, firm: Organisation) -> None:
        def say(done: int, total: int) -> None:
            self._preparing[sandbox.id].progress = Progress(done, total)

        try:
            async with self._making:
                template = await template_of(self._settings, self._place, say)
                await make_database(self._place.owner, sandbox.database, template)
            async with self._guest(sandbox) as entered, entered.services.make_session() as session:
                await settle_in(session, firm, f"{firm.name}{MARK}")
                await entered.services.registry.refresh()
            await self._kept.ready(sandbox, now_of(self._true.clock))
        except Exception:
            log.exception("sandbox not prepared", sandbox=sandbox.id)
            last = self._preparing[sandbox.id].progress
            self._preparing[sandbox.id].progress = last._replace(failed=True)

    @asynccontextmanager
    async def entered(self, named: str) -> AsyncIterator[Entered]:
        """The sandbox of an id, open for as long as the block lasts.

        Raises:
            Refused: there is none, it is not ready, or too many are open.
        """
        named = named.lower()
        guest = self._open.get(named)
        sandbox = guest.sandbox if guest and not guest.failed else await self._kept.named(named)
        if sandbox is None:
            raise no_sandbox()
        if guest is None and sandbox.ready_at is None:
            raise _not_ready()
        await self._note(sandbox)
        async with self._guest(sandbox) as entered:
            yield entered

    async def _note(self, sandbox: Sandbox) -> None:
        """Keeps that it is in use, once an hour."""
        now = time.monotonic()
        if now - self._noted.get(sandbox.id, -_NOTED_S) >= _NOTED_S:
            self._noted[sandbox.id] = now
            await self._kept.used(sandbox, now_of(self._true.clock))

    @asynccontextmanager
    async def _guest(self, sandbox: Sandbox) -> AsyncIterator[Entered]:
        async with self._opening:
            guest = self._open.get(sandbox.id)
            if guest is None or guest.failed or guest.sandbox.generation != sandbox.generation:
                guest = await self._opened(sandbox)
            guest.inside += 1
        try:
            async with guest.entered() as entered:
                yield entered
        finally:
            guest.inside -= 1

    async def _opened(self, sandbox: Sandbox) -> Guest:
        await self._make_room(sandbox.id)
        addresses = self._place.at(sandbox.database)
        await asyncio.to_thread(migrate, addresses.owner)
        guest = self._open[sandbox.id] = Guest(sandbox)
        guest.open(self._settings, addresses, self._runs, self._start)
        return guest

    async def _make_room(self, named: str) -> None:
        """Closes one that is no longer good, or the one that nobody was in for longest."""
        old = self._open.pop(named, None)
        if old is not None:
            await old.close()
        while len(self._open) >= MOST_OPEN:
            free = [guest for guest in self._open.values() if not guest.inside]
            if not free:
                raise _busy()
            longest = min(free, key=lambda guest: guest.left_at)
            del self._open[longest.sandbox.id]
            await longest.close()

    async def drop(self, sandbox: Sandbox) -> None:
        """Deletes what is in a generation of a sandbox, for good."""
        async with self._opening:
            guest = self._open.pop(sandbox.id, None)
            if guest is not None:
                await guest.close()
        await drop_database(self._place.owner, sandbox.database)

    async def run(self) -> None:
        """Sweeps until it is cancelled, then closes all."""
        try:
            while True:
                await asyncio.sleep(SWEEP_S)
                try:
                    await self.sweep()
                except (OSError, RuntimeError) as error:
                    log.warning("sandboxes not swept", error=repr(error))
        finally:
            await self.close()

    async def sweep(self) -> None:
        """Closes what is idle; deletes what nobody used for the term, and what nobody has."""
        await self._close_idle()
        now = now_of(self._true.clock)
        days = self._true.rules.number("sandbox_kept_days", business_date(now))
        for sandbox in await self._kept.unused_since(now - timedelta(days=int(days))):
            await self.drop(sandbox)
            await self._kept.forget(sandbox)
            log.info("sandbox deleted, nobody used it", sandbox=sandbox.id)
        await self._drop_leftovers()

    async def _close_idle(self) -> None:
        latest = time.monotonic() - IDLE_S
        async with self._opening:
            for guest in list(self._open.values()):
                if not guest.inside and guest.left_at < latest:
                    del self._open[guest.sandbox.id]
                    await guest.close()

    async def _drop_leftovers(self) -> None:
        wanted = {sandbox.database for sandbox in await self._kept.all()}
        for name in await databases(self._place.owner, PREFIX):
            if name not in wanted and not name.startswith(TEMPLATE):
                await drop_database(self._place.owner, name)

    async def close(self) -> None:
        """Closes all."""
        for preparing in self._preparing.values():
            preparing.task.cancel()
        tasks = [each.task for each in self._preparing.values()]
        await asyncio.gather(*tasks, return_exceptions=True)
        guests, self._open = list(self._open.values()), {}
        await asyncio.gather(*(guest.close() for guest in guests))


def _not_ready() -> Refused:
    return refuse(
        "sandbox_not_ready",
        ("沙盒正在准备", "the sandbox is being prepared"),
        ("请看进度：GET /v1/sandbox", "see how far it is: GET /v1/sandbox"),
    )


def _busy() -> Refused:
    return refuse(
        "not_ready",
        ("使用中的沙盒过多", "too many sandboxes are in use"),
        ("请几分钟后重试", "try again in some minutes"),
    )
