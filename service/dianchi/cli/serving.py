"""`dianchi serve`: database, worker and HTTP in one command, ended in order by Ctrl-C."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import structlog
import uvicorn
from fastapi import FastAPI

from dianchi.api.app import with_door
from dianchi.api.services import Services
from dianchi.cli.database import Addresses, addresses_of
from dianchi.cli.log import guard_log
from dianchi.cli.people import say_admin_link
from dianchi.exchange.logs import log_as_json
from dianchi.ledger.errors import LogError
from dianchi.settings import Settings, log_identity
from dianchi.store.cluster import Cluster
from dianchi.store.logins import powers_of
from dianchi.wiring import application, let_garbage_wait, opened
from dianchi.worker import REFUSED

log = structlog.get_logger()
WORKER_STOP_S = 20
Beside = Callable[[Services, FastAPI], Awaitable[None]]


def _say(moved: int) -> None:
    log.info("vins encrypted", moved=moved)


def _warn_of_powers(settings: Settings, addresses: Addresses) -> None:
    """Says where a login of the operator's could get round the rights of its roles."""
    if settings.embedded:
        return
    for address in sorted({*addresses}):
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

    def __init__(self, settings: Settings, dsn: str) -> None:
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
        told = {"DIANCHI_WORKER_DSN": dsn, "DIANCHI_LOG_ORIGIN": origin}
        self._environment = os.environ | told
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
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, listening: asyncio.Event) -> None:
        super().__init__(config)
        self._listening = listening

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
                    runner.run(_serve(settings, dsn, beside, synthetic=synthetic))
            finally:
                worker.stop()
    except KeyboardInterrupt:
        pass
    if worker is not None and worker.refused:
        raise LogError("the log must not be continued: see `refused` in the lines above")


def _loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


async def _serve(settings: Settings, dsn: str, beside: Beside | None, *, synthetic: bool) -> None:
    app = application(synthetic=synthetic)
    listening = asyncio.Event()
    config = uvicorn.Config(
        with_door(app),
        host=settings.host,
        port=settings.port,
        log_config=None,
        log_level="warning",
        access_log=False,
        http="httptools",
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        server_header=False,
        lifespan="off",
    )
    async with opened(settings, dsn) as services:
        app.state.services = services
        let_garbage_wait()
        await say_admin_link(services, settings)
        log.info("listening", url=f"http://{settings.host}:{settings.port}")
        server = _Server(config, listening)
        along = asyncio.create_task(_along(beside, services, app, listening)) if beside else None
        try:
            await server.serve()
        finally:
            if along is not None:
                along.cancel()
                await asyncio.gather(along, return_exceptions=True)


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
