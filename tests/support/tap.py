"""A pipe between a service and a browser: counts the bytes that the service sends, or meddles."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

_CHUNK: Final = 65_536
Meddle = Callable[[bytes, bool], bytes]
"""What to pass on of these bytes; whether they come from the service."""


def _as_it_is(data: bytes, _from_service: bool) -> bytes:  # noqa: FBT001 - as `Meddle` has it
    return data


class Tap:
    """Listens on a port of its own and passes everything on."""

    def __init__(self, port: int, meddle: Meddle = _as_it_is) -> None:
        self._to = port
        self._meddle = meddle
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.sent = 0
        """Bytes from the service, with heads."""
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Takes no more connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                self._join(browser)

    def _join(self, browser: socket.socket) -> None:
        try:
            service = socket.create_connection(("127.0.0.1", self._to))
        except OSError:
            browser.close()
            return
        for ends in ((browser, service, False), (service, browser, True)):
            threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, counted: bool) -> None:  # noqa: FBT001 - of a thread
        with source, target:
            with suppress(OSError):
                while data := source.recv(_CHUNK):
                    if counted:
                        with self._lock:
                            self.sent += len(data)
                    target.sendall(self._meddle(data, counted))
            # The other thread still reads from these: closing alone would tell nobody.
            for end in (source, target):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
