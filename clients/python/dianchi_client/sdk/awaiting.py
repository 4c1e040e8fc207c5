"""The driver that awaits: the same effects, in an event loop."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from typing import Final, NamedTuple, TypeVar, assert_never, cast

import anyio
import anyio.to_thread
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
Source = Iterable[Mapping[str, object]] | AsyncIterable[Mapping[str, object]]


class _Stream(NamedTuple):
    response: httpx.Response
    parts: AsyncIterator[bytes]


class Awaiting:
    """Runs calls over one pool of connections."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http: Final = http

    async def run(self, call: Call[T], source: Source = ()) -> T:
        """Runs a call to its end.

        Args:
            call: to run.
            source: what it takes from.

        Raises:
            Exception: what the call raises, or the source.
        """
        reports = _awaited(source)
        became: object = None
        try:
            while True:
                became = await self._do(call.send(became), reports)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]  # a generator's end is not typed
        finally:
            call.close()

    async def _do(self, effect: Effect, reports: AsyncIterator[Mapping[str, object]]) -> object:
        match effect:
            case Request():
                return await (self._open(effect) if effect.stays else self._ask(effect))
            case Hear(Opened(stream)):
                return await _heard(cast("_Stream", stream))
            case Shut(Opened(stream)):
                await cast("_Stream", stream).response.aclose()
                return None
            case Pause(seconds):
                await anyio.sleep(seconds)
                return None
            case Take(most):
                return await _next(reports, most)
            case Work(act):
                return await anyio.to_thread.run_sync(act)
            case _:
                assert_never(effect)

    async def _open(self, request: Request) -> Answer | Lost | Opened:
        try:
            made = self.http.build_request(**arguments(request))
            response = await self.http.send(made, stream=True)
            if response.is_success:
                return Opened(_Stream(response, response.aiter_bytes()))
            try:
                return answer(response, await response.aread())
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            return lost(error)

    async def _ask(self, request: Request) -> Answer | Lost:
        try:
            with anyio.fail_after(request.timeout_s):
                async with self.http.stream(**arguments(request)) as response:
                    return answer(response, await response.aread())
        except TimeoutError:
            return Lost("the answer trickles", sent=True, timed_out=True)
        except httpx.HTTPError as error:
            return lost(error)


async def _heard(stream: _Stream) -> bytes | Lost | None:
    try:
        return await anext(stream.parts, None)
    except httpx.HTTPError as error:
        return lost(error)


async def _awaited(source: Source) -> AsyncIterator[Mapping[str, object]]:
    if isinstance(source, AsyncIterable):
        async for report in source:
            yield report
    else:
        for report in source:
            yield report


async def _next(
    reports: AsyncIterator[Mapping[str, object]], most: int
) -> list[Mapping[str, object]]:
    taken: list[Mapping[str, object]] = []
    async for report in reports:
        taken.append(report)
        if len(taken) == most:
            break
    return taken
