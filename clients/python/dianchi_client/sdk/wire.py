"""What a call wants done and what became of it, as plain data: nothing here touches a network."""

from collections.abc import Callable, Generator, Mapping
from typing import Any, Final, NamedTuple, TypeVar, cast

T = TypeVar("T")
JSON: Final = "application/json"
LINES: Final = "application/x-ndjson"
FORM: Final = "application/x-www-form-urlencoded"


class Request(NamedTuple):
    """One request, as often as it is sent.

    Attributes:
        method: of HTTP.
        path: from the root of the service, percent-encoded.
        query: pairs.
        body: its bytes.
        kind: the media type of the body.
        authorization: the header of that name; None: to be filled in.
        timeout_s: how long one try may take.
        stays: the answer is a stream, which stays open: a good one becomes `Opened`.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    kind: str = JSON
    authorization: str | None = None
    timeout_s: float = 30.0
    stays: bool = False


class Answer(NamedTuple):
    """What the service answered; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Lost(NamedTuple):
    """No answer came.

    Attributes:
        why: what the network said.
        sent: the request may have reached the service.
        timed_out: it took too long.
        for_good: another try would end alike, as with a certificate that is not trusted.
    """

    why: str
    sent: bool
    timed_out: bool = False
    for_good: bool = False


class Opened(NamedTuple):
    """A stream that is open; what it is stays with the driver."""

    stream: object


class Hear(NamedTuple):
    """Waits for the next bytes of a stream: bytes, None at its end, or `Lost`."""

    opened: Opened


class Shut(NamedTuple):
    """Closes a stream."""

    opened: Opened


class Pause(NamedTuple):
    """Waits."""

    seconds: float


class Take(NamedTuple):
    """Takes up to so many from the source of reports; fewer only at its end."""

    most: int


class Work(NamedTuple):
    """Does something that may wait for the disk."""

    act: Callable[[], object]


Effect = Request | Hear | Shut | Pause | Take | Work
Call = Generator[Effect, Any, T]
"""A call as a driver runs it: it yields effects, is sent what became of each, and returns."""


def sent(request: Request) -> Call["Answer | Lost"]:
    """Sends a request once."""
    return cast("Answer | Lost", (yield request))


def heard(opened: Opened) -> Call["bytes | Lost | None"]:
    """The next bytes of a stream; None at its end."""
    return cast("bytes | Lost | None", (yield Hear(opened)))


def shut(opened: Opened) -> Call[None]:
    """Closes a stream."""
    yield Shut(opened)


def paused(seconds: float) -> Call[None]:
    """Waits."""
    yield Pause(seconds)


def taken(most: int) -> Call[list[Mapping[str, object]]]:
    """The next reports of the source."""
    return cast("list[Mapping[str, object]]", (yield Take(most)))


def worked(act: Callable[[], T]) -> Call[T]:
    """What some work on the disk gave."""
    return cast("T", (yield Work(act)))
