"""Connections held open (slow-loris) over real sockets: they keep nobody out, and are let go."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
import uvicorn

from dianchi.api.app import with_door
from dianchi.api.connections import Held, Patience, config_of
from dianchi.wiring import application
from support.api import Api, produced
from support.process import free_port

PATIENCE = Patience(most=1000)
AT_LAST_S = 30
"""Ends a test whose connection is never closed; no answer is expected to take so long."""
HEAD = b"POST /v1/events HTTP/1.1\r\nhost: t\r\n"
BODY = HEAD + b"authorization: Bearer %b\r\ncontent-length: %d\r\n\r\n"


async def until(true: Callable[[], bool]) -> None:
    """Lets the service go on until something is true."""
    async with asyncio.timeout(AT_LAST_S):
        while not true():  # noqa: ASYNC110 - the server tells of none of this
            await asyncio.sleep(0.001)


class Hand:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


class Served:
    """A service that listens, and its connections."""

    def __init__(self, api: Api, patience: Patience) -> None:
        self.api, self.port, self.hand = api, free_port(), Hand()
        self.held = Held(patience, self.hand)
        app = application()
        app.state.services = api.services
        self.server = uvicorn.Server(config_of(with_door(app), "127.0.0.1", self.port, self.held))

    async def open(self, said: bytes = b"") -> "Caller":
        """A connection that says something, once the service has it."""
        before = len(self.held)
        caller = Caller(*await asyncio.open_connection("127.0.0.1", self.port))
        await until(lambda: len(self.held) != before or before == self.held.patience.most)
        await caller.say(said)
        return caller

    async def later(self, seconds: float) -> None:
        """What was sent has arrived, and this time has gone by."""
        for _ in range(10):
            await asyncio.sleep(0.001)
        self.hand.at += seconds
        self.held.sweep()


class Caller:
    """One end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, said: bytes) -> None:
        """Sends it, unless the service has closed."""
        with suppress(ConnectionError):
            self.writer.write(said)
            await self.writer.drain()

    async def answer(self) -> bytes:
        """Everything until the service closes; a reset is an end, too."""
        said = bytearray()
        with suppress(ConnectionResetError):
            async with asyncio.timeout(AT_LAST_S):
                while part := await self.reader.read(65536):
                    said += part
        self.close()
        return bytes(said)

    def close(self) -> None:
        self.writer.close()


@asynccontextmanager
async def serving(api: Api, patience: Patience = PATIENCE) -> AsyncIterator[Served]:
    served = Served(api, patience)
    running = asyncio.create_task(served.server.serve())
    await until(lambda: served.server.started)
    try:
        yield served
    finally:
        for each in list(served.held):
            each.transport.abort()
        served.server.should_exit = served.server.force_exit = True
        await running


async def report(served: Served, serial: int) -> int:
    """What an outlet is answered that comes now, on a connection of its own."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}", timeout=30) as http:
        headers = await served.api.headers("maker")
        return (await http.post("/v1/events", json=produced(serial), headers=headers)).status_code


async def recorded(api: Api) -> int:
    (row,) = await api.look("SELECT count(*) AS count FROM event")
    return int(row["count"])


SLOW = {
    "nothing": b"",
    "a part of a head": HEAD + b"x-a: b\r\n",
    "a head without its body": BODY % (b"dk_x", 1000),
    "a part of a body": BODY % (b"dk_x", 1000) + b'{"type":',
    "an answered request": b"GET /healthz HTTP/1.1\r\nhost: t\r\n\r\n",
}


@pytest.mark.parametrize("said", SLOW.values(), ids=SLOW.keys())
async def test_two_hundred_held_connections_keep_no_outlet_out(api: Api, said: bytes) -> None:
    async with serving(api, Patience(most=50)) as served:
        callers = [await served.open(said) for _ in range(200)]
        assert [await report(served, serial) for serial in range(1, 6)] == [201] * 5
        assert len(served.held) <= 50
        for caller in callers:
            caller.close()


@pytest.mark.parametrize("said", [*SLOW.values()][:4], ids=[*SLOW][:4])
async def test_whoever_does_not_send_is_let_go(api: Api, said: bytes) -> None:
    async with serving(api) as served:
        callers = [await served.open(said) for _ in range(200)]
        await served.later(10)
        assert len(served.held) == 200
        await served.later(25)
        for caller in callers:
            await caller.answer()
        assert not list(served.held)


async def test_a_byte_now_and_then_gains_nothing(api: Api) -> None:
    async with serving(api) as served:
        head, body = await served.open(HEAD), await served.open(BODY % (b"dk_x", 1000))
        for _ in range(4):
            await head.say(b"x")
            await body.say(b" ")
            await served.later(9)
        await head.answer()
        told = await body.answer()
    status, _, problem = told.partition(b"\r\n\r\n")
    assert status.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert json.loads(problem)["code"] == "body_too_slow"


async def test_a_slow_line_that_goes_on_sending_is_waited_for(api: Api) -> None:
    """As a phone in the mountains sends a photo: two kilobytes a second, for minutes."""
    key = (await api.key("maker")).encode()
    whole = json.dumps(produced(1)).encode().ljust(300_000)
    async with serving(api) as served:
        caller = await served.open(BODY % (key, len(whole)))
        for at in range(0, len(whole), 20_000):
            await caller.say(whole[at : at + 20_000])
            await served.later(10)
        assert (await caller.reader.readline()).startswith(b"HTTP/1.1 201")
        caller.close()


async def test_a_head_does_not_grow_without_end(api: Api) -> None:
    async with serving(api) as served:
        caller = await served.open(HEAD)
        for number in range(400):
            await caller.say(b"x-%d: %b\r\n" % (number, b"a" * 1000))
        told = await caller.answer()
        assert not list(served.held)
    # The answer may be lost when the client goes on sending into a closed connection.
    assert told.startswith(b"HTTP/1.1 431 ") or not told


async def test_whoever_stops_reading_is_let_go(api: Api) -> None:
    """Asks for more and more answers, and takes none."""
    async with serving(api) as served:
        asked = b"GET /openapi.json HTTP/1.1\r\nhost: t\r\n\r\n"
        caller = await served.open(asked * 50)
        await until(lambda: any(one.stuck for one in served.held))
        await served.later(100)
        assert len(served.held) == 1
        await served.later(25)
        assert not list(served.held)
        caller.close()


async def test_what_was_not_sent_to_its_end_is_not_recorded(api: Api) -> None:
    """What came is a whole report by chance."""
    key = (await api.key("maker")).encode()
    told = json.dumps(produced(1)).encode()
    async with serving(api) as served:
        caller = await served.open(BODY % (key, len(told) + 1) + told)
        await served.later(0)
        caller.close()
        await until(lambda: not served.held)
        assert await report(served, 2) == 201
    assert await recorded(api) == 1


async def test_who_is_overdue_is_looked_for_while_the_service_runs(api: Api) -> None:
    async with serving(api) as served:
        sweeping = asyncio.create_task(served.held.keep_sweeping())
        caller = await served.open()
        served.hand.at += 60
        await caller.answer()
        assert not list(served.held)
        sweeping.cancel()
