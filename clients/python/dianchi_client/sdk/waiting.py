"""The driver that waits: effects happen in the caller's thread."""

import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final, NamedTuple, TypeVar, assert_never, cast

import httpx

from dianchi_client.sdk.http import answer, arguments, lost
from dianchi_client.sdk.wire import (
    Answer,
    Call,
    Effect,
    Hear,
    Lost,
    Opened,
    Pause,
    Request,
    Shut,
    Take,
    Work,
)

T = TypeVar("T")
Source = Iterable[Mapping[str, object]]


class _Stream(NamedTuple):
    response: httpx.Response
    parts: Iterator[bytes]


class Waiting:
    """Runs calls over one pool of connections."""

    def __init__(self, http: httpx.Client) -> None:
        self.http: Final = http

    def run(self, call: Call[T], source: Source = ()) -> T:
        """Runs a call to its end.

        Args:
            call: to run.
            source: what it takes from.

        Raises:
            Exception: what the call raises, or the source.
        """
        reports = iter(source)
        became: object = None
        try:
            while True:
                became = self._do(call.send(became), reports)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]  # a generator's end is not typed
        finally:
            call.close()

    def _do(self, effect: Effect, reports: Iterator[Mapping[str, object]]) -> object:
        match effect:
            case Request():
                return self._open(effect) if effect.stays else self._ask(effect)
            case Hear(Opened(stream)):
                return _heard(cast("_Stream", stream))
            case Shut(Opened(stream)):
                cast("_Stream", stream).response.close()
                return None
            case Pause(seconds):
                time.sleep(seconds)
                return None
            case Take(most):
                return list(islice(reports, most))
            case Work(act):
                return act()
            case _:
                assert_never(effect)

    def _open(self, request: Request) -> Answer | Lost | Opened:
        try:
            made = self.http.build_request(**arguments(request))
            response = self.http.send(made, stream=True)
            if response.is_success:
                return Opened(_Stream(response, response.iter_bytes()))
            try:
                return answer(response, response.read())
            finally:
                response.close()
        except httpx.HTTPError as error:
            return lost(error)

    def _ask(self, request: Request) -> Answer | Lost:
        until, body = time.monotonic() + request.timeout_s, bytearray()
        try:
            with self.http.stream(**arguments(request)) as response:
                for part in response.iter_bytes():
                    body += part
                    if time.monotonic() > until:
                        return Lost("the answer trickles", sent=True, timed_out=True)
                return answer(response, bytes(body))
        except httpx.HTTPError as error:
            return lost(error)


def _heard(stream: _Stream) -> bytes | Lost | None:
    try:
        return next(stream.parts, None)
    except httpx.HTTPError as error:
        return lost(error)
