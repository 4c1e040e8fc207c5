"""Everything that answers requests, ready to use; `wiring` builds it."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.allowance import Allowance
from dianchi.access.audit import AuditLog
from dianchi.access.entry import Entry
from dianchi.access.flood import Buckets
from dianchi.access.keys import KeyRing
from dianchi.access.registry import LiveRegistry
from dianchi.api.following import Followers
from dianchi.api.practice import Home, Host
from dianchi.domain.admit import Reporter
from dianchi.domain.callers import Rule
from dianchi.domain.passing import check, is_noted
from dianchi.domain.rules import Rules
from dianchi.domain.sight import seers_of
from dianchi.domain.working_days import WorkingCalendar
from dianchi.exchange.maps import ApprovedMap
from dianchi.ledger.published import PublishedLog
from dianchi.ledger.signing import SigningKeys
from dianchi.national.connections import Connections
from dianchi.ports import Clock
from dianchi.recording.gather import Gatherer
from dianchi.recording.recorder import Recorder
from dianchi.store.readers import Lender, Readers
from dianchi.store.vault import Seals, Vault
from dianchi.webhooks.book import Book


@dataclass(frozen=True, slots=True)
class Services:
    """The parts that routes use.

    `public_host` is the host that labels name; `seals` turns a VIN into its `vin_ref` and its
    stored form, which `vault` opens as long as the `allowance` of the reader lasts; `references`
    says how many VINs a caller may have turned without reporting them. `readers` read every life,
    to judge it; what a caller is shown is read by `seeing`; only `keeper` reads personal values,
    and `uploader` keeps files and rows that firms send.
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
    seals: Seals
    vault: Vault
    allowance: Allowance
    references: Allowance
    log: PublishedLog
    own_readers: Readers
    keeper: Readers
    registrar: Readers
    make_keeper_session: async_sessionmaker[AsyncSession]
    signing: SigningKeys
    entry: Entry
    audit: AuditLog
    webhooks: Book
    followers: Followers
    uploader: Readers
    national: Connections
    practice: Host | None = None
    """Whoever keeps sandboxes; None where there are none, and in a sandbox itself."""
    map: ApprovedMap | None = None
    """A map that may be shown; None: areas are drawn as tiles."""
    home: Home | None = None
    """In a sandbox, what it knows of itself."""
    applicants: Buckets = field(default_factory=lambda: Buckets(10, 360.0))
    """How often an address may apply: ten times at once, ten more within the hour."""
    claims: Buckets = field(default_factory=lambda: Buckets(10, 60.0))
    """How often an address may try the code of a device: ten times, and once a minute."""
    all_claims: Buckets = field(default_factory=lambda: Buckets(300, 1.0))
    """The same for all of them together: nobody tries a noticeable part of 40 bits."""
    complainants: Buckets = field(default_factory=lambda: Buckets(5, 720.0))
    """How often an address may complain: five times at once, five more within the hour."""
    visitors: Buckets = field(default_factory=lambda: Buckets(120, 1.0))
    """How many batteries, slips and forms the public may open from one address: 120 at once, one
    more each second, so that the clerks of several outlets behind one address do not notice."""

    async def pass_noted(self, rule: Rule, reporter: Reporter, subject: str) -> None:
        """Lets a caller pass, and notes what it reads of others or does in the registry.

        Raises:
            Refused: `role_not_allowed` or `scope_not_allowed`.
        """
        check(rule, reporter)
        if is_noted(rule, reporter):
            await self.audit.note(reporter, f"{rule.method} {rule.path}", subject)

    def seeing(self, reporter: Reporter) -> Lender:
        """Connections that read for a caller: the database shows them what concerns it only."""
        seers = seers_of(reporter)
        return self.readers if seers is None else self.own_readers.seeing(seers)
