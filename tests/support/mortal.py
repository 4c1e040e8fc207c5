"""A process that ends or freezes at a chosen step of its own work, as a signal from outside would.

Steps are messages to PostgreSQL and writes to files; each is written down before it is taken. Run
as a program (`python -m support.mortal`) it loads the service once and forks for each job, so that
a drill can kill hundreds of real processes. Nothing of this is in the product.
"""

import asyncio
import contextlib
import functools
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final, Literal

import asyncpg

from dianchi.cli.database import Addresses
from dianchi.cli.log import publisher
from dianchi.cli.serving import _loop, _serve
from dianchi.exchange.logs import log_as_json
from dianchi.ledger.errors import LogError
from dianchi.ledger.sequencer import Sequencer
from dianchi.settings import Settings, load
from dianchi.worker.process import REFUSED, _kept_up, run_worker
from support.logs import ORIGIN

Moment = Literal["before", "sent", "after"]
"""Before a step is begun, when it is under way, or when its answer has come."""
_MESSAGES: Final = (
    *("query", "prepare", "bind_execute", "bind_execute_many", "bind", "execute"),
    *("close_statement", "copy_in", "copy_out"),
)
_SECRETS: Final = {
    "vin_key": "11" * 32,
    "key_pepper": "22" * 32,
    "personal_key": "33" * 32,
    "log_key": "01" * 32,
}
_write: Final = os.write


@dataclass(frozen=True, slots=True)
class Job:
    """What a process does, and where it ends by `signal`.

    At step number `step` (none where 0), or at the first one that holds these words.
    """

    work: str
    dsn: str
    folder: str
    steps: str
    port: int = 0
    step: int | str = 0
    moment: Moment = "after"
    signal: int = signal.SIGKILL

    @property
    def settings(self) -> Settings:
        """As the service would read them."""
        return settings_of(self.dsn, Path(self.folder), self.port or 8000)


def settings_of(dsn: str, folder: Path, port: int = 8000) -> Settings:
    """The settings of every process of a drill."""
    return load(database_url=dsn, data_dir=folder, port=port, log_origin=ORIGIN, **_SECRETS)


class Steps:
    """Counts the steps of this process and strikes at the chosen one."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._numbers = count(1)
        self._struck = False
        self._file = os.open(job.steps, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def reach(self, what: str) -> Moment | None:
        """Notes a step; the moment to strike at, if it is the one."""
        number, wanted = next(self._numbers), self._job.step
        words = " ".join(what.split())[:90]
        _write(self._file, f"{words}\n".encode())
        met = wanted in words if isinstance(wanted, str) else wanted == number
        if not met or self._struck:
            return None
        self._struck = True
        return self._job.moment

    def strike(self) -> None:
        """Ends or freezes this process."""
        os.kill(os.getpid(), self._job.signal)

    def watch(self) -> None:
        """From now on every message to PostgreSQL and every write to a file is a step."""
        begin: Any = asyncpg.Connection.__init__

        def watched(connection: Any, protocol: Any, *more: Any, **named: Any) -> None:
            begin(connection, _Watched(protocol, self), *more, **named)

        for owner, name, act in (
            (asyncpg.Connection, "__init__", watched),
            (os, "write", self._writing),
            (os, "fsync", self._around("fsync", os.fsync)),
            (os, "replace", self._around("replace", os.replace)),
        ):
            setattr(owner, name, act)

    def _writing(self, descriptor: int, data: bytes) -> int:
        moment = self.reach("write")
        if moment == "sent":
            # A part was taken. Whoever is only frozen learns of it when woken.
            part = _write(descriptor, data[: len(data) // 2])
            self.strike()
            return part
        if moment == "before":
            self.strike()
        written = _write(descriptor, data)
        if moment == "after":
            self.strike()
        return written

    def _around(self, name: str, act: Callable[..., None]) -> Callable[..., None]:
        def acting(*told: Any, **named: Any) -> None:
            moment = self.reach(name)
            if moment in ("before", "sent"):
                self.strike()
            act(*told, **named)
            if moment == "after":
                self.strike()

        return acting


class _Watched:
    """The protocol of a connection, whose messages are steps."""

    def __init__(self, protocol: Any, steps: Steps) -> None:
        self._protocol = protocol
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._protocol, name)
        return functools.partial(self._step, name, found) if name in _MESSAGES else found

    async def _step(
        self, name: str, send: Callable[..., Awaitable[Any]], *told: Any, **named: Any
    ) -> Any:
        moment = self._steps.reach(f"{name}: {_sql(name, told, named)}")
        if moment == "before":
            self._steps.strike()
        answering = asyncio.ensure_future(send(*told, **named))
        if moment == "sent":
            for _ in range(3):  # the loop of uvicorn writes at the end of a turn
                await asyncio.sleep(0)
            self._steps.strike()
        answer = await answering
        if moment == "after":
            self._steps.strike()
        return answer


def _sql(name: str, told: tuple[Any, ...], named: dict[str, Any]) -> str:
    words = [*told, *named.values()]
    first = words[1] if name == "prepare" else words[0]
    return str(getattr(first, "query", first))


async def _place(job: Job) -> None:
    """What the worker's sequencer does, until nothing waits any more."""
    log = Sequencer(job.dsn, publisher=publisher(job.settings))
    while await log.drain():
        pass
    await log.publish()
    await log.close()


def _serving(job: Job) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    log_as_json()
    with (
        contextlib.suppress(KeyboardInterrupt),
        asyncio.Runner(loop_factory=_loop) as runner,
    ):
        runner.run(_serve(job.settings, Addresses(job.dsn, job.dsn), None, synthetic=False))
    return 0


def _placing(job: Job) -> int:
    try:
        asyncio.run(_place(job))
    except LogError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    return 0


def _alone(job: Job) -> int:
    log = Sequencer(job.dsn, publisher=publisher(job.settings))
    asyncio.run(_kept_up("sequencer", log.run))
    return 0


def _following(job: Job) -> int:
    # Its standard input never ends before it does: both ends of the pipe are its own.
    os.dup2(os.pipe()[0], 0)
    return run_worker(publisher(job.settings), job.dsn)


WORKS: Final[dict[str, Callable[[Job], int]]] = {
    "serve": _serving,
    "place": _placing,
    "twin": _alone,
    "follow": _following,
}
"""The server; the sequencer with its publisher, until nothing waits or for ever; the worker."""


def _fork(job: Job) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 70
    os.dup2(2, 1)  # standard output is for the parent's answers
    try:
        Steps(job).watch()
        status = WORKS[job.work](job)
    except BaseException as error:  # noqa: BLE001 - a child must not run on into the parent's loop
        sys.stderr.write(f"{error!r}\n")
    finally:
        sys.stderr.flush()
        os._exit(status)


def main() -> None:
    """Takes a job or a question on each line: `{"ended": pid}` answers its status, or null."""
    for line in sys.stdin:
        told = json.loads(line)
        if "ended" in told:
            pid, status = os.waitpid(told["ended"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        else:
            answer = _fork(Job(**told))
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
