"""An open sandbox: its services, its application and its worker, as long as somebody needs them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final, Protocol

from dianchi.access.conformity import Runs
from dianchi.access.keys import SANDBOX_PREFIX
from dianchi.access.sandboxes import Sandbox
from dianchi.api.app import with_door
from dianchi.api.conformity import hold_up
from dianchi.api.observing import Observed
from dianchi.api.practice import Entered, Home
from dianchi.sandbox.places import Addresses, host_of, settings_of
from dianchi.settings import Settings
from dianchi.wiring import application, opened


class Child(Protocol):
    """A worker that follows the log of a sandbox."""

    def start(self) -> None:
        """Starts it."""
        ...

    def stop(self) -> None:
        """Stops it."""
        ...


StartWorker = Callable[[Settings, str], Child]
"""Makes the worker of a sandbox from its settings and the address of its database."""


class Guest:
    """One open sandbox.

    It lives in a task of its own, so that whoever needs it first may go before it closes.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox: Final = sandbox
        self.inside = 0
        self.left_at = time.monotonic()
        self._closing = asyncio.Event()
        self._entered: asyncio.Future[Entered] = asyncio.get_running_loop().create_future()
        self._living: asyncio.Task[None] | None = None

    def open(
        self, settings: Settings, addresses: Addresses, runs: Runs, start: StartWorker
    ) -> None:
        """Begins to open it."""
        living = self._live(settings, addresses, runs, start)
        self._living = asyncio.create_task(living, name=f"sandbox {self.sandbox.id}")

    async def _live(
        self, settings: Settings, addresses: Addresses, runs: Runs, start: StartWorker
    ) -> None:
        try:
            own = settings_of(
                settings, self.sandbox.database, addresses.service, host_of(settings, self.sandbox)
            )
            home = Home(self.sandbox, runs, settings.public_address)
            for run in await runs.running(self.sandbox.id, self.sandbox.generation):
                hold_up(home, run)
            async with opened(own, addresses.service, prefix=SANDBOX_PREFIX) as services:
                inside = replace(services, home=home)
                app = await asyncio.to_thread(application, synthetic=True)
                app.state.services = inside
                worker = start(own, addresses.worker)
                worker.start()
                self._entered.set_result(Entered(inside, Observed(with_door(app), inside, home)))
                await self._closing.wait()
                inside.followers.ending.set()
                await asyncio.to_thread(worker.stop)
        except BaseException as error:
            if not self._entered.done():
                self._entered.set_exception(error)
                # Whoever waits is told; where nobody does, nothing is left to be said.
                self._entered.exception()
            raise

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[Entered]:
        """The sandbox, which stays open for as long as the block lasts."""
        self.inside += 1
        try:
            yield await asyncio.shield(self._entered)
        finally:
            self.inside -= 1
            self.left_at = time.monotonic()

    @property
    def failed(self) -> bool:
        """Whether it could not be opened, or ended."""
        return self._living is not None and self._living.done()

    async def close(self) -> None:
        """Closes it, whoever is still inside."""
        self._closing.set()
        if self._living is not None:
            await asyncio.gather(self._living, return_exceptions=True)
