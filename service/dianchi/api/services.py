"""Everything that answers requests, ready to use; `wiring` builds it."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.entry import Entry
from dianchi.access.keys import KeyRing
from dianchi.access.registry import LiveRegistry
from dianchi.domain.rules import Rules
from dianchi.domain.working_days import WorkingCalendar
from dianchi.ledger.published import PublishedLog
from dianchi.ports import Clock
from dianchi.recording.gather import Gatherer
from dianchi.recording.recorder import Recorder
from dianchi.store.readers import Readers


@dataclass(frozen=True, slots=True)
class Services:
    """The parts that routes use.

    `public_host` is the host that labels name; `seal` turns a VIN into its `vin_ref`.
    """

    public_host: str
    clock: Clock
    rules: Rules
    calendar: WorkingCalendar
    readers: Readers
    make_session: async_sessionmaker[AsyncSession]
    ring: KeyRing
    registry: LiveRegistry
    gatherer: Gatherer
    recorder: Recorder
    seal: Callable[[str], str]
    log: PublishedLog
    entry: Entry
