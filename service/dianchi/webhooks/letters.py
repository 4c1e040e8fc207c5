"""What who follows the log is written: CloudEvents of what it may see now."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from dianchi.access.audit import SEALED
from dianchi.domain.admit import Reporter
from dianchi.domain.sight import Eyes, eyes_of, seers_of
from dianchi.exchange.cloud_events import (
    PREFIX,
    Told,
    cloud_event,
    read_told,
    thin_data,
    whole_data,
)
from dianchi.exchange.json_out import encode, moment
from dianchi.store.feed import Entry
from dianchi.store.readers import Lender, Readers
from dianchi.webhooks.book import TEST


class Onlooker(NamedTuple):
    """Who follows the log, and what it sees with."""

    reporter: Reporter
    eyes: Eyes

    def sees(self, entry: Entry, told: Told) -> bool:
        """Whether an entry that the database shows is shown here, too (the second lock)."""
        return told.type != SEALED and (
            self.eyes.see(entry.seen_by) or told.organisation == self.reporter.organisation
        )


def onlooker(reporter: Reporter) -> Onlooker:
    """A caller, or whose a webhook is, as who follows the log."""
    return Onlooker(reporter, eyes_of(reporter))


class Lenders(NamedTuple):
    """Connections that read for an organisation or area, and such that read everything."""

    own: Readers
    whole: Readers

    def of(self, onlooker: Onlooker) -> tuple[Lender, bool]:
        """What reads for somebody, and whether it reads everything."""
        seers = seers_of(onlooker.reporter)
        return (self.whole, True) if seers is None else (self.own.seeing(seers), False)


class Desk(NamedTuple):
    """Writes messages.

    Attributes:
        address: of the service.
    """

    address: str

    @property
    def source(self) -> str:
        """The `source` of events: the log."""
        return source_of(self.address)

    def event(self, entry: Entry, *, whole: bool) -> bytes:
        """An entry of the log."""
        told = read_told(entry.body)
        data = (
            whole_data(entry.log_index, entry.body)
            if whole
            else thin_data(entry.log_index, told, self.address)
        )
        return cloud_event(entry.log_index, told, data, self.source)

    def test(self, message: str, webhook: UUID, at: datetime) -> bytes:
        """A message that says nothing."""
        return encode(
            {
                "specversion": "1.0",
                "id": message,
                "source": self.source,
                "type": f"{PREFIX}{TEST}",
                "subject": str(webhook),
                "time": moment(at),
                "datacontenttype": "application/json",
                "data": {"webhook": str(webhook)},
            }
        )


def source_of(address: str) -> str:
    """The `source` of events, by the address of the service."""
    return f"{address}/log"
