"""`Client`: the service as an object. Its twin for event loops is `AsyncClient`."""

from collections.abc import Callable, Iterator
from functools import wraps
from types import TracebackType
from typing import Concatenate, Final, Generic, ParamSpec, Self, TypeVar, Unpack

import httpx

from dianchi_client.sdk import calls
from dianchi_client.sdk.batches import Plan, journal_of, send_all
from dianchi_client.sdk.feed import Heard, Place, end_of_log
from dianchi_client.sdk.opening import Options, opened, told_as
from dianchi_client.sdk.rows import Tally
from dianchi_client.sdk.session import Session
from dianchi_client.sdk.shapes import CloudEvent, Page
from dianchi_client.sdk.waiting import Source, Waiting
from dianchi_client.sdk.wire import Call

P = ParamSpec("P")
T = TypeVar("T")


class Pages(Generic[T]):
    """A list of the service: iterates over its items, and asks for a page when it needs one."""

    def __init__(self, session: Session, driver: Waiting, listing: calls.Listing[T]) -> None:
        self._session = session
        self._driver = driver
        self._listing = listing

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page["items"]

    def pages(self) -> Iterator[Page[T]]:
        """The pages themselves, each with the `log_index` that it reflects."""
        cursor: str | None = None
        while True:
            page = self._driver.run(self._listing.page(self._session, cursor))
            yield page
            cursor = page["next"]
            if cursor is None:
                return


class Feed:
    """The log as it grows: iterates over its events for ever, in the order of the log.

    Attributes:
        after: the log index of what was given last; keep it with what you make of it, and begin
            behind it the next time.
    """

    def __init__(self, session: Session, driver: Waiting, after: int | None) -> None:
        self._session = session
        self._driver = driver
        self._place = Place(after)
        self.after = after

    def __iter__(self) -> Iterator[CloudEvent]:
        for came in self.beats():
            for event in came.events:
                self.after = int(event["id"])
                yield event
            self.after = came.reached

    def beats(self) -> Iterator[Heard]:
        """What comes together; nothing, every 15 seconds, while nothing is recorded."""
        try:
            while True:
                yield self._driver.run(self._place.more(self._session))
        finally:
            self._driver.run(self._place.left())


def _waits(
    call: Callable[Concatenate[Session, P], Call[T]],
) -> Callable[Concatenate["Client", P], T]:
    """The method that runs a call."""

    @wraps(call)
    def method(client: "Client", /, *args: P.args, **named: P.kwargs) -> T:
        return client.driver.run(call(client.session, *args, **named))

    method.__signature__ = told_as(call, None)  # type: ignore[attr-defined]  # read by inspect
    return method


def _pages(listing: Callable[P, calls.Listing[T]]) -> Callable[Concatenate["Client", P], Pages[T]]:
    """The method that gives a list."""

    @wraps(listing)
    def method(client: "Client", /, *args: P.args, **named: P.kwargs) -> Pages[T]:
        return Pages(client.session, client.driver, listing(*args, **named))

    method.__signature__ = told_as(listing, Pages)  # type: ignore[attr-defined]  # read by inspect
    return method


class Client:
    """The service, as whoever holds a key meets it. May be used by several threads.

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
        transport: httpx.BaseTransport | None = None,
        **options: Unpack[Options],
    ) -> None:
        session, arguments = opened(url, key, options)
        self.session: Final = session
        self.driver: Final = Waiting(httpx.Client(**arguments, transport=transport))

    report = _waits(calls.report)
    battery = _waits(calls.battery)
    genealogy = _waits(calls.genealogy)
    event = _waits(calls.event)
    leaf = _waits(calls.leaf)
    receipt = _waits(calls.receipt)
    bundle = _waits(calls.bundle)
    upload_receipt = _waits(calls.upload_receipt)
    label = _waits(calls.label)
    me = _waits(calls.me)
    end_of_log = _waits(end_of_log)
    history = _pages(calls.history)
    batteries = _pages(calls.batteries)
    findings = _pages(calls.findings)
    sites = _pages(calls.sites)

    def feed(self, *, after: int | None = None) -> Feed:
        """What is recorded and you may see, as it comes; goes on by itself where the line breaks.

        Args:
            after: log index behind which to begin; -1: all; None: from now on.
        """
        return Feed(self.session, self.driver, after)

    def report_many(self, reports: Source, **plan: Unpack[Plan]) -> Tally:
        """Records all reports of a source, batch by batch; see `Plan`.

        Raises:
            DianchiError: it had to stop; what was settled is in the journal, and the same source
                with the same journal goes on from there.
        """
        with journal_of(plan) as journal:
            return self.driver.run(send_all(self.session, journal, plan), reports)

    def close(self) -> None:
        """Closes its connections."""
        self.driver.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
