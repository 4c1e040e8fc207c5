"""Our own load generator: raw sockets, bytes made beforehand, one process of its own.

A fresh machine has no `wrk`, and asyncio clients cost as much as the server they measure. This one
waits in `epoll`, sends prepared bytes and reads only status and length of an answer: some 15 us a
request, which the table shows beside the server's.
"""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length: "
_MOST: Final = 1 << 18
_PATIENCE_S: Final = 60.0
STATUS: Final = slice(9, 12)
"""Where the status stands in an answer."""


class NotServedError(Exception):
    """The service refused or failed what the generator sent."""


@dataclass(frozen=True, slots=True)
class Driven:
    """What a drive saw: its time, each answer's wait, how often each status came."""

    seconds: float
    cpu_us: float
    waits_s: list[float]
    statuses: Counter[str]
    received: int
    last: bytes
    odd: bytes
    """The first answer that was no success; empty when all were."""

    @property
    def body(self) -> bytes:
        """Of the last answer."""
        return self.last.partition(_END)[2]

    def must_succeed(self) -> None:
        """Raises when an answer was no success: a drive of errors is fast and worth nothing."""
        if self.odd:
            raise NotServedError(
                f"{dict(self.statuses)}: {self.odd[-600:].decode(errors='replace')}"
            )


@dataclass(slots=True)
class Line:
    """One kept-alive connection."""

    socket: socket.socket
    began: float = 0.0
    got: list[bytes] = field(default_factory=list)
    missing: int = -1

    def send(self, request: bytes) -> None:
        """Sends a request and begins to wait for its answer."""
        self.got, self.missing = [], -1
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Takes what came; whether the answer is whole."""
        part = self.socket.recv(_MOST)
        if not part:
            raise ConnectionError("the service closed a connection")
        self.got.append(part)
        if self.missing >= 0:
            self.missing -= len(part)
        else:
            self._measure()
        return self.missing == 0

    def _measure(self) -> None:
        head = self.got[0] if len(self.got) == 1 else b"".join(self.got)
        end = head.find(_END)
        if end < 0:
            return
        at = head.find(_LENGTH, 0, end)
        length = int(head[at + len(_LENGTH) : head.find(b"\r", at)]) if at >= 0 else 0
        self.missing = end + len(_END) + length - sum(map(len, self.got))


def drive(port: int, requests: Sequence[bytes], connections: int) -> Driven:
    """Sends every request once, over so many connections, each with one in flight."""
    with opened(port, connections) as (selector, lines):
        return _drive(selector, lines, iter(requests), len(requests))


@contextmanager
def opened(port: int, connections: int) -> Iterator[tuple[selectors.BaseSelector, list[Line]]]:
    """So many connections, and what waits for their answers; closed when the block ends."""
    lines = [Line(socket.create_connection(("127.0.0.1", port))) for _ in range(connections)]
    try:
        with selectors.DefaultSelector() as selector:
            for line in lines:
                line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(line.socket, selectors.EVENT_READ, line)
            yield selector, lines
    finally:
        for line in lines:
            line.socket.close()


def _drive(
    selector: selectors.BaseSelector, lines: list[Line], waiting: Iterator[bytes], count: int
) -> Driven:
    waits: list[float] = []
    statuses: Counter[bytes] = Counter()
    received, odd, last = 0, b"", lines[0]
    began, cpu = time.perf_counter(), time.process_time()
    for line, request in zip(lines, waiting, strict=False):
        line.send(request)
    while len(waits) < count:
        ready = selector.select(_PATIENCE_S)
        if not ready:
            raise TimeoutError("the service does not answer")
        for key, _ in ready:
            line = key.data
            if not line.receive():
                continue
            waits.append(time.perf_counter() - line.began)
            status = line.got[0][STATUS]
            statuses[status] += 1
            received += sum(map(len, line.got))
            if status[:1] != b"2" and not odd:
                odd = b"".join(line.got)
            request = next(waiting, b"")
            if request:
                line.send(request)
            last = line
    return Driven(
        time.perf_counter() - began,
        (time.process_time() - cpu) * 1e6,
        waits,
        Counter({key.decode(): n for key, n in statuses.items()}),
        received,
        b"".join(last.got),
        odd,
    )


def get(path: str, key: str) -> bytes:
    """A GET request."""
    return (f"GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\n\r\n").encode()


def post(path: str, key: str, body: bytes) -> bytes:
    """A POST request with a JSON body."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
