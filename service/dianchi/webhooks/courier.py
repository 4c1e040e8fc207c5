"""Follows the log for every webhook and sends what its organisation may see."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

import structlog

from dianchi.access.sealing import Seal
from dianchi.domain.admit import Reporter
from dianchi.exchange.cloud_events import ONE, read_told
from dianchi.exchange.standard_webhooks import signed_headers
from dianchi.ports import Clock
from dianchi.store.feed import end_of_log, read_entry, read_page
from dianchi.webhooks.book import secret_of
from dianchi.webhooks.carrier import Carrier
from dianchi.webhooks.deliveries import Taken, note_messages, one_behind, settle, sweep, take
from dianchi.webhooks.letters import Desk, onlooker
from dianchi.webhooks.sending import Outcome, Sender

MOST_UNDER_WAY: Final = 64
PAGE: Final = 500
_SWEEP_EVERY: Final = timedelta(hours=1)
_AGENT: Final = {"content-type": ONE, "user-agent": "dianchi-webhooks/1"}
_NOT_SHOWN: Final = Outcome(None, "not_shown", 0)
_NO_SECRET: Final = Outcome(None, "no_secret", 0)
log: Final = structlog.get_logger()


class Means(NamedTuple):
    """What a courier is given.

    Attributes:
        seal: of secrets.
        sender: sends.
        desk: writes.
        clock: the machine's.
    """

    seal: Seal
    sender: Sender
    desk: Desk
    clock: Clock


class Courier(Carrier):
    """Looks through the log for webhooks, and sends; any number of them may work beside each other.

    Args:
        dsn: of the database.
        means: what it works with.
    """

    def __init__(self, dsn: str, means: Means) -> None:
        super().__init__(dsn, means.sender, means.clock, own=4)
        self._means = means
        self._swept: datetime | None = None

    async def look_through(self) -> bool:
        """A stretch of the log for one webhook; whether there was one that is behind."""
        end = await end_of_log(self._lenders.own)
        async with self._book.acquire() as connection, connection.transaction():
            webhook = await one_behind(connection, end)
            if webhook is None:
                return False
            looking = onlooker(
                Reporter(webhook["organisation"], webhook["role"], area=webhook["area"])
            )
            lender, whole = self._lenders.of(looking)
            page = await read_page(lender, webhook["log_index"], PAGE, whole=whole)
            told = [(entry, read_told(entry.body)) for entry in page.entries]
            wanted = webhook["types"]
            found = [
                (entry, one)
                for entry, one in told
                if looking.sees(entry, one) and (wanted is None or one.type in wanted)
            ]
            await note_messages(connection, webhook, found, page.next, self._now)
        return True

    async def start_sending(self) -> bool:
        """Begins to send what is due; whether anything was."""
        self._under_way.forget_done()
        room = MOST_UNDER_WAY - len(self._under_way)
        if room <= 0:
            return False
        busy = self._under_way.receivers
        taken = await take(self._book, self._now, busy, room)
        for one in taken:
            self._under_way.begin(self._deliver(one), one.webhook)
        return bool(taken)

    async def _deliver(self, taken: Taken) -> None:
        outcome = await self._send(taken)
        why = await settle(self._book, taken, outcome, self._now)
        if why is not None:
            log.warning(
                "webhook disabled",
                webhook=str(taken.webhook),
                organisation=taken.organisation,
                why=why,
            )

    async def _send(self, taken: Taken) -> Outcome:
        body = await self._body(taken)
        if body is None:
            return _NOT_SHOWN
        secrets = self._secrets(taken)
        if not secrets:
            return _NO_SECRET
        at_s = int(self._now.timestamp())
        headers = signed_headers(taken.message_id, at_s, body, secrets)
        return await self._sender.send(taken.url, {**_AGENT, **headers}, body)

    async def _body(self, taken: Taken) -> bytes | None:
        """The message; None where its organisation does not see the event any more."""
        desk = self._means.desk
        if taken.log_index is None:
            return desk.test(taken.message, taken.webhook, taken.made_at)
        looking = onlooker(Reporter(taken.organisation, taken.role, area=taken.area))
        lender, whole = self._lenders.of(looking)
        entry = await read_entry(lender, taken.log_index, whole=whole)
        if entry is None or not looking.sees(entry, read_told(entry.body)):
            return None
        return desk.event(entry, whole=taken.whole)

    def _secrets(self, taken: Taken) -> list[str]:
        sealed = [taken.secret]
        if taken.former_secret and taken.former_until and taken.former_until > self._now:
            sealed.append(taken.former_secret)
        opened = (secret_of(self._means.seal, taken.webhook, each) for each in sealed)
        return [each for each in opened if each is not None]

    async def _sweep(self) -> None:
        now = self._now
        if self._swept is None or now - self._swept > _SWEEP_EVERY:
            self._swept = now
            await sweep(self._book, now)
