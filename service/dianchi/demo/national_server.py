"""The stand-in for the national platform as a server on this machine: HTTP, and how it breaks."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, cast

from dianchi.demo.national_platform import AFTER, OK, SAID, Platform, Reply
from dianchi.exchange.json_out import encode
from dianchi.exchange.national.wire import encrypted

_LINGER: Final = struct.pack("ii", 1, 0)
_LONGEST: Final = 512 * 1024 * 1024
_GARBAGE: Final = encode({"code": OK, "data": "bm90IGVuY3J5cHRlZA=="})
_PAGE: Final = b"<html>gateway</html>"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    platform: Platform

    def handle_error(self, *_: Any) -> None:  # noqa: ANN401 - whoever was cut off
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    @property
    def _platform(self) -> Platform:
        return cast("_Server", self.server).platform

    def do_POST(self) -> None:
        """One call."""
        length = min(int(self.headers.get("content-length", 0)), _LONGEST)
        body = self.rfile.read(length)
        if self.path != self._platform.profile.path:
            self._say(404, b"")
            return
        fault = self._platform.fault()
        if fault in SAID:
            self._say(200, self._told(SAID[str(fault)]))
            return
        told = b""
        if fault is None or fault in AFTER:
            reply = self._platform.judge(body, self.headers.get("authorization", ""))
            told = self._told(reply)
        broken = self._broken(told).get(str(fault))
        if broken is None:
            self._say(200, told)
        else:
            broken()

    def _broken(self, told: bytes) -> dict[str, Callable[[], None]]:
        """What else it does than to answer."""
        return {
            "error_500": lambda: self._say(500, _PAGE),
            "undecryptable": lambda: self._say(200, _GARBAGE),
            "no_json": lambda: self._say(200, _PAGE),
            "timeout_before": self._wait,
            "timeout_after": self._wait,
            "reset_before": self._reset,
            "reset_after": self._reset,
            "half_answer": lambda: self._half(told),
            "twice": lambda: self._say(200, told, times=2),
        }

    def _told(self, reply: Reply) -> bytes:
        member = "data" if reply.code == OK else "msg"
        text = encrypted(reply.text.encode(), self._platform.credentials.key)
        return encode({"code": reply.code, member: text})

    def _say(self, status: int, body: bytes, *, times: int = 1) -> None:
        with contextlib.suppress(OSError):
            for _ in range(times):
                self._head(status, len(body))
                self.wfile.write(body)

    def _head(self, status: int, length: int) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(length))
        self.end_headers()

    def _wait(self) -> None:
        time.sleep(self._platform.pause_s)
        self.close_connection = True

    def _half(self, body: bytes) -> None:
        with contextlib.suppress(OSError):
            self._head(200, len(body))
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
        self._reset()

    def _reset(self) -> None:
        """Closes with a reset, as a proxy that dies does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        # `shutdown_request` of the library would say goodbye first.
        self.connection.close()
        self.close_connection = True

    def log_message(self, *_: Any) -> None:  # noqa: ANN401 - the library's
        """Says nothing."""


@contextmanager
def standing_in(platform: Platform, port: int = 0) -> Iterator[str]:
    """The base address of a stand-in on this machine, as long as the block lasts.

    Raises:
        OSError: the port is taken.
    """
    with _Server(("127.0.0.1", port), _Handler) as server:
        server.platform = platform
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
