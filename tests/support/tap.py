"""Counts the bytes that a service sends: a pipe between it and a browser."""

import socket
import threading
from contextlib import suppress
from typing import Final

_CHUNK: Final = 65_536


class Tap:
    """Listens on a port of its own and passes everything on."""

    def __init__(self, port: int) -> None:
        self._to = port
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
                service = socket.create_connection(("127.0.0.1", self._to))
                for ends in ((browser, service, False), (service, browser, True)):
                    threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, counted: bool) -> None:  # noqa: FBT001 - of a thread
        with suppress(OSError), source, target:
            while data := source.recv(_CHUNK):
                if counted:
                    with self._lock:
                        self.sent += len(data)
                target.sendall(data)
