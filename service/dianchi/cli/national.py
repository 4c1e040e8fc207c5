"""What pushes to the national platform, put together from the settings.

Apart from `wiring`, so that the worker need not load what answers HTTP.
"""

from dianchi.access.sealing import Seal
from dianchi.domain.rules import RULES
from dianchi.exchange.working_calendar import working_calendar
from dianchi.national.connections import PURPOSE
from dianchi.national.pusher import Means, Pusher
from dianchi.ports import Clock, SystemClock
from dianchi.settings import Settings, personal_keys
from dianchi.store.vault import Vault
from dianchi.webhooks.sending import Sender


def pusher(settings: Settings, dsn: str, clock: Clock | None = None) -> Pusher:
    """What follows the log for the national platform.

    Args:
        settings: of this process.
        dsn: of the database.
        clock: the machine's, unless a test holds time still.
    """
    seal = Seal(bytes.fromhex(settings.key_pepper.get_secret_value()), PURPOSE)
    means = Means(
        seal,
        Vault(personal_keys(settings)),
        Sender(settings.national_reach),
        RULES,
        working_calendar(),
        clock or SystemClock(),
    )
    return Pusher(dsn, means)


async def run_pusher(settings: Settings, dsn: str) -> None:
    """Pushes until it is cancelled."""
    async with pusher(settings, dsn) as working:
        await working.run()
