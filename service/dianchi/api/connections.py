"""Connections: whoever does not send, or does not read, is let go.

Holding a connection costs its owner nothing (slow-loris), so it may cost nobody else a place. The
server by itself waits for ever for a request that was begun, and for a reader that stopped.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Any, Final, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from dianchi.api.door import language
from dianchi.api.headers import Asgi
from dianchi.api.problems import MEDIA_TYPE, problem_bytes, refuse
from dianchi.domain.refusals import Refused

SWEEP_EVERY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, and for how many.

    Attributes:
        most: connections at once; when one more comes, the one that has owed the rest of its
            request for longest is let go.
        head_s: seconds until the head of a request is there, or its first byte.
        head_bytes: its size.
        body_s: seconds for a body, and one more for each `body_per_s` bytes that came of it.
        body_per_s: bytes a second that the slowest line brings (GPRS in the mountains).
        reading_s: seconds until a reader takes what fills its line.
    """

    most: int
    head_s: float = 15.0
    head_bytes: int = 64 * 1024
    body_s: float = 30.0
    body_per_s: int = 1024
    reading_s: float = 120.0


class _Owes(Enum):
    HEAD = "head"
    BODY = "body"
    NOTHING = "nothing"


class Held:
    """The connections of one server."""

    def __init__(self, patience: Patience, ticks: Callable[[], float] = time.monotonic) -> None:
        self.patience = patience
        self._ticks = ticks
        self._all: set[Connection] = set()
        # In the order in which they began to keep us waiting.
        self._waited_for: dict[Connection, None] = {}

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator["Connection"]:
        return iter(self._all)

    def connection(self, **parts: Any) -> "Connection":  # noqa: ANN401 - what uvicorn hands over
        """A new one, as uvicorn asks for it."""
        return Connection(self, **parts)

    def add(self, connection: "Connection") -> None:
        """One was opened: where there are too many, another goes, or it goes itself."""
        self._all.add(connection)
        if len(self._all) > self.patience.most:
            next(iter(self._waited_for), connection).let_go()

    def remove(self, connection: "Connection") -> None:
        """It is closed."""
        self._all.discard(connection)
        self._waited_for.pop(connection, None)

    def note(self, connection: "Connection") -> float:
        """It began to owe something else, or to read or stop reading; answers when."""
        self._waited_for.pop(connection, None)
        if connection.stuck or connection.owes is not _Owes.NOTHING:
            self._waited_for[connection] = None
        return self._ticks()

    def sweep(self) -> None:
        """Lets go who is overdue."""
        now = self._ticks()
        for connection in [one for one in self._all if one.overdue(now)]:
            connection.let_go()

    async def keep_sweeping(self) -> None:
        """Sweeps until it is cancelled."""
        while True:
            await asyncio.sleep(SWEEP_EVERY_S)
            self.sweep()


def config_of(app: Asgi, host: str, port: int, held: Held) -> uvicorn.Config:
    """How HTTP is served: without what the service does not need, and without endless patience."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        log_level="warning",
        access_log=False,
        http=cast("type[asyncio.Protocol]", held.connection),
        ws="none",
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        server_header=False,
        lifespan="off",
    )


class Connection(HttpToolsProtocol):
    """One connection, which knows what it owes and since when."""

    def __init__(self, held: Held, **parts: Any) -> None:  # noqa: ANN401 - uvicorn's
        super().__init__(**parts)
        self._held = held
        self.owes = _Owes.HEAD
        self.stuck = False
        self._taken = 0
        self._since = self._stuck_since = held.note(self)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """It is there."""
        super().connection_made(transport)
        self._held.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._held.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some of a request; a head may not grow without end."""
        self._taken += len(data)
        super().data_received(data)
        if self.owes is _Owes.HEAD and self._taken > self._held.patience.head_bytes:
            self._answer_and_close(_head_too_large(self._held.patience.head_bytes))

    def on_message_begin(self) -> None:
        """A request begins."""
        self._owe(_Owes.HEAD)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is there."""
        self._owe(_Owes.BODY)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it is there."""
        self._owe(_Owes.HEAD if self.cycle.response_complete else _Owes.NOTHING)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """It is answered; the server itself closes who is then silent for five seconds."""
        if self.owes is _Owes.NOTHING and not self.pipeline:
            self._owe(_Owes.HEAD)
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The line is full."""
        self.stuck = True
        self._stuck_since = self._held.note(self)
        super().pause_writing()

    def resume_writing(self) -> None:
        """The line takes more."""
        self.stuck = False
        self._held.note(self)
        super().resume_writing()

    def overdue(self, now: float) -> bool:
        """Whether it was waited for long enough."""
        patience = self._held.patience
        if self.stuck:
            return now - self._stuck_since > patience.reading_s
        if self.owes is _Owes.BODY:
            earned = self._taken / patience.body_per_s
            return now - self._since > patience.body_s + earned
        return self.owes is _Owes.HEAD and now - self._since > patience.head_s

    def let_go(self) -> None:
        """Closes it; whoever was sending a body is told why."""
        if self.owes is _Owes.BODY and not self.cycle.response_started:
            self._answer_and_close(_body_too_slow())
            return
        # What waits to be written would keep a connection open whose reader has stopped.
        self._held.remove(self)
        self.transport.abort()

    def _owe(self, owes: _Owes) -> None:
        self.owes, self._taken = owes, 0
        self._since = self._held.note(self)

    def _answer_and_close(self, refused: Refused) -> None:
        """Answers past the application, which is told that the client went."""
        self._held.remove(self)
        self.transport.write(_answer(refused, language(dict(self.scope))))
        self.transport.close()


def _answer(refused: Refused, reader: str) -> bytes:
    status, body = problem_bytes(refused, reader)
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body


def _body_too_slow() -> Refused:
    return refuse(
        "body_too_slow",
        ("内容传得太慢，连接已关闭", "the body came too slowly; the connection was closed"),
        (
            "请在网络好时重发，或分成多次提交；event_id 保证不会重复",
            "send it again on a better line, or split it; the event_id keeps it single",
        ),
    )


def _head_too_large(most: int) -> Refused:
    size = most // 1024
    return refuse(
        "head_too_large",
        (f"请求头超过 {size} KiB", f"the head of the request is larger than {size} KiB"),
        ("请缩短地址或删去多余的请求头", "shorten the address, or leave out headers"),
    )
