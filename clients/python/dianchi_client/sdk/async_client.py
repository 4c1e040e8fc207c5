"""`AsyncClient`: the service as an object, for event loops; the twin of `Client`."""

from collections.abc import AsyncIterator, Callable, Coroutine
from functools import wraps
from types import TracebackType
from typing import Any, Concatenate, Final, Generic, ParamSpec, Self, TypeVar, Unpack

import httpx

from dianchi_client.sdk import calls
from dianchi_client.sdk.awaiting import Awaiting, Source
from dianchi_client.sdk.batches import Plan, journal_of, send_all
from dianchi_client.sdk.feed import Heard, Place, end_of_log
from dianchi_client.sdk.opening import Options, opened, told_as
from dianchi_client.sdk.rows import Tally
from dianchi_client.sdk.session import Session
from dianchi_client.sdk.shapes import CloudEvent, Page
from dianchi_client.sdk.wire import Call

P = ParamSpec("P")
T = TypeVar("T")


class AsyncPages(Generic[T]):
    """A list of the service: iterates over its items, and asks for a page when it needs one."""

    def __init__(self, session: Session, driver: Awaiting, listing: calls.Listing[T]) -> None:
        self._session = session
        self._driver = driver
        self._listing = listing

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page["items"]:
                yield item

    async def pages(self) -> AsyncIterator[Page[T]]:
        """The pages themselves, each with the `log_index` that it reflects."""
        cursor: str | None = None
        while True:
            page = await self._driver.run(self._listing.page(self._session, cursor))
            yield page
            cursor = page["next"]
            if cursor is None:
                return


class AsyncFeed:
    """The log as it grows: iterates over its events for ever, in the order of the log.

    Attributes:
        after: the log index of what was given last; keep it with what you make of it, and begin
            behind it the next time.
    """

    def __init__(self, session: Session, driver: Awaiting, after: int | None) -> None:
        self._session = session
        self._driver = driver
        self._place = Place(after)
        self.after = after

    async def __aiter__(self) -> AsyncIterator[CloudEvent]:
        async for came in self.beats():
            for event in came.events:
                self.after = int(event["id"])
                yield event
            self.after = came.reached

    async def beats(self) -> AsyncIterator[Heard]:
        """What comes together; nothing, every 15 seconds, while nothing is recorded."""
        try:
            while True:
                yield await self._driver.run(self._place.more(self._session))
        finally:
            await self._driver.run(self._place.left())


def _awaits(
    call: Callable[Concatenate[Session, P], Call[T]],
) -> Callable[Concatenate["AsyncClient", P], Coroutine[Any, Any, T]]:
    """The method that runs a call."""

    @wraps(call)
    async def method(client: "AsyncClient", /, *args: P.args, **named: P.kwargs) -> T:
        return await client.driver.run(call(client.session, *args, **named))

    method.__signature__ = told_as(call, None)  # type: ignore[attr-defined]  # read by inspect
    return method


def _pages(
    listing: Callable[P, calls.Listing[T]],
) -> Callable[Concatenate["AsyncClient", P], AsyncPages[T]]:
    """The method that gives a list."""

    @wraps(listing)
    def method(client: "AsyncClient", /, *args: P.args, **named: P.kwargs) -> AsyncPages[T]:
        return AsyncPages(client.session, client.driver, listing(*args, **named))

    method.__signature__ = told_as(listing, AsyncPages)  # type: ignore[attr-defined]  # read by inspect
    return method


class AsyncClient:
    """The service, as whoever holds a key meets it, in an event loop (asyncio or trio).

    Args:
        url: where it is; `DIANCHI_URL` or the file of settings where it is not given.
        key: an API key; `DIANCHI_KEY` or the file of settings where it is not given.
        transport: of httpx, for what it can do and this does not.
        options: how the client behaves; see `Options`.

    Raises:
        NotConfigured: no address, no key, or an address that would show the key on its way.
    """

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        **options: Unpack[Options],
    ) -> None:
        session, arguments = opened(url, key, options)
        self.session: Final = session
        self.driver: Final = Awaiting(httpx.AsyncClient(**arguments, transport=transport))

    report = _awaits(calls.report)
    battery = _awaits(calls.battery)
    genealogy = _awaits(calls.genealogy)
    event = _awaits(calls.event)
    leaf = _awaits(calls.leaf)
    receipt = _awaits(calls.receipt)
    bundle = _awaits(calls.bundle)
    upload_receipt = _awaits(calls.upload_receipt)
    label = _awaits(calls.label)
    me = _awaits(calls.me)
    end_of_log = _awaits(end_of_log)
    history = _pages(calls.history)
    batteries = _pages(calls.batteries)
    findings = _pages(calls.findings)
    sites = _pages(calls.sites)

    def feed(self, *, after: int | None = None) -> AsyncFeed:
        """What is recorded and you may see, as it comes; goes on by itself where the line breaks.

        Args:
            after: log index behind which to begin; -1: all; None: from now on.
        """
        return AsyncFeed(self.session, self.driver, after)

    async def report_many(self, reports: Source, **plan: Unpack[Plan]) -> Tally:
        """Records all reports of a source, batch by batch; see `Plan`.

        Raises:
            DianchiError: it had to stop; what was settled is in the journal, and the same source
                with the same journal goes on from there.
        """
        with journal_of(plan) as journal:
            return await self.driver.run(send_all(self.session, journal, plan), reports)

    async def close(self) -> None:
        """Closes its connections."""
        await self.driver.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
