"""The service as a process of its own: started, asked, killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

import httpx

from dianchi.bench.processes import children


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def descendants(pid: int) -> list[tuple[int, list[str]]]:
    """The processes that one started, and those that they did, each with its command."""
    found = []
    for child in children(pid):
        with suppress(OSError):  # it has just ended
            command = Path(f"/proc/{child}/cmdline").read_bytes().decode().split("\0")
            found += [(child, command), *descendants(child)]
    return found


class Service:
    """`dianchi serve` on a data folder."""

    def __init__(self, data_dir: Path, port: int | None = None, said: Path | None = None) -> None:
        self.data_dir = data_dir
        self.said = said
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Starts it and waits until it is ready."""
        command = [
            sys.executable,
            "-m",
            "dianchi",
            "serve",
            "--data-dir",
            str(self.data_dir),
            "--port",
            str(self.port),
        ]
        if self.said is None:
            self._child = subprocess.Popen(command, start_new_session=True)
        else:
            with self.said.open("ab") as words:
                self._child = subprocess.Popen(
                    command, start_new_session=True, stdout=words, stderr=words
                )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/readyz", timeout=5).status_code == httpx.codes.OK:
                    return self
            if self._child.poll() is not None:
                raise AssertionError("the service ended while it was starting")
            time.sleep(0.05)
        self.stop()
        raise AssertionError("the service was not ready within a minute")

    @property
    def pid(self) -> int:
        """The process that answers."""
        assert self._child is not None
        return self._child.pid

    @property
    def ended(self) -> bool:
        """Whether nothing answers: it was killed, or ended by itself."""
        return self._child is None or self._child.poll() is not None

    def kill(self) -> None:
        """Ends the process as a power cut would (its PostgreSQL is another process)."""
        assert self._child is not None
        os.kill(self._child.pid, signal.SIGKILL)
        self._child.wait()

    def stop(self) -> int:
        """Ends it by Ctrl-C and answers its exit status."""
        assert self._child is not None
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGINT)
        return self._child.wait(60)

    def key(self, role: str, organisation: str | None = None) -> str:
        """A key, made by the command line while the service runs."""
        command = [
            sys.executable,
            "-m",
            "dianchi",
            "key",
            "add",
            "--data-dir",
            str(self.data_dir),
            "--organisation",
            organisation or f"示范{role}",
            "--role",
            role,
            "--json",
        ]
        made = subprocess.run(command, check=True, capture_output=True, timeout=60)
        return str(json.loads(made.stdout)["key"])
