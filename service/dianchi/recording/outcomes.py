"""What becomes of a report."""

from collections.abc import Collection
from typing import NamedTuple

from dianchi.domain.findings import Finding
from dianchi.domain.lines import Stream


class Entry(NamedTuple):
    """The answer for one stream a report wrote into.

    `seen_by` are those who may see that stream; `organisation` is in whose name it was reported.
    """

    stream: Stream
    subject: str
    version: int
    stage: str | None
    findings: tuple[Finding, ...]
    seen_by: Collection[str] = ()
    organisation: str = ""


class Recorded(NamedTuple):
    """The report is in the record; `replay` when it was there before."""

    event_id: str
    entries: tuple[Entry, ...]
    replay: bool = False


class Clash(NamedTuple):
    """The event id is known with another body."""

    event_id: str


class Busy(NamedTuple):
    """Others kept moving the same heads; the report can be sent again as it is."""

    event_id: str


Outcome = Recorded | Clash | Busy
