"""What becomes of a report."""

from dataclasses import dataclass

from dianchi.domain.findings import Finding
from dianchi.domain.lines import Stream


@dataclass(frozen=True, slots=True)
class Entry:
    """The answer for one stream a report wrote into."""

    stream: Stream
    subject: str
    version: int
    stage: str | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The report is in the record; `replay` when it was there before."""

    event_id: str
    entries: tuple[Entry, ...]
    replay: bool = False


@dataclass(frozen=True, slots=True)
class Clash:
    """The event id is known with another body."""

    event_id: str


@dataclass(frozen=True, slots=True)
class Busy:
    """Others kept moving the same heads; the report can be sent again as it is."""

    event_id: str


Outcome = Recorded | Clash | Busy
