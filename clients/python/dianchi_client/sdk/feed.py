"""The log as it grows: followed, lost, and taken up again where it was, without a network."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from dianchi_client.sdk.failures import UnexpectedAnswer
from dianchi_client.sdk.session import Session
from dianchi_client.sdk.shapes import CloudEvent
from dianchi_client.sdk.wire import Answer, Call, Lost, Opened, Request, heard, paused, shut

_PATH = "/v1/feed"
_CLOSED = Lost("the stream ended", sent=True)
_GOOD = range(200, 300)
_BREATH_S = 1.0
"""Before a line that broke is opened again, however often it breaks."""


class Heard(NamedTuple):
    """What came together: events, or none where the service only says that it lives.

    Attributes:
        events: in the order of the log.
        reached: the log index up to which it was looked through: begin behind it again.
    """

    events: list[CloudEvent]
    reached: int


class Place:
    """Where a follower is in the log.

    Args:
        after: log index behind which it begins; -1: at the first entry; None: with what comes now.
    """

    def __init__(self, after: int | None) -> None:
        self.after = after
        self._opened: Opened | None = None
        self._buffer = b""

    def more(self, session: Session) -> Call[Heard]:
        """What comes next; waits for it, and comes again by itself where the line broke.

        Raises:
            DianchiError: refused for good, or nothing answered for as long as one is patient.
        """
        if self.after is None:
            self.after = yield from end_of_log(session)
        while True:
            found = self._read()
            if found is not None:
                self.after = found.reached
                return found
            yield from self._listen(session)

    def left(self) -> Call[None]:
        """Lets go of the line."""
        opened, self._opened, self._buffer = self._opened, None, b""
        if opened is not None:
            yield from shut(opened)

    def _listen(self, session: Session) -> Call[None]:
        """The next bytes, on a line that is opened where there is none."""
        if self._opened is None:
            self._opened = yield from self._open(session)
        part = yield from heard(self._opened)
        if isinstance(part, bytes):
            self._buffer += part.replace(b"\r", b"")
            return
        yield from self.left()
        # Patience begins now: the line may have been good for days.
        yield from paused(_BREATH_S + session.attempts().wait_s(part or _CLOSED))

    def _open(self, session: Session) -> Call[Opened]:
        request = Request("GET", _PATH, (("after", str(self.after)),))
        attempts = session.attempts()
        while True:
            outcome = yield from session.listened(request, attempts)
            if isinstance(outcome, Opened):
                return outcome
            yield from paused(attempts.wait_s(outcome))

    def _read(self) -> Heard | None:
        """The whole messages of what came; None where there is none."""
        whole, mark, self._buffer = self._buffer.rpartition(b"\n\n")
        if not mark:
            return None
        events, reached = [], None
        for place, event in map(_told, _messages(whole)):
            reached = place if place is not None else reached
            if event is not None:
                events.append(event)
        return None if reached is None else Heard(events, reached)


def _messages(text: bytes) -> Iterator[list[bytes]]:
    return (message.split(b"\n") for message in text.split(b"\n\n"))


def _told(lines: list[bytes]) -> tuple[int | None, CloudEvent | None]:
    """Place and event of a message (WHATWG HTML, 9.2.6); the last line of a name counts."""
    fields = {
        name: value.removeprefix(b" ")
        for name, _, value in (line.partition(b":") for line in lines)
    }
    place, data = fields.get(b"id", b""), fields.get(b"data")
    event: CloudEvent | None = None if data is None else json.loads(data)
    return int(place) if place.isdigit() else None, event


def end_of_log(session: Session, /) -> Call[int]:
    """The last log index at this moment; -1 where the log is empty."""
    attempts = session.attempts()
    while True:
        outcome = yield from session.once(Request("GET", _PATH, (("limit", "1"),)), attempts)
        if isinstance(outcome, Answer) and outcome.status in _GOOD:
            end = outcome.headers.get("feed-end", "")
            if not end.removeprefix("-").isdigit():
                raise UnexpectedAnswer(outcome.status, "Feed-End")
            return int(end)
        yield from paused(attempts.wait_s(outcome))
