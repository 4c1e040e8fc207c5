"""`dianchi serve`: database, worker and HTTP in one command, ended in order by Ctrl-C."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

import structlog
import uvicorn
from fastapi import FastAPI

from dianchi.api.app import with_door
from dianchi.api.connections import Held, Patience, config_of
from dianchi.api.services import Services
from dianchi.cli.database import Addresses, addresses_of
from dianchi.cli.log import guard_log
from dianchi.cli.people import say_admin_link
from dianchi.cli.sandboxes import place_of
from dianchi.exchange.logs import log_as_json
from dianchi.ledger.errors import LogError
from dianchi.sandbox import Hosting
from dianchi.sandbox.places import environment_of
from dianchi.settings import Settings, log_identity
from dianchi.store.cluster import Cluster
from dianchi.store.logins import powers_of
from dianchi.wiring import application, let_garbage_wait, opened
from dianchi.worker.process import REFUSED

log = structlog.get_logger()
WORKER_STOP_S = 20
OTHER_FILES: Final = 256
"""What else a process may have open: the database, the log outside of it, libraries."""
Beside = Callable[[Services, FastAPI], Awaitable[None]]


def _say(moved: int) -> None:
    log.info("vins encrypted", moved=moved)


def _warn_of_powers(settings: Settings, addresses: Addresses) -> None:
    """Says where a login of the operator's could get round the rights of its roles."""
    if settings.embedded:
        return
    for address in sorted({addresses.service, addresses.worker}):
        powers = asyncio.run(powers_of(address))
        if powers:
            log.warning(
                "the login of the database may too much",
                login=urlsplit(address).username,
                powers=powers,
                way_out="docs/how-to/database-roles.md",
            )


class Worker:
    """The process that follows the log; started again when it dies, ended with us.

    Its standard input is a pipe that nobody writes to: when this process ends, however it ends,
    the pipe closes and the worker goes.
    """

    def __init__(self, settings: Settings, dsn: str, more: Mapping[str, str] | None = None) -> None:
        """Without `more` it is the worker of the true record, whose refusal ends the service.

        Args:
            settings: of the service that it works for.
            dsn: of the database.
            more: what the worker of a sandbox is told besides.
        """
        self._vital = more is None
        self._command = [
            sys.executable,
            "-m",
            "dianchi",
            "worker",
            "--data-dir",
            str(settings.data_dir),
        ]
        # Where the log's name follows from our port, the worker could not guess it.
        identity = log_identity(settings)
        origin = identity.origin if identity else ""
        told = {
            "DIANCHI_WORKER_DSN": dsn,
            "DIANCHI_LOG_ORIGIN": origin,
            "DIANCHI_PUBLIC_HOST": settings.public_host,
        }
        self._environment = os.environ | told | dict(more or {})
        self._child: subprocess.Popen[bytes] | None = None
        self._ending = threading.Event()
        self.refused = False

    def start(self) -> None:
        """Starts it and watches over it."""
        threading.Thread(target=self._watch, daemon=True, name="worker-watch").start()

    def _watch(self) -> None:
        while not self._ending.is_set():
            self._child = subprocess.Popen(  # noqa: S603 - our own command
                self._command, stdin=subprocess.PIPE, env=self._environment
            )
            status = self._child.wait()
            if status == REFUSED:
                # What it must not continue must not be written to either.
                if not self._vital:
                    log.error("the worker of a sandbox refused its log")
                    return
                self.refused = True
                os.kill(os.getpid(), signal.SIGINT)
                return
            if not self._ending.wait(1.0):
                log.warning("worker ended, starting it again", status=status)

    def stop(self) -> None:
        """Closes its standard input and waits."""
        self._ending.set()
        child = self._child
        if child is None or child.poll() is not None:
            return
        if child.stdin is not None:
            child.stdin.close()
        try:
            child.wait(WORKER_STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


class _Server(uvicorn.Server):
    """Says when it listens, and when it ends: whoever follows the log would keep it waiting."""

    def __init__(
        self, config: uvicorn.Config, listening: asyncio.Event, ending: asyncio.Event
    ) -> None:
        super().__init__(config)
        self._listening = listening
        self._ending = ending

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        self._ending.set()
        await super().shutdown(sockets)  # type: ignore[arg-type]

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        self._listening.set()


def serve_until_stopped(
    settings: Settings, *, synthetic: bool = False, beside: Beside | None = None
) -> None:
    """Serves until a signal; `beside` runs along once requests are answered (the demo)."""
    # A shell may start us with SIGINT ignored; it has to end us before uvicorn listens, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    log_as_json()
    worker: Worker | None = None
    try:
        with addresses_of(settings, Cluster.start, _say) as addresses:
            _warn_of_powers(settings, addresses)
            dsn = addresses.service
            asyncio.run(guard_log(settings, dsn))
            worker = Worker(settings, addresses.worker)
            worker.start()
            try:
                with asyncio.Runner(loop_factory=_loop) as runner:
                    runner.run(_serve(settings, addresses, beside, synthetic=synthetic))
            finally:
                worker.stop()
    except KeyboardInterrupt:
        pass
    if worker is not None and worker.refused:
        raise LogError("the log must not be continued: see `refused` in the lines above")


def room_for(connections: int) -> int:
    """How many connections this process may hold; asks the system for as many files as it can.

    The soft limit is often 1,024; whoever reaches it accepts nobody, not even who is let in.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + OTHER_FILES
    if hard != resource.RLIM_INFINITY and hard < wanted:
        log.warning("fewer connections than asked for", files=hard, wanted=wanted)
        wanted = hard
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(1, wanted - OTHER_FILES)


def _loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


async def _serve(
    settings: Settings, addresses: Addresses, beside: Beside | None, *, synthetic: bool
) -> None:
    app = application(synthetic=synthetic)
    listening = asyncio.Event()
    held = Held(Patience(room_for(settings.most_connections)))
    config = config_of(with_door(app), settings.host, settings.port, held)
    async with opened(settings, addresses.service) as made:
        hosting = _hosting(settings, addresses, made)
        services = replace(made, practice=hosting)
        app.state.services = services
        let_garbage_wait()
        await say_admin_link(services, settings)
        log.info("listening", url=f"http://{settings.host}:{settings.port}")
        server = _Server(config, listening, services.followers.ending)
        along = [asyncio.create_task(held.keep_sweeping())]
        if hosting:
            along.append(asyncio.create_task(hosting.run()))
        if beside:
            along.append(asyncio.create_task(_along(beside, services, app, listening)))
        try:
            await server.serve()
        finally:
            for each in along:
                each.cancel()
            await asyncio.gather(*along, return_exceptions=True)


def _hosting(settings: Settings, addresses: Addresses, services: Services) -> Hosting | None:
    """Whoever keeps sandboxes beside the record; None where there are to be none."""
    place = place_of(settings, addresses)

    def start(own: Settings, dsn: str) -> Worker:
        return Worker(own, dsn, environment_of(own))

    return Hosting(settings, place, services, start) if place else None


async def _along(
    beside: Beside, services: Services, app: FastAPI, listening: asyncio.Event
) -> None:
    await listening.wait()
    try:
        await beside(services, app)
    except asyncio.CancelledError:
        raise
    except Exception:
        log.exception("what runs beside the service failed")
