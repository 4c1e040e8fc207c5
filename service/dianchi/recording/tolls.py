"""What organisations owe for long lives that had to be folded again because of their reports.

A report that comes late, or only by its day, folds the whole life again: 35 µs for each event.
Lives have some tens of events, and nobody notices. Who makes a life of thousands, by mistake or to
slow everybody's reports, pays for it: single reports are sent away for a while, batches wait.
"""

import asyncio
from typing import Final

from dianchi.access.flood import Buckets
from dianchi.domain.faults import refuse
from dianchi.domain.refusals import Text
from dianchi.recording.round import Round

MOST_EVENTS: Final = 200_000
"""Events of long lives folded again at once: 7 s of the writer; as many more every minute."""
_EVERY_S: Final = 60 / MOST_EVENTS
_LOOKED_AGAIN_S: Final = 0.5


class Tolls:
    """The account of each organisation, in this process."""

    def __init__(self, accounts: Buckets | None = None) -> None:
        self._accounts = accounts or Buckets(MOST_EVENTS, _EVERY_S)

    def charge(self, done: Round) -> None:
        """Notes what a round did cost."""
        for organisation, events in done.toll().items():
            self._accounts.spend(organisation, events)

    def let_in(self, organisation: str) -> None:
        """Passes who owes nothing.

        Raises:
            Refused: `too_many_requests`, with the seconds to wait as its value.
        """
        wait_s = self._accounts.owed_s(organisation)
        if wait_s:
            raise refuse(
                "too_many_requests",
                "",
                wait_s,
                Text(
                    "贵单位对履历很长的电池补报过于频繁",
                    "late reports about batteries with very long lives come too often",
                ),
                Text(
                    f"请在 {wait_s} 秒后重试；大量补报请用 /v1/events/batch",
                    f"try again in {wait_s} seconds; send many by /v1/events/batch",
                ),
            )

    async def wait(self, organisation: str) -> None:
        """Returns once it owes nothing."""
        while self._accounts.owed_s(organisation):  # noqa: ASYNC110 - others may add to it
            await asyncio.sleep(_LOOKED_AGAIN_S)
