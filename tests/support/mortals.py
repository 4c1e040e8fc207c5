"""Starts processes that end at a chosen step, and knows what became of them (see `mortal`)."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Self

from support.mortal import Job, Moment

PAUSE_S = 0.02
"""Between tries to reach a server that is starting: it needs the processors itself."""
HERE = Path(__file__).parent.parent


@dataclass(slots=True)
class Mortal:
    """One such process."""

    mortals: "Mortals"
    pid: int
    job: Job
    _status: int | None = None

    @property
    def status(self) -> int | None:
        """Its exit status, negative for the signal that ended it; None while it lives."""
        if self._status is None:
            self._status = self.mortals.ask({"ended": self.pid})
        return self._status

    @property
    def steps(self) -> list[str]:
        """The steps that it began."""
        with contextlib.suppress(FileNotFoundError):
            return Path(self.job.steps).read_text().splitlines()
        return []

    @property
    def frozen(self) -> bool:
        """Whether it is stopped."""
        told = Path(f"/proc/{self.pid}/stat").read_text()
        return told.rpartition(")")[2].split()[0] == "T"

    def send(self, number: int) -> None:
        """Sends it a signal."""
        os.kill(self.pid, number)

    def wait(self, seconds: float = 60) -> int:
        """Waits for its end."""
        deadline = time.monotonic() + seconds
        while (status := self.status) is None:
            assert time.monotonic() < deadline, f"still runs: {self.job.work}, {self.steps[-3:]}"
            time.sleep(0.002)
        return status

    def end(self) -> int:
        """Ends it in order."""
        self.send(signal.SIGTERM)
        return self.wait()


@dataclass(slots=True)
class Mortals:
    """The parent of the processes of a drill over one database and one data folder."""

    dsn: str
    folder: Path
    _parent: subprocess.Popen[str] = field(init=False)
    _numbers: "count[int]" = field(default_factory=count)
    _made: list[Mortal] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Loads the service once."""
        path = os.pathsep.join((str(HERE), os.environ.get("PYTHONPATH", "")))
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "support.mortal"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": path},
        )
        return self

    def __exit__(self, *_: object) -> None:
        """Ends every process that is left."""
        for mortal in self._made:
            if mortal.status is None:
                mortal.send(signal.SIGKILL)
                mortal.wait()
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.close()
        self._parent.wait(20)
        self._parent.stdout.close()

    def ask(self, told: dict[str, Any]) -> Any:
        """One line to the parent, its answer."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write(f"{json.dumps(told)}\n")
        self._parent.stdin.flush()
        return json.loads(self._parent.stdout.readline())

    def start(
        self,
        work: str,
        step: int | str = 0,
        moment: Moment = "after",
        *,
        port: int = 0,
        freeze: bool = False,
        name: str = "mortal",
    ) -> Mortal:
        """Starts one.

        Args:
            work: one of `WORKS`.
            step: at which it ends, by number or by words; 0 for none.
            moment: of that step.
            port: for a server.
            freeze: it stops there instead, until it is woken.
            name: of its sessions in the database.
        """
        steps = self.folder / f"steps-{next(self._numbers)}"
        number = signal.SIGSTOP if freeze else signal.SIGKILL
        dsn = f"{self.dsn}&application_name={name}"
        job = Job(work, dsn, str(self.folder), str(steps), port, step, moment, number)
        mortal = Mortal(self, self.ask(asdict(job)), job)
        self._made.append(mortal)
        return mortal
