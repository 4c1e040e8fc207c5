"""What sends to webhooks, put together from the settings.

Apart from `wiring`, so that the worker need not load what answers HTTP.
"""

from dianchi.access.sealing import Seal
from dianchi.ports import SystemClock
from dianchi.settings import Settings
from dianchi.webhooks.book import PURPOSE
from dianchi.webhooks.courier import Courier, Means
from dianchi.webhooks.letters import Desk
from dianchi.webhooks.sending import Sender


def courier(settings: Settings, dsn: str) -> Courier:
    """What follows the log for webhooks.

    Args:
        settings: of this process.
        dsn: of the database.
    """
    seal = Seal(bytes.fromhex(settings.key_pepper.get_secret_value()), PURPOSE)
    sender = Sender(settings.webhook_reach)
    return Courier(dsn, Means(seal, sender, Desk(settings.public_address), SystemClock()))
