"""The service as its users run it, `dianchi serve`, in its own process; and one from memory."""

import asyncio
import contextlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

from dianchi.access.enrol import Enrolment, enrol
from dianchi.access.issue import KeyTerms, add_key
from dianchi.api.app import with_door
from dianchi.api.door import Door
from dianchi.api.headers import Asgi
from dianchi.api.intake import Answer, Receive, Scope, Send
from dianchi.api.services import Services
from dianchi.bench import material, processes
from dianchi.bench.helper import Helper
from dianchi.settings import Settings, load
from dianchi.wiring import application, let_garbage_wait, opened

OFFICER: Final = "regulator"
"""Who reads everything: an officer of the province."""
_START_S: Final = 60
_STOP_S: Final = 25
_LOOK_S: Final = 0.1
_OK: Final = 200
_ANY_KEY: Final = "5e" * 32
"""What a bench stores is nobody's."""


class NotStartedError(Exception):
    """The service under measurement did not come up; the text holds its last words."""


@dataclass(frozen=True, slots=True)
class Running:
    """A service that answers.

    Attributes:
        pid: of the process that answers requests.
        keys: bearer keys by role.
    """

    port: int
    pid: int
    keys: Mapping[str, str]

    @property
    def worker_us(self) -> float:
        """CPU microseconds of what it started: the worker that follows the log."""
        return processes.cpu_us(processes.children(self.pid))

    @property
    def server_us(self) -> float:
        """CPU microseconds of the process that answers."""
        return processes.own_cpu_us([self.pid])

    def ask(self, path: str, role: str = "maker") -> tuple[int, bytes]:
        """One GET, outside any window."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"authorization": f"Bearer {self.keys.get(role, '')}"}
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@asynccontextmanager
async def serving(dsn: str, folder: Path) -> AsyncIterator[Running]:
    """`dianchi serve` over a database, its worker beside it, with a key for each role."""
    given = _given()
    port = free_port()
    settings = load(database_url=dsn, data_dir=folder, port=port, **given)
    keys = await _keys(settings, dsn)
    environment = {"DIANCHI_DATABASE_URL": dsn, "DIANCHI_DATA_DIR": str(folder)} | {
        f"DIANCHI_{name.upper()}": value for name, value in given.items()
    }
    child = _start(port, os.environ | environment, folder / "serve.log")
    try:
        running = Running(port, child.pid, keys)
        await asyncio.to_thread(_await_ready, running, child, folder / "serve.log")
        yield running
    finally:
        await asyncio.to_thread(_stop, child)


def _given() -> dict[str, str]:
    given = {name: secrets.token_hex(32) for name in ("vin_key", "key_pepper", "log_key")}
    # One database is served several times, and knows what wraps its values.
    given["personal_key"] = _ANY_KEY
    # Each database has a log of its own, though the folder is the same.
    return given | {"log_origin": f"bench-{secrets.token_hex(4)}/log"}


@asynccontextmanager
async def unfollowed(dsn: str, folder: Path) -> AsyncIterator[tuple[Running, Settings]]:
    """The server of `dianchi serve` without its worker, whose place others take in turns."""
    settings = load(database_url=dsn, data_dir=folder, port=free_port(), **_given())
    keys = await _keys(settings, dsn)
    with Helper() as helper:
        helper.begin(_serve_alone, settings)
        running = Running(settings.port, helper.pid, keys)
        await asyncio.to_thread(_await_page, running, "/readyz")
        yield running, settings


def _start(port: int, environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as words:
        return subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "dianchi", "serve", "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            start_new_session=True,
            env=environment,
        )


async def _keys(settings: Settings, dsn: str) -> dict[str, str]:
    now = datetime.now(UTC)  # noqa: TID251 - the moment of enrolment
    keys: dict[str, str] = {}
    async with opened(settings, dsn) as services, services.make_session() as session:
        for role in (*material.ROLES, OFFICER):
            firm = await enrol(session, Enrolment(material.name_of(role)), now)
            keys[role] = await add_key(session, services.ring, firm.id, KeyTerms(role), now)
    return keys


def _await_ready(running: Running, child: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(int(_START_S / _LOOK_S)):
        with contextlib.suppress(OSError, http.client.HTTPException):
            if running.ask("/readyz")[0] == _OK:
                return
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_LOOK_S)
            break
    words = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise NotStartedError(f"dianchi serve did not become ready:\n{words}")


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        # Its session is its own: nothing of it is left behind.
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


@asynccontextmanager
async def from_memory(pages: Mapping[str, bytes]) -> AsyncIterator[Running]:
    """The same server and door, whose history handler answers from a dictionary."""
    port = free_port()
    with Helper() as helper:
        helper.begin(_serve_pages, port, dict(pages))
        running = Running(port, helper.pid, {})
        await asyncio.to_thread(_await_page, running, next(iter(pages)))
        yield running


def _await_page(running: Running, path: str) -> None:
    for _ in range(int(_START_S / _LOOK_S)):
        with contextlib.suppress(OSError):
            if running.ask(path)[0] == _OK:
                return
        time.sleep(_LOOK_S)
    raise NotStartedError("what is to be measured does not answer")


def _serve_pages(port: int, pages: dict[str, bytes]) -> None:
    async def page(scope: Scope, _: Receive, __: Services) -> Answer:
        return Answer(_OK, pages[scope["path"]])

    async def nothing(_: Scope, __: Receive, ___: Send) -> None:
        return

    # The handler asks for no services; the door only looks whether there are any.
    door = Door(nothing, lambda: cast(Services, pages), {}, history=page)
    _run(_listen(door, port))


def _serve_alone(settings: Settings) -> None:
    async def serve() -> None:
        app = application()
        async with opened(settings, settings.database_url) as services:
            app.state.services = services
            await _listen(with_door(app), settings.port)

    _run(serve())


async def _listen(app: Asgi, port: int) -> None:
    import uvicorn  # noqa: PLC0415 - only such a process serves

    # As `dianchi serve` configures it.
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        http="httptools",
        server_header=False,
        lifespan="off",
    )
    let_garbage_wait()
    await uvicorn.Server(config).serve()


def _run(serving: Coroutine[None, None, None]) -> None:
    import uvloop  # noqa: PLC0415 - only such a process serves

    # Nobody waits for an answer: the closed input says that it is over.
    threading.Thread(target=_end_with_input, daemon=True).start()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serving)


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)
