"""One request to a webhook: to an address that was checked, within bounds, no redirects followed.

A name is resolved once, for each connection, and the connection goes to the very address that was
looked at: whoever answers differently the second time is not asked a second time. Certificates are
checked against the name. Neither proxies nor cookies; of an answer no more than `MOST_ANSWERED`.
"""

import asyncio
import contextlib
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NamedTuple

import httpcore
import structlog

from dianchi.domain.refusals import Malformed
from dianchi.webhooks.targets import Reach, Target, UnreachableError, must_be_allowed, parse_target

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""All addresses of a host."""
WITHIN_S: Final = 15.0
CONNECT_S: Final = 5.0
MOST_ANSWERED: Final = 64 * 1024
MOST_CONNECTIONS: Final = 64
_IDLE_S: Final = 30.0
_LONGEST_WAIT_S: Final = 3600
_TIMEOUTS: Final = {"connect": CONNECT_S, "read": WITHIN_S, "write": WITHIN_S, "pool": WITHIN_S}
log: Final = structlog.get_logger()


class Outcome(NamedTuple):
    """What became of a request.

    Attributes:
        status: that was answered, if anything was.
        fault: why it was not taken; None where it was.
        took_ms: milliseconds.
        wait_s: seconds that the receiver asks to be left alone.
    """

    status: int | None
    fault: str | None
    took_ms: int
    wait_s: int = 0


async def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host, by the system's resolver.

    Raises:
        OSError: it has none.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were checked, and to nothing else."""

    def __init__(
        self,
        reach: Reach,
        find: Resolve = resolve,
        inner: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._reach = reach
        self._find = find
        self._inner = inner or httpcore.AnyIOBackend()

    async def connect_tcp(  # type: ignore[no-untyped-def]  # options are of httpcore's own type
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own
        local_address: str | None = None,
        socket_options=None,  # noqa: ANN001
    ) -> httpcore.AsyncNetworkStream:
        """A connection; one address that is not allowed spoils them all.

        Raises:
            UnreachableError: `not_resolved` or `address_not_allowed`.
        """
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._find(host, port)
        except (OSError, UnicodeError):
            raise UnreachableError("not_resolved") from None
        if not addresses:
            raise UnreachableError("not_resolved")
        for address in addresses:
            must_be_allowed(host, address, self._reach)
        return await self._inner.connect_tcp(
            addresses[0], port, timeout, local_address, socket_options
        )

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await self._inner.sleep(seconds)


class Sender:
    """Sends to webhooks.

    Args:
        reach: where they may lead.
        backend: what connects.
    """

    def __init__(self, reach: Reach, backend: httpcore.AsyncNetworkBackend | None = None) -> None:
        self._reach = reach
        self._pool = httpcore.AsyncConnectionPool(
            network_backend=backend or CheckedBackend(reach),
            max_connections=MOST_CONNECTIONS,
            keepalive_expiry=_IDLE_S,
        )

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Sends one message. Nothing that the other side does raises."""
        outcome, _ = await self.ask(url, headers, body)
        return outcome

    async def ask(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[Outcome, bytes]:
        """The same, and what was answered: the first `MOST_ANSWERED` bytes, all or none."""
        began = time.monotonic()
        status, fault, wait_s, answer = None, None, 0, b""
        try:
            target = parse_target(url, self._reach)
            async with asyncio.timeout(WITHIN_S):
                status, wait_s, answer = await self._post(target, headers, body)
            fault = _fault_of(status)
        except Malformed:
            # The rules became stricter since it was given.
            fault = "address_not_allowed"
        except UnreachableError as error:
            fault = str(error)
        except (TimeoutError, httpcore.TimeoutException):
            fault = "timed_out"
        except (httpcore.NetworkError, OSError):
            fault = "no_connection"
        except httpcore.ProtocolError:
            fault = "no_http"
        except Exception:
            # One receiver must not end what sends to all others.
            log.exception("webhook not sent")
            fault = "no_connection"
        took_ms = round(1000 * (time.monotonic() - began))
        return Outcome(status, fault, took_ms, wait_s), answer

    async def _post(
        self, target: Target, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, int, bytes]:
        url = httpcore.URL(
            scheme=target.scheme, host=target.host.strip("[]"), port=target.port, target=target.path
        )
        host = target.host if target.port in (80, 443) else f"{target.host}:{target.port}"
        told = [("host", host), ("content-length", str(len(body))), *headers.items()]
        answering = self._pool.stream(
            "POST", url, headers=told, content=body, extensions={"timeout": _TIMEOUTS}
        )
        async with answering as answer:
            read = await _read_away(answer)
            return answer.status, _wait_of(answer.headers), read

    async def aclose(self) -> None:
        """Closes what is open."""
        await self._pool.aclose()


async def _read_away(answer: httpcore.Response) -> bytes:
    """Reads an answer so that its connection can be used again; not without end."""
    read = bytearray()
    async with contextlib.aclosing(answer.aiter_stream()) as parts:  # type: ignore[type-var]
        async for part in parts:
            read += part
            if len(read) > MOST_ANSWERED:
                return b""
    return bytes(read)


def _fault_of(status: int) -> str | None:
    if 200 <= status < 300:  # noqa: PLR2004 - HTTP's own numbers
        return None
    return "redirected" if 300 <= status < 400 else "refused"  # noqa: PLR2004


def _wait_of(headers: list[tuple[bytes, bytes]]) -> int:
    told = next((value for name, value in headers if name.lower() == b"retry-after"), b"")
    return min(int(told[:9]), _LONGEST_WAIT_S) if told.isdigit() else 0
