"""A bad line on loopback: resets, stalls, cuts and repeats whole requests between two ends.

Faults are dealt like cards, so that a short run meets each of them, too. Nothing here knows what
the requests mean.
"""

import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Self

Line = socket.socket
_CHUNK: Final = 65_536
_RESET: Final = struct.pack("ii", 1, 0)
_PAGE: Final = b"<html><body>gateway</body></html>"


class Faulty:
    """Listens on a port of its own and passes requests on, some of them badly.

    Args:
        port: where the service listens.
        seed: of the dealer.
        goods: how many requests pass unharmed for each round of faults.
        faults: names of methods; all of them by default.
    """

    KINDS: Final = (
        *("reset_before", "reset_within", "reset_after", "cut_answer", "stall"),
        *("twice", "again_later", "gateway", "portal"),
    )

    def __init__(
        self, port: int, *, seed: int = 1, goods: int = 9, faults: Sequence[str] = KINDS
    ) -> None:
        self._to = port
        self._dice = random.Random(seed)
        self._deck: Sequence[str] = [*faults, *["good"] * goods]
        self._cards: list[str] = []
        self._later: list[bytes] = []
        self._lock = threading.Lock()
        self.met: Counter[str] = Counter()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: Line) -> None:
        with suppress(OSError), client:
            while request := read_message(client):
                fault = self._deal()
                act: Callable[[Line, bytes], bool] = getattr(self, f"_{fault}")
                if not act(client, request):
                    return

    def _deal(self) -> str:
        with self._lock:
            if not self._cards:
                self._cards = self._dice.sample(self._deck, len(self._deck))
            card = self._cards.pop()
            self.met[card] += 1
            return card

    def _good(self, client: Line, request: bytes) -> bool:
        client.sendall(self._passed(request))
        with self._lock:
            old, self._later = self._later, []
        for stale in old:
            self._passed(stale)
        return True

    def _reset_before(self, client: Line, _: bytes) -> bool:
        return _reset(client)

    def _reset_within(self, client: Line, request: bytes) -> bool:
        with self._line() as service:
            service.sendall(request[: self._dice.randrange(1, len(request))])
            _reset(service)
        return _reset(client)

    def _reset_after(self, client: Line, request: bytes) -> bool:
        self._passed(request)
        return _reset(client)

    def _cut_answer(self, client: Line, request: bytes) -> bool:
        answer = self._passed(request)
        client.sendall(answer[: self._dice.randrange(1, len(answer))])
        return False

    def _stall(self, client: Line, request: bytes) -> bool:
        self._passed(request)
        # Says nothing more, until whoever waits has had enough.
        while client.recv(_CHUNK):
            pass
        return False

    def _twice(self, client: Line, request: bytes) -> bool:
        again = threading.Thread(target=self._passed, args=(request,), daemon=True)
        again.start()
        client.sendall(self._passed(request))
        again.join()
        return True

    def _again_later(self, client: Line, request: bytes) -> bool:
        client.sendall(self._passed(request))
        with self._lock:
            self._later.append(request)
        return True

    def _gateway(self, client: Line, _: bytes) -> bool:
        return _page(client, b"502 Bad Gateway")

    def _portal(self, client: Line, _: bytes) -> bool:
        return _page(client, b"200 OK")

    def _line(self) -> Line:
        return socket.create_connection(("127.0.0.1", self._to), timeout=60)

    def _passed(self, request: bytes) -> bytes:
        with self._line() as service:
            service.sendall(request)
            answer = read_message(service)
        if not answer:
            raise ConnectionError("the service says nothing")
        return answer


def read_message(line: Line) -> bytes:
    """One message of HTTP/1.1 with a length; empty where the other end has none to say."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = line.recv(_CHUNK)
        if not part:
            return b""
        data += part
    head = data.partition(b"\r\n\r\n")[0]
    size = len(head) + 4 + _length(head)
    parts, have = [data], len(data)
    while have < size:
        parts.append(line.recv(_CHUNK))
        if not parts[-1]:
            return b""
        have += len(parts[-1])
    return b"".join(parts)


def _length(head: bytes) -> int:
    for field in head.split(b"\r\n")[1:]:
        name, _, value = field.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _page(client: Line, status: bytes) -> bool:
    head = b"HTTP/1.1 %b\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
    client.sendall(head % (status, len(_PAGE)) + _PAGE)
    return True


def _reset(line: Line) -> bool:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    line.close()
    return False
